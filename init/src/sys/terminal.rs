//! The terminal of standard input, if there is one: who reads from it, and gets Ctrl-C and Ctrl-Z.

use std::os::fd::RawFd;

use nix::{libc, unistd};

/// A terminal that is ours to give, by its descriptor.
#[derive(Clone, Copy)]
pub struct Terminal(RawFd);

impl Terminal {
    /// The terminal, if our group has it. If not, we are a job in the background, and it is somebody else's.
    #[expect(unsafe_code, reason = "tcgetpgrp(3) on a descriptor by its number")]
    pub fn ours() -> Option<Self> {
        // SAFETY: a number that is closed gives EBADF, one that is no terminal ENOTTY.
        let group = unsafe { libc::tcgetpgrp(libc::STDIN_FILENO) };
        (group == unistd::getpgrp().as_raw()).then_some(Self(libc::STDIN_FILENO))
    }

    /// Gives it to the calling process's group. SIGTTOU is blocked, so asking from the background does not stop us.
    #[expect(unsafe_code, reason = "tcsetpgrp(3) on a descriptor by its number")]
    pub fn take(self) {
        let group = unistd::getpgrp().as_raw();
        // SAFETY: a number that is closed meanwhile gives EBADF.
        unsafe { libc::tcsetpgrp(self.0, group) };
    }
}
