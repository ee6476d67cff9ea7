//! The machine's surroundings, as a value.

use super::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Life {
    Unborn,
    /// `asked`: the init sent it its stop signal.
    Alive {
        started: bool,
        asked: bool,
        killed: bool,
    },
    /// `failed`: in a way that aborts the start.
    Gone {
        failed: bool,
    },
}

pub(super) const GONE: Life = Life::Gone { failed: false };
pub(super) const BORN: Life = Life::Alive { started: false, asked: false, killed: false };

impl Life {
    pub(super) fn is_alive(self) -> bool {
        matches!(self, Self::Alive { .. })
    }
    pub(super) fn is_asked(self) -> bool {
        matches!(self, Self::Alive { asked: true, .. })
    }
    pub(super) fn is_killed(self) -> bool {
        matches!(self, Self::Alive { killed: true, .. })
    }
    pub(super) fn ask(&mut self) {
        if let Self::Alive { asked, .. } = self {
            *asked = true;
        }
    }
    pub(super) fn kill(&mut self) {
        if let Self::Alive { killed, .. } = self {
            *killed = true;
        }
    }
}

/// The machine and everything it cannot see.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) state: State,
    pub(super) main: Life,
    pub(super) outcome: Option<Outcome>,
    pub(super) hooks: Vec<Life>,
    pub(super) leftovers: Life,
    pub(super) leftovers_asked: bool,
    /// Signals for the service that came before it was there, in order of their numbers.
    pub(super) held: BTreeSet<Signal>,
    pub(super) stop: Option<StopSeen>,
    pub(super) exited: bool,
}

impl World {
    pub(super) fn nobody(&self) -> bool {
        !self.hooks.iter().chain([&self.main, &self.leftovers]).any(|life| life.is_alive())
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct StopSeen {
    pub(super) by: Option<Signal>,
    /// A failed hook was the reason.
    pub(super) aborted: bool,
    pub(super) elapsed: Millis,
    /// Since the service was first sent its stop signal.
    pub(super) asked_since: Option<Millis>,
    pub(super) frozen: bool,
}

/// Time passes. Times are kept relative to now, so that equal situations are equal values.
pub(super) fn pass(world: &mut World, time: Millis) {
    let State { hook, until, stop, .. } = &mut world.state;
    let hook = hook.as_mut().and_then(|hook| hook.until.as_mut());
    let end = stop.as_mut().map(|stop| &mut stop.end);
    for at in [hook, until.as_mut(), end].into_iter().flatten() {
        *at = at.minus(time);
    }
    if let Some(stop) = &mut world.stop {
        for since in [Some(&mut stop.elapsed), stop.asked_since.as_mut()].into_iter().flatten() {
            *since = since.plus(time).min(Millis(60_000));
        }
    }
}

impl StopSeen {
    pub(super) fn new(by: Option<Signal>, aborted: bool) -> Self {
        Self { by, aborted, elapsed: Millis::ZERO, asked_since: None, frozen: false }
    }
}
