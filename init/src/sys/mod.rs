//! Everything that talks to the kernel, and all `unsafe` code of the init.

pub mod clock;
pub mod entry;
pub mod log;
pub mod proc;
pub mod process;
pub mod signals;
pub mod spawn;
pub mod terminal;

use std::{os::fd::AsFd as _, thread, time::Duration};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout},
};

/// The one place where the init waits: for a signal, the timer, or news of an exec.
pub fn wait<'c>(signals: &signals::Signals, timer: &clock::Timer, pending: impl Iterator<Item = &'c spawn::Spawned>) {
    let mut fds = vec![PollFd::new(signals.as_fd(), PollFlags::POLLIN), PollFd::new(timer.as_fd(), PollFlags::POLLIN)];
    fds.extend(pending.map(|spawned| PollFd::new(spawned.as_fd(), PollFlags::POLLIN)));
    // Whatever the answer, the caller looks at everything again. An error that stays must not make that a busy loop:
    // more descriptors than a limit that was lowered meanwhile give EINVAL.
    if nix::poll::poll(&mut fds, PollTimeout::NONE).is_err_and(|errno| errno != Errno::EINTR) {
        thread::sleep(Duration::from_millis(100));
    }
}
