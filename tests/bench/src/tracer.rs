//! How many system calls a process makes for one thing that it is asked for.

use std::{thread, time::Duration};

use nix::{
    sys::{
        ptrace::{self, Options},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};
use scenarios::Result;

/// What is asked for before anything is counted: something is done once only.
const WARM_UP: u32 = 10;

/// What is counted: the number does not vary.
const COUNTED: u32 = 20;

/// Between two looks at a process that is quiet, and how many make us sure that it stays so.
const PAUSE: Duration = Duration::from_micros(200);
const QUIET: u32 = 20;

/// A child of ours, traced until it ends.
pub struct Tracer(Pid);

impl Tracer {
    pub fn new(pid: Pid) -> Result<Self> {
        ptrace::seize(pid, Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_EXITKILL)?;
        ptrace::interrupt(pid)?;
        Ok(Self(pid))
    }

    /// How many system calls it makes each time that it is asked, until it has answered and waits again.
    pub fn calls_of_each<T>(
        &mut self,
        whom: &mut T,
        ask: impl Fn(&mut T) -> Result<()>,
        is_answered: impl Fn(&mut T) -> Result<bool>,
    ) -> Result<f64> {
        let mut once = || {
            ask(whom)?;
            self.stops(|| is_answered(whom))
        };
        for _ in 0..WARM_UP {
            once()?;
        }
        let mut stops = 0;
        for _ in 0..COUNTED {
            stops += once()?;
        }
        // In between it is inside the call in which it waits: one stop at its end, one at the next one's begin.
        Ok(f64::from(stops) / 2.0 / f64::from(COUNTED))
    }

    /// Lets it go on from stop to stop until it is quiet again; the stops at system calls.
    fn stops(&mut self, mut is_answered: impl FnMut() -> Result<bool>) -> Result<u32> {
        let mut stops = 0;
        let (mut answered, mut quiet) = (false, 0);
        while !answered || quiet < QUIET {
            quiet += 1;
            match waitpid(self.0, Some(WaitPidFlag::WNOHANG))? {
                WaitStatus::StillAlive => {
                    answered = answered || is_answered()?;
                    thread::sleep(PAUSE);
                    continue;
                }
                WaitStatus::PtraceSyscall(pid) => {
                    stops += 1;
                    ptrace::syscall(pid, None)?;
                }
                WaitStatus::PtraceEvent(pid, _, _) => ptrace::syscall(pid, None)?,
                WaitStatus::Stopped(pid, signal) => ptrace::syscall(pid, signal)?,
                ended @ (WaitStatus::Exited(..) | WaitStatus::Signaled(..) | WaitStatus::Continued(_)) => {
                    return Err(format!("it did not stay while it was traced: {ended:?}").into());
                }
            }
            quiet = 0;
        }
        Ok(stops)
    }
}
