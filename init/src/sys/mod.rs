//! Everything that talks to the kernel, and all `unsafe` code of the init.

pub mod clock;
pub mod code;
pub mod entry;
pub mod error;
pub mod file;
pub mod host;
pub mod log;
#[cfg(any(freestanding, test))]
mod memory;
pub mod net;
pub mod notify;
pub mod own;
pub mod proc;
pub mod process;
mod raw;
pub mod signals;
pub mod spawn;
#[cfg(any(freestanding, test))]
mod strings;
pub mod terminal;

use alloc::vec::Vec;

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::BorrowedFd,
    io::Errno,
};
use wigwag_core::Millis;

/// The one place where the init waits: for a signal, for news by one of the descriptors, or until the time is over. Says
/// whether there are signals to take. When there is nothing but signals to wait for, taking them is the waiting.
pub fn wait<'fd>(
    signals: &'fd signals::Signals,
    others: impl Iterator<Item = BorrowedFd<'fd>>,
    time: Option<Millis>,
) -> bool {
    let mut others = others.peekable();
    if time.is_none() && others.peek().is_none() {
        return true;
    }
    let mut fds: Vec<PollFd> = [PollFd::new(signals, PollFlags::IN)].into();
    fds.extend(others.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)));
    // An error that stays must not make a busy loop: more descriptors than a limit that was lowered meanwhile give EINVAL.
    if poll(&mut fds, time.map(timespec).as_ref()).is_err_and(|errno| errno != Errno::INTR) {
        let _ = poll(&mut [], Some(&timespec(Millis(100))));
    }
    fds.first().is_some_and(|signals| !signals.revents().is_empty())
}

fn timespec(time: Millis) -> Timespec {
    let nanoseconds = (time.0 % 1_000).saturating_mul(1_000_000);
    Timespec {
        tv_sec: i64::try_from(time.0 / 1_000).unwrap_or(i64::MAX),
        tv_nsec: i64::try_from(nanoseconds).unwrap_or(0),
    }
}
