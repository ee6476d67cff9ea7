//! Work at one point of the container's life.

mod form;
mod task;

use alloc::{collections::BTreeMap, string::String};

pub use self::task::{Goal, Task, Template};
use super::Execution;
use crate::{FailureCause, Millis, Signal, form::words};

/// Work at one point of the container's life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hook {
    /// When it runs.
    pub point: HookPoint,
    /// At [`HookPoint::OnSignal`], which signal.
    pub signal: Option<Signal>,
    /// What is done.
    pub task: Task,
    /// A file: where it is, this was done before, and is not done again. When it has been done, the file is made.
    pub once: Option<String>,
    /// At [`HookPoint::PostStop`], after what end.
    pub when: Occasion,
    /// Then it is killed; without it, it may take as long as it likes, which only hooks at a start may.
    pub timeout: Option<Millis>,
    /// What follows when it fails.
    pub on_failure: OnFailure,
    /// What follows instead when it fails for a certain reason.
    pub on_failure_of: BTreeMap<FailureCause, OnFailure>,
    /// As whom and where it runs.
    pub execution: Execution,
}

impl Hook {
    /// What follows when it fails for this reason.
    pub fn on_failure(&self, cause: FailureCause) -> OnFailure {
        self.on_failure_of.get(&cause).copied().unwrap_or(self.on_failure)
    }

    /// Program and arguments, if it is a command.
    pub fn command(&self) -> Option<&[String]> {
        if let Task::Command(command) = &self.task { Some(command) } else { None }
    }

    /// The plugin that it calls, if it does. At [`HookPoint::OnSignal`] that decides what the signal does.
    pub fn plugin(&self) -> Option<&String> {
        if let Task::Plugin(name) = &self.task { Some(name) } else { None }
    }
}

/// When a hook runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HookPoint {
    /// Before the first service is started.
    #[default]
    PreStart,
    /// When every service is ready.
    PostStart,
    /// When a signal came whose reaction is `hook`, while the services run.
    OnSignal,
    /// When a stop has been asked for, before the services' stop signals.
    PreStop,
    /// When every descendant is gone.
    PostStop,
}

words!(HookPoint {
    PreStart = "pre-start",
    PostStart = "post-start",
    OnSignal = "on-signal",
    PreStop = "pre-stop",
    PostStop = "post-stop",
});

impl HookPoint {
    /// In the order in which they come.
    pub const ALL: [Self; 5] = [Self::PreStart, Self::PostStart, Self::OnSignal, Self::PreStop, Self::PostStop];

    /// As it is written in a spec: `pre-start`.
    pub fn name(self) -> &'static str {
        Self::WORDS.iter().find(|(_, point)| *point == self).map_or("", |(word, _)| word)
    }

    /// Whether it is part of a stop, and so of the budget.
    pub const fn is_at_stop(self) -> bool {
        matches!(self, Self::PreStop | Self::PostStop)
    }

    /// Whether it is part of the start, which comes once.
    pub const fn is_at_start(self) -> bool {
        matches!(self, Self::PreStart | Self::PostStart)
    }
}

/// After what end a post-stop hook runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Occasion {
    /// Any.
    #[default]
    Always,
    /// A stop that was asked for.
    Stop,
    /// That of a service by itself.
    Exit,
    /// One that is no success: the start was aborted, or the exit code is not 0. A main service that was asked to stop and
    /// ended by its stop signal has not failed.
    Failure,
}

words!(Occasion { Always = "always", Stop = "stop", Exit = "exit", Failure = "failure" });

impl Occasion {
    /// As it is written in a spec.
    pub fn name(self) -> &'static str {
        Self::WORDS.iter().find(|(_, when)| *when == self).map_or("", |(word, _)| word)
    }
}

/// What follows when a hook fails or has no time left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnFailure {
    /// One line in the log.
    #[default]
    Continue,
    /// The services are not started, or are stopped. Only for hooks at a start: nothing stops a stop.
    Abort,
    /// The signal does what it would do without the plugin. Only for a plugin that decides about a signal.
    Default,
    /// The signal does nothing; the platform's stop signal begins a stop nevertheless. Only for a plugin that decides about
    /// a signal.
    Drop,
}

words!(OnFailure { Continue = "continue", Abort = "abort", Default = "default", Drop = "drop" });
