//! Work at one point of the container's life.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use super::Execution;
use crate::{
    FailureCause, Millis, Signal,
    form::{self, Fields, Record},
};

/// Work at one point of the container's life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hook {
    /// When it runs.
    pub point: HookPoint,
    /// At [`HookPoint::OnSignal`], which signal.
    pub signal: Option<Signal>,
    /// Program and arguments; nothing for a plugin.
    pub command: Vec<String>,
    /// The plugin that is called, by name. At [`HookPoint::OnSignal`] it decides what the signal does.
    pub plugin: Option<String>,
    /// Then it is killed; without it, it may take as long as it likes, which only hooks at a start may.
    pub timeout: Option<Millis>,
    /// What follows when it fails.
    pub on_failure: OnFailure,
    /// What follows instead when it fails for a certain reason.
    pub on_failure_of: BTreeMap<FailureCause, OnFailure>,
    /// As whom and where it runs.
    pub execution: Execution,
}

impl Record for Hook {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.required("point", &mut self.point);
        fields.optional("signal", &mut self.signal);
        fields.optional("command", &mut self.command);
        fields.optional("plugin", &mut self.plugin);
        fields.optional("timeout", &mut self.timeout);
        fields.required("on-failure", &mut self.on_failure);
        fields.optional("on-failure-of", &mut self.on_failure_of);
        fields.optional("execution", &mut self.execution);
    }
}

impl Hook {
    /// What follows when it fails for this reason.
    pub fn on_failure(&self, cause: FailureCause) -> OnFailure {
        self.on_failure_of.get(&cause).copied().unwrap_or(self.on_failure)
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

form::words!(HookPoint {
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

form::words!(OnFailure { Continue = "continue", Abort = "abort", Default = "default", Drop = "drop" });
