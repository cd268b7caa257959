//! The events of a console. The runner of GitHub sends Ctrl-C to a cancelled step, and Ctrl-Break where others send SIGTERM. After
//! the other three the system ends the process five seconds later
//! (<https://learn.microsoft.com/windows/console/handlerroutine>).

use crate::model::outcome::Outcome;
use std::io;
use tokio::signal::windows::{
    CtrlBreak, CtrlC, CtrlClose, CtrlLogoff, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close, ctrl_logoff,
    ctrl_shutdown,
};

#[derive(Debug)]
pub(super) struct Source {
    interrupt: CtrlC,
    terminate: CtrlBreak,
    /// The window of the console is closed.
    close: CtrlClose,
    log_off: CtrlLogoff,
    shut_down: CtrlShutdown,
}

impl Source {
    pub(super) fn install() -> io::Result<Self> {
        Ok(Self {
            interrupt: ctrl_c()?,
            terminate: ctrl_break()?,
            close: ctrl_close()?,
            log_off: ctrl_logoff()?,
            shut_down: ctrl_shutdown()?,
        })
    }

    pub(super) async fn wait(&mut self) -> Outcome {
        tokio::select! {
            _ = self.interrupt.recv() => Outcome::Interrupted,
            _ = self.terminate.recv() => Outcome::Terminated,
            _ = self.close.recv() => Outcome::HungUp,
            _ = self.log_off.recv() => Outcome::Terminated,
            _ = self.shut_down.recv() => Outcome::Terminated,
        }
    }
}
