//! About setting up the process, in Chinese.

use crate::messages::setup::SetupMessage;

/// The words of a message.
pub(in crate::messages) fn setup(message: &SetupMessage) -> String {
    let text = match message {
        SetupMessage::Runtime => "无法启动运行时",
        SetupMessage::SignalHandlers => "无法安装信号处理程序",
        SetupMessage::HttpClient => "无法初始化 HTTP 和 TLS",
    };
    text.to_owned()
}
