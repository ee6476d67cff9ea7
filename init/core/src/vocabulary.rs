//! The words between the decisions and the shell that carries them out: facts in, orders out.

use crate::{Outcome, Signal};

/// A hook, by its place in [`Config::hooks`](crate::config::Config::hooks).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HookId(pub usize);

/// A process that the init starts and knows by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Process {
    /// The main service.
    Main,
    /// A hook's command.
    Hook(HookId),
}

/// Whom a signal goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The main service's process.
    Main,
    /// A hook's process group.
    Hook(HookId),
    /// Every descendant that is left.
    Leftovers,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The process executes its program now.
    Started(Process),
    /// The process is gone and reaped, or never came to be. Every [`Action::Spawn`] is followed by exactly one.
    Exited(Process, Outcome),
    /// The init has no child left, hence no descendant.
    Alone,
    /// Somebody sent the init a signal.
    Signal(Signal),
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
    /// The main service was not gone within its stop timeout: the final signal.
    FinalSignal,
    /// Descendants were left at the end of their time and were killed.
    LeftoversKilled,
    /// Not even the final signal ended it; the stop goes on without.
    Unkillable(Target),
}
