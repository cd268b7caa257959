//! About setting up the process, in English.

use crate::messages::setup::SetupMessage;

/// The words of a message.
pub(in crate::messages) fn setup(message: &SetupMessage) -> String {
    let text = match message {
        SetupMessage::Runtime => "could not start the runtime",
        SetupMessage::SignalHandlers => "could not install the signal handlers",
        SetupMessage::HttpClient => "could not set up HTTP and TLS",
    };
    text.to_owned()
}
