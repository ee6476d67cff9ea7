//! Writing without ever waiting for a reader. Others write to the same pipe or terminal, so that "ready" from poll(2) may
//! be over when we come to write; and the descriptor cannot be made non-blocking, because the service shares it.

use core::ffi::CStr;

use rustix::{
    fd::BorrowedFd,
    fs::{FileType, Mode, OFlags},
    io::{Errno, IoSlice, ReadWriteFlags},
};

/// Where it is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Out,
    Error,
}

impl Stream {
    fn number(self) -> i32 {
        match self {
            Self::Out => 1,
            Self::Error => 2,
        }
    }

    /// Its name, for a description of our own.
    fn path(self) -> &'static CStr {
        match self {
            Self::Out => c"/proc/self/fd/1",
            Self::Error => c"/proc/self/fd/2",
        }
    }
}

/// Writes what can be written at once; the rest is lost. A reader that is gone gives EPIPE, and SIGPIPE, which is blocked
/// and known to come from ourselves.
#[expect(unsafe_code, reason = "a descriptor by its number, that may be closed")]
pub fn write(stream: Stream, bytes: &[u8]) {
    // SAFETY: it is used for calls only that answer EBADF when it is closed.
    let fd = unsafe { BorrowedFd::borrow_raw(stream.number()) };
    let Ok(status) = rustix::fs::fstat(fd) else { return };
    if FileType::from_raw_mode(status.st_mode) == FileType::RegularFile {
        // Nobody reads it now, and NOWAIT would mean "only what is in memory".
        let _ = rustix::io::write(fd, bytes);
    } else if let Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::PERM) = write_nowait(fd, bytes) {
        // Or the call itself is not known, or not permitted: by an old kernel or a seccomp profile.
        write_reopened(stream, bytes);
    }
}

/// Pipes since Linux 6.4, sockets, /dev/null: pwritev2(2).
fn write_nowait(fd: BorrowedFd, bytes: &[u8]) -> Result<usize, Errno> {
    /// Where the descriptor is.
    const CURRENT: u64 = u64::MAX;
    rustix::io::pwritev2(fd, &[IoSlice::new(bytes)], CURRENT, ReadWriteFlags::NOWAIT)
}

/// Terminals, and pipes before that: through a description of our own, which is non-blocking without anybody noticing.
fn write_reopened(stream: Stream, bytes: &[u8]) {
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    if let Ok(own) = rustix::fs::open(stream.path(), flags, Mode::empty()) {
        let _ = rustix::io::write(&own, bytes);
    }
}
