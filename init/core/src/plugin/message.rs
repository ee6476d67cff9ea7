//! The messages.

use alloc::{string::String, vec::Vec};

use super::{
    PROTOCOL,
    proposal::Proposal,
    wire::{self, Malformed, Wire, record, variants},
};
use crate::{Millis, Outcome, Signal, Source};

/// What the init says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToHost {
    /// Call a hook.
    Call(Call),
    /// What became of a [`FromHost::Signal`].
    Sent(Result<(), String>),
    /// The command of a [`FromHost::Run`] runs. With this message come two descriptors (`SCM_RIGHTS`): the reading ends of
    /// its standard output and standard error.
    Running,
    /// It does not, and why.
    NotRunning(String),
    /// The command has ended.
    Ended(Outcome),
}

/// What the host says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromHost {
    /// The plugin is loaded and can be called.
    Loaded,
    /// It cannot, and why. The host ends.
    Refused(String),
    /// What came of the call.
    Answer(Answer),
    /// A line for the log.
    Log(Level, String),
    /// Send a signal to a service. Answered by [`ToHost::Sent`].
    Signal(String, Signal),
    /// Run a command: its name, and arguments to add. Answered by [`ToHost::Running`], and then [`ToHost::Ended`], or by
    /// [`ToHost::NotRunning`].
    Run(String, Vec<String>),
    /// Kill that command. Answered by its [`ToHost::Ended`].
    Kill,
}

variants!(ToHost { 0 = Call(Call), 1 = Sent(Result<(), String>), 2 = Running, 3 = NotRunning(String), 4 = Ended(Outcome) });
variants!(FromHost {
    0 = Loaded,
    1 = Refused(String),
    2 = Answer(Answer),
    3 = Log(Level, String),
    4 = Signal(String, Signal),
    5 = Run(String, Vec<String>),
    6 = Kill,
});

/// A hook is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// A number that the answer has too.
    pub id: u32,
    /// How things are.
    pub context: Context,
    /// Which hook, and what it is told.
    pub hook: Invocation,
}

record!(Call { id, context, hook });

/// Which hook is called, and what it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invocation {
    /// A signal has come.
    OnSignal(Incoming),
    /// Before the first service is started.
    PreStart,
    /// When every service is ready.
    PostStart,
    /// When a stop has been asked for.
    PreStop(Cause),
    /// When every process is gone.
    PostStop(Summary),
}

variants!(Invocation {
    0 = OnSignal(Incoming),
    1 = PreStart,
    2 = PostStart,
    3 = PreStop(Cause),
    4 = PostStop(Summary),
});

/// How things are when a hook is called. All times are of the monotonic clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The time now.
    pub now: Millis,
    /// When the answer is not waited for any longer; the largest number when there is no limit.
    pub deadline: Millis,
    /// How long the init has been running.
    pub uptime: Millis,
    /// What the container is doing.
    pub phase: Phase,
    /// In a stop, what is left until the platform kills everything, less what later steps are owed.
    pub budget: Option<Millis>,
    /// Every service, in the order of the config.
    pub services: Vec<ServiceInfo>,
}

record!(Context { now, deadline, uptime, phase, budget, services });

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

variants!(Phase { 0 = Starting, 1 = Running, 2 = Stopping });

/// A service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceInfo {
    /// Its name.
    pub name: String,
    /// Whether it is the main service.
    pub main: bool,
    /// What it is doing.
    pub state: ServiceStatus,
    /// Its process, if there is one.
    pub pid: Option<u32>,
    /// How it ended last.
    pub outcome: Option<Outcome>,
}

record!(ServiceInfo { name, main, state, pid, outcome });

/// What a service is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceStatus {
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

variants!(ServiceStatus { 0 = Waiting, 1 = Starting, 2 = Ready, 3 = Stopping, 4 = Ended });

/// A signal has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Which one.
    pub signal: Signal,
    /// Where it comes from.
    pub source: Source,
    /// Process and user of who sent it, unless the kernel did.
    pub sender: Option<(u32, u32)>,
    /// Whether it asks for a stop.
    pub asks_for_stop: bool,
}

record!(Incoming { signal, source, sender, asks_for_stop });

/// Why a stop has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It was asked for, by this signal.
    Asked(Signal),
    /// A hook failed that may abort the start, or a service was not ready in time.
    Aborted,
    /// This service ended by itself.
    Ended(String, Outcome),
}

variants!(Cause { 0 = Asked(Signal), 1 = Aborted, 2 = Ended(String, Outcome) });

/// How a stop went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How the main service ended, if it was ever started.
    pub outcome: Option<Outcome>,
    /// How long the container ran until the stop began.
    pub ran: Millis,
    /// How long the stop took until now.
    pub stopped_for: Millis,
    /// Whether somebody was killed.
    pub forced: bool,
}

record!(Summary { outcome, ran, stopped_for, forced });

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// That of the call.
    pub id: u32,
    /// What the plugin says, or what went wrong.
    pub result: Result<Reply, Fault>,
    /// How much memory the instance has, in bytes.
    pub memory: u32,
}

record!(Answer { id, result, memory });

/// What the plugin says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The work is done.
    Done,
    /// What to do about the signal.
    Decided(Proposal),
}

variants!(Reply { 0 = Done, 1 = Decided(Proposal) });

/// What went wrong in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Of what kind it is.
    pub kind: FaultKind,
    /// What there is to say about it.
    pub text: String,
}

record!(Fault { kind, text });

/// Of what kind a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The plugin returned an error.
    Error,
    /// It trapped: a panic, memory that is not there, a stack that is too deep, a limit that was reached.
    Trap,
    /// It had no time left.
    Timeout,
}

variants!(FaultKind { 0 = Error, 1 = Trap, 2 = Timeout });

/// How much a line in the log matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Seen with `-v`.
    Debug,
    /// Seen unless `-q`.
    Info,
    /// Seen unless `-q`.
    Warn,
    /// Always seen.
    Error,
}

variants!(Level { 0 = Debug, 1 = Info, 2 = Warn, 3 = Error });

macro_rules! message {
    ($($type:ty),*) => {$(
        impl $type {
            /// The bytes of the message, in the place of what is in the buffer.
            pub fn encode(&self, buffer: &mut Vec<u8>) {
                buffer.clear();
                buffer.push(PROTOCOL);
                self.put(buffer);
            }

            /// The message of these bytes.
            ///
            /// # Errors
            /// What does not fit: another version, an unknown number, a length that is too long, bytes that are left over.
            pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
                wire::decode(bytes)
            }
        }
    )*};
}

message!(ToHost, FromHost);
