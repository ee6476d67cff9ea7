//! The terminal of standard input, if there is one: who reads from it, and gets Ctrl-C and Ctrl-Z.

use rustix::{
    fd::BorrowedFd,
    io::Result,
    process::{Pid, getpgrp, getpid, getsid},
    termios,
};

use crate::sys::raw;

/// The terminal of standard input, which is ours to give.
#[derive(Clone, Copy)]
pub struct Terminal(BorrowedFd<'static>);

impl Terminal {
    /// The terminal, if our group has it. If not, we are a job in the background, and it is somebody else's.
    pub fn ours() -> Option<Self> {
        Some(Self::stdin()).filter(|terminal| terminal.is_here())
    }

    /// Standard input, of which only the kernel knows whether it is a terminal, and whose.
    #[expect(unsafe_code, reason = "a descriptor by its number, that may be closed")]
    pub fn stdin() -> Self {
        // SAFETY: it is used for calls only that answer EBADF when it is closed, and ENOTTY when it is no terminal.
        Self(unsafe { BorrowedFd::borrow_raw(0) })
    }

    /// Lets go of the controlling terminal, so that another session can have it. Says whether that was for our whole
    /// session, because we lead it: then the kernel sends the group in front SIGHUP and SIGCONT, and we are in it.
    pub fn leave() -> Result<bool> {
        raw::leave_terminal()?;
        Ok(getsid(None) == Ok(getpid()))
    }

    /// Makes it the controlling terminal of the calling process's session, which has none yet.
    pub fn control(self) {
        let _ = rustix::process::ioctl_tiocsctty(self.0);
    }

    /// Whether the calling process's group has it.
    pub fn is_here(self) -> bool {
        termios::tcgetpgrp(self.0) == Ok(getpgrp())
    }

    /// Gives it to a process group.
    pub fn give(self, group: Pid) {
        let _ = termios::tcsetpgrp(self.0, group);
    }

    /// Gives it to the calling process's group. SIGTTOU is blocked, so asking from the background does not stop us.
    pub fn take(self) {
        self.give(getpgrp());
    }
}
