//! A supervised process: what it is, when it starts, when it is ready, how it stops, what follows its end.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use super::{Delivery, Execution};
use crate::{
    Millis, Signal, arguments,
    form::{self, Fields, Form, Kind, Problems, Record, Value},
};

/// A supervised process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name, for messages.
    pub name: String,
    /// Whether it is the main service: it gets what the platform forwards, and its end decides the exit code. Exactly one
    /// is.
    pub main: bool,
    /// Program and fixed arguments.
    pub command: Vec<String>,
    /// Arguments when the container is given none; see [`arguments::resolve`]. Only the main
    /// service gets arguments.
    pub args: Vec<String>,
    /// What arguments that the container is given are for.
    pub args_mode: arguments::Mode,
    /// The services that must be ready before this one is started, and that are stopped after it, by name.
    pub after: Vec<String>,
    /// Whether its end begins a stop of all. The main service's always does.
    pub essential: bool,
    /// The signal that asks it to stop.
    pub stop_signal: Signal,
    /// From that signal to the final signal; without it the init sends no final signal, and the platform's ends all.
    pub stop_timeout: Option<Millis>,
    /// Who gets the signals that are for this service.
    pub kill_mode: KillMode,
    /// Whether it is started again when it ends by itself.
    pub restart: Option<Restart>,
    /// How it is known to be ready; without it, it is when it executes its program.
    pub ready: Option<Readiness>,
    /// What it gets of the signals that are forwarded. One that is not named reaches the main service only.
    pub signals: BTreeMap<Signal, Delivery>,
    /// As whom and where it runs.
    pub execution: Execution,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            name: String::new(),
            main: false,
            command: Vec::new(),
            args: Vec::new(),
            args_mode: arguments::Mode::default(),
            after: Vec::new(),
            essential: true,
            stop_signal: Signal::default(),
            stop_timeout: None,
            kill_mode: KillMode::default(),
            restart: None,
            ready: None,
            signals: BTreeMap::new(),
            execution: Execution::default(),
        }
    }
}

impl Record for Service {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.required("name", &mut self.name);
        fields.optional("main", &mut self.main);
        fields.required("command", &mut self.command);
        fields.optional("args", &mut self.args);
        fields.optional("args-mode", &mut self.args_mode);
        fields.optional("after", &mut self.after);
        fields.optional("essential", &mut self.essential);
        fields.required("stop-signal", &mut self.stop_signal);
        fields.optional("stop-timeout", &mut self.stop_timeout);
        fields.optional("kill-mode", &mut self.kill_mode);
        fields.optional("restart", &mut self.restart);
        fields.optional("ready", &mut self.ready);
        fields.optional("signals", &mut self.signals);
        fields.optional("execution", &mut self.execution);
    }
}

/// Who gets the signals that are for a service: the words of systemd.kill(5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum KillMode {
    /// Its process; and, when it is gone, those that it left behind.
    #[default]
    Mixed,
    /// Its process only. Those that it leaves behind are waited for and not told.
    Process,
    /// Its process group, all at once; and those that are left behind.
    Group,
}

form::words!(KillMode { Mixed = "mixed", Process = "process", Group = "group" });

/// When and how fast a service is started again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

impl Record for Restart {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.required("when", &mut self.when);
        fields.required("delay", &mut self.delay);
        fields.required("max-delay", &mut self.max_delay);
        fields.required("burst", &mut self.burst);
        fields.required("reset-after", &mut self.reset_after);
    }
}

/// After what end a service is started again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RestartWhen {
    /// Any but exit status 0.
    #[default]
    OnFailure,
    /// Any.
    Always,
}

form::words!(RestartWhen { OnFailure = "on-failure", Always = "always" });

impl Restart {
    /// The pause before the restart that follows `earlier` others in a row.
    pub fn pause(&self, earlier: u8) -> Millis {
        let doubled = 1_u64.checked_shl(u32::from(earlier)).and_then(|times| self.delay.0.checked_mul(times));
        doubled.map_or(self.max_delay, Millis).min(self.max_delay)
    }
}

/// How a service is known to be ready.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// What says that it is.
    pub check: Check,
    /// The pause between two attempts.
    pub interval: Millis,
    /// How long one attempt may take.
    pub attempt: Millis,
    /// How long the service may take until it is ready; then it is stopped, and has failed.
    pub timeout: Option<Millis>,
}

impl Record for Readiness {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.required("check", &mut self.check);
        fields.required("interval", &mut self.interval);
        fields.required("attempt", &mut self.attempt);
        fields.optional("timeout", &mut self.timeout);
    }
}

/// What says that a service is ready.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Check {
    /// A command that succeeds.
    Exec(Vec<String>),
    /// A TCP port that takes connections, `HOST:PORT`; the host by its address, since nobody is asked for names.
    Tcp(String),
    /// A file that is there.
    File(String),
    /// The service itself, by `sd_notify(3)`: `READY=1`.
    #[default]
    Notify,
}

/// What is probed; one of them is given.
#[derive(Clone, Default)]
struct Probe {
    exec: Option<Vec<String>>,
    tcp: Option<String>,
    file: Option<String>,
}

impl Record for Probe {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.optional("exec", &mut self.exec);
        fields.optional("tcp", &mut self.tcp);
        fields.optional("file", &mut self.file);
    }
}

impl Form for Check {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        match &value.kind {
            Kind::Text(word) if word == "notify" => return Some(Self::Notify),
            Kind::Table(_) => match Form::read(value, problems)? {
                Probe { exec: Some(command), tcp: None, file: None } => return Some(Self::Exec(command)),
                Probe { exec: None, tcp: Some(address), file: None } => return Some(Self::Tcp(address)),
                Probe { exec: None, tcp: None, file: Some(path) } => return Some(Self::File(path)),
                Probe { .. } => {}
            },
            Kind::Text(_) | Kind::Number(_) | Kind::Flag(_) | Kind::List(_) => {}
        }
        problems.mismatch(value, "\"notify\", or a table with one of `exec`, `tcp` and `file`");
        None
    }

    fn write(&self) -> Option<Value> {
        match self {
            Self::Exec(command) => Probe { exec: Some(command.clone()), ..Probe::default() }.write(),
            Self::Tcp(address) => Probe { tcp: Some(address.clone()), ..Probe::default() }.write(),
            Self::File(path) => Probe { file: Some(path.clone()), ..Probe::default() }.write(),
            Self::Notify => Some(Value::text(&"notify")),
        }
    }
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
