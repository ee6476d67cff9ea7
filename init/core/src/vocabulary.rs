//! The words between the decisions and the shell that carries them out: facts in, orders out.

use core::{fmt, str::FromStr};

use crate::{Millis, Outcome, Signal, plugin::proposal::Urgency};

/// A service, by its place in [`Config::services`](crate::config::Config::services).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(pub usize);

/// A hook, by its place in [`Config::hooks`](crate::config::Config::hooks).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HookId(pub usize);

/// A plugin, by its place in [`Config::plugins`](crate::config::Config::plugins).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PluginId(pub usize);

/// A process that the init starts and knows by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Process {
    /// A service.
    Service(ServiceId),
    /// One attempt to find out whether a service is ready.
    Probe(ServiceId),
    /// A hook's command. A hook that calls a plugin has none; a signal to it goes to the plugin's host, which is the only
    /// way to end it.
    Hook(HookId),
    /// The process that a plugin lives in.
    Host(PluginId),
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
    /// What came of an [`Action::Call`], unless the plugin's host ends before. Every call is followed by either.
    Answered(HookId, Answer),
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
    /// Call the hook's plugin, whose host was started before. At [`HookPoint::OnSignal`](crate::config::HookPoint::OnSignal)
    /// it is about the signal that came just now.
    Call(HookId),
    /// Send the signal.
    Signal(Target, Signal),
    /// Pass the signal that came just now on to the service as this one, with its value and sender.
    Forward(ServiceId, Signal),
    /// Say it in the log.
    Tell(Note),
    /// End the init with this code. Nothing follows.
    Exit(u8),
}

/// What came of the call of a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// The work is done.
    Done,
    /// What to do about the signal.
    Decided(Decision),
    /// It did not succeed.
    Failed(FailureCause),
}

/// Why a hook did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureCause {
    /// It said so: an exit status, an error, or an answer that is not allowed.
    Error,
    /// A plugin broke off: a panic, a limit that was reached.
    Trap,
    /// It had no time left.
    Timeout,
    /// There is nobody to do it: the plugin's host could not be started, ended, said something senseless, or is busy with
    /// another hook.
    Lost,
}

impl FailureCause {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Error, Self::Trap, Self::Timeout, Self::Lost];

    /// As it is written: `timeout`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Trap => "trap",
            Self::Timeout => "timeout",
            Self::Lost => "lost",
        }
    }
}

impl fmt::Display for FailureCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for FailureCause {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|cause| cause.name() == text).ok_or("expected `error`, `trap`, `timeout` or `lost`")
    }
}

/// What is to be done about a signal, as a plugin decided it and may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// What would be done without the plugin.
    Pass,
    /// Nothing.
    Drop,
    /// It is forwarded as this one.
    Rewrite(Signal),
    /// These are sent.
    Deliver(Deliveries),
    /// A stop begins, or goes on, like this.
    Stop(Urgency),
}

/// A signal for a service, at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Delivered {
    /// Who gets it.
    pub service: ServiceId,
    /// What.
    pub signal: Signal,
    /// In how long.
    pub after: Millis,
}

/// A few of them, in their order. They are kept small: they are part of every event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Deliveries([Option<(u16, Signal, u32)>; Self::MAX]);

impl Deliveries {
    /// How many there can be.
    pub const MAX: usize = 8;

    /// Adds one, if there is room. What is later than in 49 days is in 49 days.
    pub fn push(&mut self, delivered: Delivered) -> bool {
        let free = self.0.iter_mut().find(|place| place.is_none());
        let service = u16::try_from(delivered.service.0);
        let after = u32::try_from(delivered.after.0).unwrap_or(u32::MAX);
        match (free, service) {
            (Some(place), Ok(service)) => {
                *place = Some((service, delivered.signal, after));
                true
            }
            (None, _) | (_, Err(_)) => false,
        }
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Delivered> {
        let places = self.0.into_iter().flatten();
        places.map(|(service, signal, after)| Delivered {
            service: ServiceId(service.into()),
            signal,
            after: Millis(after.into()),
        })
    }
}

/// What a person should know and cannot see from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Note {
    /// The hook did not succeed.
    HookFailed(HookId, Outcome),
    /// The hook had no time left and was killed; a plugin's host, if that is what it is.
    HookTimedOut(HookId),
    /// The plugin's hook did not succeed. About a signal, what follows is as the hook says.
    CallFailed(HookId, FailureCause),
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
