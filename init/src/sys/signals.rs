//! Receiving signals: all are blocked (see `entry.rs`), and read from one descriptor.
//!
//! A fault of our own ends us all the same: the kernel does not wait for a blocked SIGSEGV of the process's own making
//! (sigprocmask(2)).

use std::os::fd::{AsFd, BorrowedFd};

use nix::{
    libc,
    sys::{
        signal::{self, SigSet},
        signalfd::{SfdFlags, SignalFd},
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
        Ok(Self(SignalFd::with_flags(&SigSet::all(), SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?))
    }

    /// The signals that are waiting, but for what we caused ourselves: SIGPIPE, when nobody reads the log.
    pub fn take(&mut self) -> Vec<Signal> {
        let own = std::process::id();
        let mut taken = Vec::new();
        while taken.len() < AT_ONCE
            && let Ok(Some(info)) = self.0.read_signal()
        {
            if info.ssi_pid != own
                && let Some(signal) = u8::try_from(info.ssi_signo).ok().and_then(Signal::new)
            {
                taken.push(signal);
            }
        }
        taken
    }
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
