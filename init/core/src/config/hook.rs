//! Work at one point of the container's life.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::Execution;
use crate::{Millis, Signal};

/// Work at one point of the container's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Hook {
    /// When it runs.
    pub point: HookPoint,
    /// At [`HookPoint::OnSignal`], which signal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<Signal>,
    /// Program and arguments.
    pub command: Vec<String>,
    /// Then it is killed; without it, it may take as long as it likes, which only hooks at a start may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Millis>,
    /// What follows when it fails.
    pub on_failure: OnFailure,
    /// As whom and where it runs.
    #[serde(default, skip_serializing_if = "Execution::is_plain")]
    pub execution: Execution,
}

/// When a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HookPoint {
    /// Before the first service is started.
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

impl HookPoint {
    /// In the order in which they come.
    pub const ALL: [Self; 5] = [Self::PreStart, Self::PostStart, Self::OnSignal, Self::PreStop, Self::PostStop];

    /// As it is written in a spec: `pre-start`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreStart => "pre-start",
            Self::PostStart => "post-start",
            Self::OnSignal => "on-signal",
            Self::PreStop => "pre-stop",
            Self::PostStop => "post-stop",
        }
    }

    /// Whether it is part of a stop, and so of the budget.
    pub const fn is_at_stop(self) -> bool {
        matches!(self, Self::PreStop | Self::PostStop)
    }
}

/// What follows when a hook fails or has no time left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnFailure {
    /// One line in the log.
    Continue,
    /// The services are not started, or are stopped. Only for hooks at a start: nothing stops a stop.
    Abort,
}
