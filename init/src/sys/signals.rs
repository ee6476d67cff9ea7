//! Receiving signals: all are blocked (see `entry.rs`), and read from one descriptor.
//!
//! A fault of our own ends us all the same: the kernel does not wait for a blocked SIGSEGV of the process's own making
//! (sigprocmask(2)).

use std::os::fd::{AsFd, BorrowedFd};

use nix::{
    libc,
    sys::{
        signal::{self, SigSet},
        signalfd::{SfdFlags, SignalFd, siginfo},
    },
};
use wigwag_core::Signal;

/// The most that is read in one go, so that a storm of signals cannot keep the init from reaping.
const AT_ONCE: usize = 64;

/// Blocked signals, as the kernel counts them: bit n-1 is signal n. The C library's type leaves out 32 and 33.
#[derive(Clone, Copy)]
pub struct Mask(pub u64);

impl Mask {
    /// Makes it the mask of this process.
    #[expect(unsafe_code, reason = "rt_sigprocmask(2)")]
    pub fn set(self) {
        // SAFETY: the kernel reads eight bytes and writes none. It cannot fail with these arguments.
        unsafe {
            libc::syscall(
                libc::SYS_rt_sigprocmask,
                libc::SIG_SETMASK,
                &raw const self.0,
                std::ptr::null_mut::<u64>(),
                8,
            )
        };
    }
}

pub struct Signals(SignalFd);

impl Signals {
    /// Signals must be blocked already. An ignored SIGCHLD, which some platforms pass on, would let the kernel reap
    /// our children without telling us how they ended.
    pub fn open() -> nix::Result<Self> {
        reset_sigchld()?;
        Ok(Self(SignalFd::with_flags(&every_signal(), SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?))
    }

    /// The signals that are waiting, but for those that mean ourselves.
    pub fn take(&mut self) -> Vec<Signal> {
        let mut taken = Vec::new();
        while taken.len() < AT_ONCE
            && let Ok(Some(info)) = self.0.read_signal()
        {
            if !is_ours(&info)
                && let Some(signal) = u8::try_from(info.ssi_signo).ok().and_then(Signal::new)
            {
                taken.push(signal);
            }
        }
        taken
    }
}

/// SIGPIPE when nobody reads our log, and what the kernel sends to a job that it wants to stop: that is for the service
/// to get, in its own group.
fn is_ours(info: &siginfo) -> bool {
    match i32::try_from(info.ssi_signo) {
        Ok(libc::SIGPIPE) => info.ssi_pid == std::process::id(),
        Ok(libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU) => info.ssi_code == libc::SI_KERNEL,
        _ => false,
    }
}

/// Also 32 and 33, which the C library's own set leaves out.
#[expect(unsafe_code, reason = "a signal set with every bit")]
fn every_signal() -> SigSet {
    // SAFETY: the type is bits and nothing else.
    let every: libc::sigset_t = unsafe { std::mem::transmute([u8::MAX; size_of::<libc::sigset_t>()]) };
    // SAFETY: it is initialized.
    unsafe { SigSet::from_sigset_t_unchecked(every) }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[expect(unsafe_code, reason = "sigaction(2)")]
fn reset_sigchld() -> nix::Result<()> {
    // SAFETY: the default action is no handler of ours.
    unsafe { signal::signal(signal::Signal::SIGCHLD, signal::SigHandler::SigDfl) }.map(drop)
}
