//! How things are when a hook is called.

use alloc::{string::String, vec::Vec};

use crate::{Millis, Signal};

/// How things are when a hook is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The time now, on the clock of [`clock::now`](crate::clock::now).
    pub now: Millis,
    /// When the answer is not waited for any longer; the largest number when there is no limit.
    pub deadline: Millis,
    /// How long the init has been running.
    pub uptime: Millis,
    /// What the container is doing.
    pub phase: Phase,
    /// In a stop, what is left until the platform kills everything, less the time that later steps are owed. No plugin can
    /// have more.
    pub budget: Option<Millis>,
    /// Every service, in the order of the spec.
    pub services: Vec<Service>,
}

impl Context {
    /// How long the call may take.
    pub fn time(&self) -> Millis {
        self.deadline.minus(self.now)
    }

    /// The service of this name, if there is one.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// The main service, whose end decides the container's exit code.
    pub fn main(&self) -> Option<&Service> {
        self.services.iter().find(|service| service.main)
    }
}

/// What the container is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The services are not all ready yet.
    Starting,
    /// All have been ready, and no stop has begun.
    Running,
    /// A stop has begun.
    Stopping,
}

/// A service of the spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name in the spec.
    pub name: String,
    /// Whether it is the main service.
    pub main: bool,
    /// What it is doing.
    pub state: State,
    /// Its process, if there is one.
    pub pid: Option<u32>,
    /// How it ended last, if it ever has.
    pub outcome: Option<Outcome>,
}

/// What a service is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is not started yet, or its next start is a pause away.
    Waiting,
    /// It was started, and is not ready yet.
    Starting,
    /// It is ready.
    Ready,
    /// It was asked to stop, or killed.
    Stopping,
    /// It has ended and is not started again.
    Ended,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With this exit status.
    Exited(u8),
    /// By this signal.
    Killed(Signal),
    /// It could not be executed.
    NotStarted,
}

impl Outcome {
    /// Whether it ended with status 0.
    pub fn is_success(self) -> bool {
        self == Self::Exited(0)
    }
}

impl core::fmt::Display for Outcome {
    /// The rest of a sentence: `ended with status 1`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Exited(status) => write!(f, "ended with status {status}"),
            Self::Killed(signal) => write!(f, "was killed by {signal}"),
            Self::NotStarted => f.write_str("could not be executed"),
        }
    }
}
