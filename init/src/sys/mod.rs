//! Everything that talks to the kernel, and all `unsafe` code of the init.

pub mod clock;
pub mod entry;
pub mod proc;
pub mod process;
pub mod signals;
pub mod spawn;

use std::os::fd::{AsFd as _, BorrowedFd, RawFd};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout},
};

/// The one place where the init waits: for a signal, the timer, or news of an exec.
pub fn wait<'c>(signals: &signals::Signals, timer: &clock::Timer, pending: impl Iterator<Item = &'c spawn::Spawned>) {
    let mut fds = vec![PollFd::new(signals.as_fd(), PollFlags::POLLIN), PollFd::new(timer.as_fd(), PollFlags::POLLIN)];
    fds.extend(pending.map(|spawned| PollFd::new(spawned.as_fd(), PollFlags::POLLIN)));
    // Whatever the answer, an error too, the caller looks at everything again.
    let _ = nix::poll::poll(&mut fds, PollTimeout::NONE);
}

/// Writes what can be written at once.
#[expect(unsafe_code, reason = "a descriptor by its number, that may be closed")]
pub fn write_if_ready(fd: RawFd, bytes: &[u8]) {
    // SAFETY: the number is used for poll and write only, which answer EBADF when it is closed.
    let fd = unsafe { BorrowedFd::borrow_raw(fd) };
    let mut fds = [PollFd::new(fd, PollFlags::POLLOUT)];
    let ready = nix::poll::poll(&mut fds, PollTimeout::ZERO);
    if ready == Ok(1) && fds.iter().all(|fd| fd.revents().is_some_and(|events| events.contains(PollFlags::POLLOUT))) {
        // A reader that is gone gives EPIPE, and SIGPIPE, which is blocked and known to come from ourselves.
        let _: Result<usize, Errno> = nix::unistd::write(fd, bytes);
    }
}
