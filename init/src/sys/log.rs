//! Writing without ever waiting for a reader. Others write to the same pipe or terminal, so that "ready" from poll(2) may
//! be over when we come to write; and the descriptor cannot be made non-blocking, because the service shares it.

use std::{
    fs::OpenOptions,
    os::{
        fd::{BorrowedFd, RawFd},
        unix::fs::OpenOptionsExt as _,
    },
};

use nix::{errno::Errno, libc, sys::stat};

/// Writes what can be written at once; the rest is lost. A reader that is gone gives EPIPE, and SIGPIPE, which is blocked
/// and known to come from ourselves.
#[expect(unsafe_code, reason = "a descriptor by its number, that may be closed")]
pub fn write(number: RawFd, bytes: &[u8]) {
    // SAFETY: it is used for calls only that answer EBADF when it is closed.
    let fd = unsafe { BorrowedFd::borrow_raw(number) };
    let Ok(status) = stat::fstat(fd) else { return };
    if status.st_mode & libc::S_IFMT == libc::S_IFREG {
        // Nobody reads it now, and NOWAIT would mean "only what is in memory".
        let _ = nix::unistd::write(fd, bytes);
    } else if let Err(Errno::EOPNOTSUPP | Errno::ENOSYS | Errno::EPERM) = write_nowait(number, bytes) {
        // Or the call itself is not known, or not permitted: by an old kernel or a seccomp profile.
        write_reopened(number, bytes);
    }
}

/// Pipes since Linux 6.4, sockets, /dev/null: pwritev2(2).
#[expect(unsafe_code, reason = "pwritev2(2)")]
fn write_nowait(number: RawFd, bytes: &[u8]) -> nix::Result<()> {
    let part = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    // SAFETY: `part` describes `bytes`, which are only read.
    Errno::result(unsafe { libc::pwritev2(number, &raw const part, 1, -1, libc::RWF_NOWAIT) }).map(drop)
}

/// Terminals, and pipes before that: through a description of our own, which is non-blocking without anybody noticing.
fn write_reopened(number: RawFd, bytes: &[u8]) {
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    if let Ok(own) = OpenOptions::new().write(true).custom_flags(flags).open(format!("/proc/self/fd/{number}")) {
        let _ = nix::unistd::write(&own, bytes);
    }
}
