//! An alarm for a program that has no threads: SIGALRM.

use std::{sync::OnceLock, time::Duration};

use nix::{
    sys::{
        signal::{
            SaFlags, SigAction, SigEvent, SigHandler, SigSet, SigevNotify, SigmaskHow, Signal, sigaction, sigprocmask,
        },
        time::TimeSpec,
        timer::{Expiration, Timer as Kernel, TimerSetTimeFlags},
    },
    time::ClockId,
};
use wasmtime::Engine;
use wigwag_core::Millis;

use super::Alarm;
use crate::clock;

/// The engine of the one plugin that this process is for.
static ENGINE: OnceLock<Engine> = OnceLock::new();

/// What the kernel raises for a fault of the code itself: the engine makes traps of them.
const FAULTS: [Signal; 5] = [Signal::SIGSEGV, Signal::SIGBUS, Signal::SIGILL, Signal::SIGFPE, Signal::SIGTRAP];

/// A timer of the kernel.
pub struct Timer(Kernel);

impl Timer {
    /// The process's alarm. All signals are blocked but SIGALRM and faults: only SIGKILL ends it.
    ///
    /// # Errors
    /// One sentence.
    pub fn new(engine: &Engine) -> Result<Self, String> {
        // A process has one plugin; were there another, its calls would have no end, and the init would kill the process.
        drop(ENGINE.set(engine.clone()));
        let event = SigEvent::new(SigevNotify::SigevSignal { signal: Signal::SIGALRM, si_value: 0 });
        block()
            .and_then(|()| handle())
            .and_then(|()| Kernel::new(ClockId::CLOCK_MONOTONIC, event))
            .map(Self)
            .map_err(|error| format!("there is no timer: {error}"))
    }
}

impl Alarm for Timer {
    fn set(&mut self, at: Millis) {
        // All zero would mean never.
        let at = if at == clock::NEVER { Duration::ZERO } else { Duration::from_millis(at.0.max(1)) };
        let expiration = Expiration::OneShot(TimeSpec::from(at));
        // It fails only for a time that there cannot be.
        let _ = self.0.set(expiration, TimerSetTimeFlags::TFD_TIMER_ABSTIME);
    }
}

fn block() -> nix::Result<()> {
    let mut blocked = SigSet::all();
    FAULTS.into_iter().chain([Signal::SIGALRM]).for_each(|signal| blocked.remove(signal));
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&blocked), None)
}

#[expect(unsafe_code, reason = "a signal handler")]
fn handle() -> nix::Result<()> {
    extern "C" fn alarm(_: i32) {
        if let Some(engine) = ENGINE.get() {
            engine.increment_epoch();
        }
    }
    // Without SA_RESTART, so that what waits hears of it too; on the stack that the engine has for faults.
    let action = SigAction::new(SigHandler::Handler(alarm), SaFlags::SA_ONSTACK, SigSet::empty());
    // SAFETY: the handler adds to an atomic number, and reads a pointer that was set before.
    unsafe { sigaction(Signal::SIGALRM, &action) }.map(drop)
}
