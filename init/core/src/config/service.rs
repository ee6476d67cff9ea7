//! A supervised process: what it is, when it starts, when it is ready, how it stops, what follows its end.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{Delivery, Execution, is_default};
use crate::{Millis, Signal};

/// A supervised process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Service {
    /// Its name, for messages.
    pub name: String,
    /// Whether it is the main service: it gets what the platform forwards, and its end decides the exit code. Exactly one
    /// is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub main: bool,
    /// Program and fixed arguments.
    pub command: Vec<String>,
    /// Arguments when the container is given none; see [`arguments::resolve`](crate::arguments::resolve). Only the main
    /// service gets arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// The services that must be ready before this one is started, and that are stopped after it, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// Whether its end begins a stop of all. The main service's always does.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub essential: bool,
    /// The signal that asks it to stop.
    pub stop_signal: Signal,
    /// From that signal to the final signal; without it the init sends no final signal, and the platform's ends all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_timeout: Option<Millis>,
    /// Who gets the signals that are for this service.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kill_mode: KillMode,
    /// Whether it is started again when it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<Restart>,
    /// How it is known to be ready; without it, it is when it executes its program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<Readiness>,
    /// What it gets of the signals that are forwarded. One that is not named reaches the main service only.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub signals: BTreeMap<Signal, Delivery>,
    /// As whom and where it runs.
    #[serde(default, skip_serializing_if = "Execution::is_plain")]
    pub execution: Execution,
}

fn yes() -> bool {
    true
}

/// Who gets the signals that are for a service: the words of systemd.kill(5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KillMode {
    /// Its process; and, when it is gone, those that it left behind.
    #[default]
    Mixed,
    /// Its process only. Those that it leaves behind are waited for and not told.
    Process,
    /// Its process group, all at once; and those that are left behind.
    Group,
}

/// When and how fast a service is started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Restart {
    /// After what end.
    pub when: RestartWhen,
    /// The pause before the first one; it doubles with each that follows.
    pub delay: Millis,
    /// And no pause is longer.
    pub max_delay: Millis,
    /// How often in a row, until it is given up and has ended for good.
    pub burst: u8,
    /// A service that ran for this long is well again: the next restart is the first one in a row.
    pub reset_after: Millis,
}

/// After what end a service is started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RestartWhen {
    /// Any but exit status 0.
    OnFailure,
    /// Any.
    Always,
}

impl Restart {
    /// The pause before the restart that follows `earlier` others in a row.
    pub fn pause(&self, earlier: u8) -> Millis {
        let doubled = 1_u64.checked_shl(u32::from(earlier)).and_then(|times| self.delay.0.checked_mul(times));
        doubled.map_or(self.max_delay, Millis).min(self.max_delay)
    }
}

/// How a service is known to be ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Readiness {
    /// What says that it is.
    pub check: Check,
    /// The pause between two attempts.
    pub interval: Millis,
    /// How long one attempt may take.
    pub attempt: Millis,
    /// How long the service may take until it is ready; then it is stopped, and has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Millis>,
}

/// What says that a service is ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// A command that succeeds.
    Exec(Vec<String>),
    /// A TCP port that takes connections, `HOST:PORT`; the host by its address, since nobody is asked for names.
    Tcp(String),
    /// A file that is there.
    File(String),
    /// The service itself, by `sd_notify(3)`: `READY=1`.
    Notify,
}

impl Check {
    /// Whether it is tried again and again, rather than waited for.
    pub fn is_probed(&self) -> bool {
        match self {
            Self::Exec(_) | Self::Tcp(_) | Self::File(_) => true,
            Self::Notify => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_doubles_up_to_its_limit() {
        let restart = Restart {
            when: RestartWhen::Always,
            delay: Millis(100),
            max_delay: Millis(1_000),
            burst: 5,
            reset_after: Millis(10_000),
        };
        let pauses = [0, 1, 2, 3, 4, 63, 64, 255].map(|earlier| restart.pause(earlier).0);
        assert_eq!(pauses, [100, 200, 400, 800, 1_000, 1_000, 1_000, 1_000]);
    }
}
