//! Receiving signals: all are blocked (see `entry.rs`), and read from one descriptor.
//!
//! A fault of our own ends us all the same: the kernel does not wait for a blocked SIGSEGV of the process's own making
//! (sigprocmask(2)).

use alloc::vec::Vec;

use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    io::{Result, read},
    process::getpid,
};
use wigwag_core::Signal;

use crate::sys::raw;

/// The most that is read in one go, so that a storm of signals cannot keep the init from reaping.
const AT_ONCE: usize = 64;

/// The most that one system call reads.
const AT_A_TIME: usize = 8;

/// `signalfd_siginfo` of signalfd(2).
const INFO_SIZE: usize = 128;

/// `SI_KERNEL` of sigaction(2).
const SI_KERNEL: i32 = 0x80;

/// A set of signals, as the kernel counts them: bit n-1 is signal n. The C library's type leaves out 32 and 33.
#[derive(Clone, Copy)]
pub struct Mask(pub u64);

impl Mask {
    pub const ALL: Self = Self(u64::MAX);

    /// Only this one.
    #[cfg(test)]
    fn of(signal: Signal) -> Self {
        Self(1_u64.rotate_left(u32::from(signal.number()).wrapping_sub(1)))
    }

    /// Makes it the blocked signals of this process; those that were blocked.
    pub fn set(self) -> Self {
        Self(raw::set_mask(self.0))
    }
}

/// A signal, and what the kernel tells of it (sigaction(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    pub signal: Signal,
    /// How it was sent: below zero by a program that chose the number, as sigqueue(3) does.
    pub code: i32,
    /// The sender: 0 when it is outside of our PID namespace.
    pub pid: u32,
    pub uid: u32,
    /// What came with it, if it was queued.
    pub value: u64,
}

pub struct Signals(OwnedFd);

impl Signals {
    /// Signals must be blocked already. An ignored SIGCHLD, which some platforms pass on, would let the kernel reap
    /// our children without telling us how they ended.
    pub fn open() -> Result<Self> {
        raw::reset_action(Signal::CHLD)?;
        Ok(Self(raw::owned(raw::signalfd(None, Mask::ALL.0)?)))
    }

    /// From now on only signals of this set are read; others wait in the kernel.
    #[cfg_attr(not(test), expect(dead_code, reason = "for restarts, which come next"))]
    pub fn listen(&self, signals: Mask) -> Result<()> {
        raw::signalfd(Some(self.0.as_fd()), signals.0).map(drop)
    }

    /// The signals that are waiting, but for those that mean ourselves, into `taken`.
    pub fn take(&self, taken: &mut Vec<Received>) {
        taken.clear();
        let mut buffer = [0; INFO_SIZE * AT_A_TIME];
        while taken.len() <= AT_ONCE - AT_A_TIME
            && let Ok(length) = read(&self.0, &mut buffer)
        {
            let infos = buffer.get(..length).unwrap_or_default().as_chunks().0;
            taken.extend(infos.iter().filter_map(parse).filter(|received| !is_ours(received)));
            if length < buffer.len() {
                return;
            }
        }
    }
}

fn parse(info: &[u8; INFO_SIZE]) -> Option<Received> {
    let word = |at: usize| info.get(at..)?.first_chunk().copied().map(u32::from_ne_bytes);
    Some(Received {
        signal: Signal::new(u8::try_from(word(0)?).ok()?)?,
        code: word(8)?.cast_signed(),
        pid: word(12)?,
        uid: word(16)?,
        value: u64::from_ne_bytes(*info.get(48..)?.first_chunk()?),
    })
}

/// SIGPIPE when nobody reads our log, and what the kernel sends to a job that it wants to stop: that is for the service
/// to get, in its own group.
fn is_ours(received: &Received) -> bool {
    match received.signal {
        Signal::PIPE => received.pid == getpid().as_raw_pid().cast_unsigned(),
        Signal::TSTP | Signal::TTIN | Signal::TTOU => received.code == SI_KERNEL,
        _ => false,
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use syscalls::{Sysno, syscall};

    use super::*;

    #[test]
    #[expect(unsafe_code, reason = "signals for this thread only")]
    fn who_listens_to_some_leaves_the_others_in_the_kernel() {
        let before = Mask::ALL.set();
        let signals = Signals::open().unwrap();
        let [first, second] = [40, 41].map(|number| Signal::new(number).unwrap());
        let send = |signal: Signal| {
            // SAFETY: calls with numbers.
            let thread = unsafe { syscall!(Sysno::gettid) }.unwrap();
            // SAFETY: calls with numbers.
            unsafe { syscall!(Sysno::tgkill, getpid().as_raw_pid(), thread, signal.number()) }.unwrap();
        };
        send(first);
        send(second);
        let mut taken = Vec::new();
        for listened in [second, first] {
            signals.listen(Mask::of(listened)).unwrap();
            signals.take(&mut taken);
            assert_eq!(taken.iter().map(|received| received.signal).collect::<Vec<_>>(), [listened]);
        }
        before.set();
    }

    #[test]
    fn what_the_kernel_tells_of_a_signal_is_read() {
        let mut info = [0; INFO_SIZE];
        for (at, word) in [(0_usize, 35_u32), (8, u32::MAX), (12, 7), (16, 1000)] {
            info[at..at + 4].copy_from_slice(&word.to_ne_bytes());
        }
        info[48..56].copy_from_slice(&42_u64.to_ne_bytes());
        let signal = Signal::new(35).unwrap();
        assert_eq!(parse(&info), Some(Received { signal, code: -1, pid: 7, uid: 1000, value: 42 }));
        assert_eq!(parse(&[0; INFO_SIZE]), None);
    }
}
