//! Everything that talks to the kernel, and all `unsafe` code of the init.

pub mod clock;
pub mod entry;
pub mod error;
pub mod file;
pub mod log;
#[cfg(any(freestanding, test))]
mod memory;
pub mod proc;
pub mod process;
mod raw;
pub mod signals;
pub mod spawn;
#[cfg(any(freestanding, test))]
mod strings;
pub mod terminal;

use alloc::vec;

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};

/// The one place where the init waits: for a signal, the timer, or news of an exec.
pub fn wait<'c>(signals: &signals::Signals, timer: &clock::Timer, pending: impl Iterator<Item = &'c spawn::Spawned>) {
    let mut fds = vec![PollFd::new(signals, PollFlags::IN), PollFd::new(timer, PollFlags::IN)];
    fds.extend(pending.map(|spawned| PollFd::new(spawned, PollFlags::IN)));
    // Whatever the answer, the caller looks at everything again. An error that stays must not make that a busy loop:
    // more descriptors than a limit that was lowered meanwhile give EINVAL.
    if poll(&mut fds, None).is_err_and(|errno| errno != Errno::INTR) {
        let _ = poll(&mut [], Some(&Timespec { tv_sec: 0, tv_nsec: 100_000_000 }));
    }
}
