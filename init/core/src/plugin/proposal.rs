//! What a plugin wants done about a signal, as it says it.

use alloc::{string::String, vec::Vec};

use super::wire::{record, variants};
use crate::{Millis, Signal};

/// What a plugin wants done about a signal. It is [looked at](super::grants::decision) before anything is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// What would be done without the plugin.
    Pass,
    /// Nothing.
    Drop,
    /// The signal is forwarded as this one.
    Rewrite(Signal),
    /// These are sent.
    Deliver(Vec<Wanted>),
    /// A stop begins, or goes on, like this.
    Stop(Urgency),
}

variants!(Proposal { 0 = Pass, 1 = Drop, 2 = Rewrite(Signal), 3 = Deliver(Vec<Wanted>), 4 = Stop(Urgency) });

/// A signal that a plugin wants a service to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The service's name.
    pub service: String,
    /// What it is to get.
    pub signal: Signal,
    /// In how long.
    pub after: Millis,
}

record!(Wanted { service, signal, after });

/// How a stop goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Urgency {
    /// Step by step, each in its time.
    Orderly,
    /// Nobody is waited for any longer; post-stop hooks still run.
    Now,
}

variants!(Urgency { 0 = Orderly, 1 = Now });
