//! What the hooks are told, and what they answer.

use alloc::{string::String, vec::Vec};

use crate::{Millis, Outcome, Signal};

/// A signal that has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Which one.
    pub signal: Signal,
    /// Where it comes from.
    pub source: Source,
    /// Who sent it, unless the kernel did.
    pub sender: Option<Sender>,
    /// Whether it asks for a stop, unless the plugin decides otherwise.
    pub asks_for_stop: bool,
}

/// Where a signal comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The terminal: its keys, its size, its end.
    Terminal,
    /// A process: the platform, above all.
    Process,
}

/// Who sent a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Its process, as seen from the container; 0 for one outside, such as the platform.
    pub pid: u32,
    /// Its user.
    pub uid: u32,
}

/// What to do about a signal. The platform's stop signal begins a stop, whatever is decided: that decides what the main
/// service gets then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// What would be done without this plugin.
    Pass,
    /// Nothing. Of the stop signal: the main service is not told, and killed at the end of its stop timeout.
    Drop,
    /// The signal is forwarded as this one. Of the stop signal: the main service gets this one to stop.
    Rewrite(Signal),
    /// These are sent, at most 8. Of the stop signal: in the place of the main service's.
    Deliver(Vec<Delivery>),
    /// A stop begins; one that has begun goes on this way.
    Stop(Urgency),
}

/// A signal for a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The name of a service. The spec must grant signals to it, `signals = ["NAME"]`.
    pub service: String,
    /// What it gets.
    pub signal: Signal,
    /// In how long. One whose service has ended by then is for nobody.
    pub after: Millis,
}

impl Delivery {
    /// At once.
    pub fn now(service: impl Into<String>, signal: Signal) -> Self {
        Self::after(Millis::ZERO, service, signal)
    }

    /// Later.
    pub fn after(after: Millis, service: impl Into<String>, signal: Signal) -> Self {
        Self { service: service.into(), signal, after }
    }
}

/// How a stop goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Step by step, each in its time.
    Orderly,
    /// Nobody is waited for any longer; post-stop hooks still run.
    Now,
}

/// Why a stop has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It was asked for, by this signal.
    Asked(Signal),
    /// A hook failed that may abort the start, or a service was not ready in time.
    Aborted,
    /// This service ended by itself, in this way.
    Ended(String, Outcome),
}

/// How a stop went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How the main service ended, if it was ever started.
    pub outcome: Option<Outcome>,
    /// How long the container ran until the stop began.
    pub ran: Millis,
    /// How long the stop took until now.
    pub stopped_for: Millis,
    /// Whether somebody was killed: the final signal was sent to a service, or to processes that were left behind.
    pub forced: bool,
}
