//! The words between the decisions and the shell that carries them out: facts in, orders out.

use crate::{Outcome, Signal};

/// A service, by its place in [`Config::services`](crate::config::Config::services).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(pub usize);

/// A hook, by its place in [`Config::hooks`](crate::config::Config::hooks).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HookId(pub usize);

/// A process that the init starts and knows by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Process {
    /// A service.
    Service(ServiceId),
    /// One attempt to find out whether a service is ready.
    Probe(ServiceId),
    /// A hook's command.
    Hook(HookId),
}

/// Whom a signal goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// For a service, its process or its process group, as its [`KillMode`](crate::config::KillMode) says; for hooks
    /// and probes, the process group.
    Process(Process),
    /// Every descendant that is left.
    Leftovers,
}

/// Where a signal comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The terminal: its keys, its size, its end.
    Terminal,
    /// A process.
    Process,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The process executes its program now.
    Started(Process),
    /// The service says that it is ready (`sd_notify(3)`).
    Ready(ServiceId),
    /// The process is gone and reaped, or never came to be. Every [`Action::Spawn`] is followed by exactly one.
    Exited(Process, Outcome),
    /// The init has no child left, hence no descendant.
    Alone,
    /// Somebody sent the init a signal, one of those that it [takes](crate::Machine::takes).
    Signal(Signal, Source),
    /// The deadline has come; nothing happens when it has not.
    Tick,
}

/// What to do, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Start the process.
    Spawn(Process),
    /// Send the signal.
    Signal(Target, Signal),
    /// Pass the signal that came just now on to the service as this one, with its value and sender.
    Forward(ServiceId, Signal),
    /// Say it in the log.
    Tell(Note),
    /// End the init with this code. Nothing follows.
    Exit(u8),
}

/// What a person should know and cannot see from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Note {
    /// The hook did not succeed.
    HookFailed(HookId, Outcome),
    /// The hook had no time left and was killed.
    HookTimedOut(HookId),
    /// The service was not ready in time, and is stopped.
    NotReady(ServiceId),
    /// The service ended by itself and is started again after a pause.
    Restarts(ServiceId, Outcome),
    /// The service ended by itself and was started again too often.
    GivenUp(ServiceId, Outcome),
    /// The service ended by itself, which begins a stop of all. Not told of the main service's end.
    Ended(ServiceId, Outcome),
    /// The service was not gone within its stop timeout: the final signal.
    FinalSignal(ServiceId),
    /// Descendants were left at the end of their time and were killed.
    LeftoversKilled,
    /// Not even the final signal ended it; the stop goes on without.
    Unkillable(Target),
}
