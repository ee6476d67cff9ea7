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
use wigwag_core::{Signal, SignalSet, Source};

use crate::sys::raw;

/// The most that is read in one go.
const AT_A_TIME: usize = 16;

/// `signalfd_siginfo` of signalfd(2).
const INFO_SIZE: usize = 128;

/// `SI_KERNEL` of sigaction(2).
const SI_KERNEL: i32 = 0x80;

/// A set of signals, as the kernel counts them: bit n-1 is signal n. The C library's type leaves out 32 and 33.
#[derive(Clone, Copy)]
pub struct Mask(pub u64);

impl Mask {
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

impl Received {
    /// The kernel says `SI_KERNEL` of what it sends for a terminal.
    pub fn source(&self) -> Source {
        if self.code == SI_KERNEL { Source::Terminal } else { Source::Process }
    }
}

pub struct Signals {
    fd: OwnedFd,
    /// Not taken from the kernel, which sends them to stop a job: that is for the service to get, in its own group.
    not_told: SignalSet,
}

impl Signals {
    /// Signals must be blocked already. An ignored SIGCHLD, which some platforms pass on, would let the kernel reap
    /// our children without telling us how they ended.
    pub fn open(not_told: SignalSet) -> Result<Self> {
        raw::reset_action(Signal::CHLD)?;
        Ok(Self { fd: raw::owned(raw::signalfd(None, SignalSet::ALL.bits())?), not_told })
    }

    /// From now on only signals of this set are read; others wait in the kernel.
    pub fn listen(&mut self, signals: SignalSet) -> Result<()> {
        raw::signalfd(Some(self.fd.as_fd()), signals.bits()).map(drop)
    }

    /// Waits until there are signals, and reads some of them into `taken`, but for those that mean ourselves. The others
    /// come next time, so that a storm cannot keep the init from reaping.
    pub fn take(&mut self, taken: &mut Vec<Received>) {
        taken.clear();
        let mut buffer = [0; INFO_SIZE * AT_A_TIME];
        let length = read(&self.fd, &mut buffer).unwrap_or(0);
        let infos = buffer.get(..length).unwrap_or_default().as_chunks().0;
        taken.extend(infos.iter().filter_map(parse).filter(|received| !self.is_ours(received)));
    }

    /// Also SIGPIPE when nobody reads our log.
    fn is_ours(&self, received: &Received) -> bool {
        let is_broken_pipe = received.signal == Signal::PIPE && received.pid == getpid().as_raw_pid().cast_unsigned();
        is_broken_pipe || received.code == SI_KERNEL && self.not_told.contains(received.signal)
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

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use syscalls::{Sysno, syscall};

    use super::*;

    #[test]
    #[expect(unsafe_code, reason = "signals for this thread only")]
    fn who_listens_to_some_leaves_the_others_in_the_kernel() {
        let before = Mask(SignalSet::ALL.bits()).set();
        let mut signals = Signals::open(SignalSet::default()).unwrap();
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
            let mut set = SignalSet::default();
            set.insert(listened);
            signals.listen(set).unwrap();
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
