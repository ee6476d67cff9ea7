//! What `wigwag-init` reads: written by the generator, every default filled in.

use alloc::{
    borrow::Cow,
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Budget, HookId, Millis, Signal, budget, environment};

/// The version of the config's form that this init understands.
pub const VERSION: u32 = 1;

/// The whole config.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// [`VERSION`].
    pub version: u32,
    /// The signal by which the platform asks for a stop.
    pub stop_signal: Signal,
    /// How long the platform waits after it, before SIGKILL.
    pub grace_period: Millis,
    /// What leftover descendants get at least; they get what is left of the service's stop timeout if that is more.
    pub leftover_timeout: Millis,
    /// The main service.
    pub service: Service,
    /// What other signals do; one that is not named is forwarded as it is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub signals: BTreeMap<Signal, SignalRule>,
    /// What is declared for environment variables; one that is not named is passed on as it is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, environment::Rule>,
    /// The hooks; those of one point run one after the other, in this order.
    #[serde(default, rename = "hook", skip_serializing_if = "Vec::is_empty")]
    pub hooks: Vec<Hook>,
}

/// A supervised process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Service {
    /// Its name, for messages.
    pub name: String,
    /// Program and fixed arguments.
    pub command: Vec<String>,
    /// Arguments when the container is given none; see [`arguments::resolve`](crate::arguments::resolve).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// The signal that asks it to stop.
    pub stop_signal: Signal,
    /// From that signal to the final signal; without it the init sends no final signal, and the platform's ends all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_timeout: Option<Millis>,
}

/// Work at one point of the container's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Hook {
    /// When it runs.
    pub point: HookPoint,
    /// Program and arguments.
    pub command: Vec<String>,
    /// Then it is killed; without it, it may take as long as it likes, which only hooks at a start may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Millis>,
    /// What follows when it fails.
    pub on_failure: OnFailure,
}

/// When a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HookPoint {
    /// Before the service is started.
    PreStart,
    /// When the service executes its program.
    PostStart,
    /// When a stop has been asked for, before the service's stop signal.
    PreStop,
    /// When every descendant is gone.
    PostStop,
}

impl HookPoint {
    /// In the order in which they come.
    pub const ALL: [Self; 4] = [Self::PreStart, Self::PostStart, Self::PreStop, Self::PostStop];

    /// As it is written in a spec: `pre-start`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreStart => "pre-start",
            Self::PostStart => "post-start",
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
    /// The service is not started, or is stopped. Only for hooks at a start: nothing stops a stop.
    Abort,
}

/// What a signal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignalRule {
    /// The service gets this signal.
    Forward(Signal),
    /// Nothing.
    Drop,
    /// It asks for a stop, as the platform's stop signal does.
    Stop,
}

impl fmt::Display for SignalRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forward(signal) => signal.fmt(f),
            Self::Drop => f.write_str("drop"),
            Self::Stop => f.write_str("stop"),
        }
    }
}

impl core::str::FromStr for SignalRule {
    type Err = crate::ParseSignalError;

    /// `drop`, `stop`, or a signal. The words are in lower case, so that SIGSTOP without its `SIG` is not mistaken for
    /// `stop`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "drop" => Ok(Self::Drop),
            "stop" => Ok(Self::Stop),
            _ => text.parse().map(Self::Forward),
        }
    }
}

impl Serialize for SignalRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SignalRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(|error: crate::ParseSignalError| de::Error::custom(error))
    }
}

impl Config {
    /// What holds without a config: the command is forwarded every signal, SIGTERM asks for a stop, leftovers get what
    /// is left of [`budget::DEFAULT_GRACE_PERIOD`], and no final signal is sent to the service, because how long the
    /// platform would wait for it is not known.
    pub fn plain() -> Self {
        Self {
            version: VERSION,
            stop_signal: Signal::TERM,
            grace_period: budget::DEFAULT_GRACE_PERIOD,
            leftover_timeout: budget::DEFAULT_LEFTOVER_TIMEOUT,
            service: Service {
                name: "main".to_string(),
                command: Vec::new(),
                args: Vec::new(),
                stop_signal: Signal::TERM,
                stop_timeout: None,
            },
            signals: BTreeMap::new(),
            env: BTreeMap::new(),
            hooks: Vec::new(),
        }
    }

    /// What the signal does.
    pub fn rule(&self, signal: Signal) -> SignalRule {
        if signal == self.stop_signal {
            return SignalRule::Stop;
        }
        self.signals.get(&signal).copied().unwrap_or(SignalRule::Forward(signal))
    }

    /// The hook.
    pub fn hook(&self, id: HookId) -> Option<&Hook> {
        self.hooks.get(id.0)
    }

    /// The hooks of a point, in their order.
    pub fn hooks_at(&self, point: HookPoint) -> impl Iterator<Item = (HookId, &Hook)> {
        self.hooks.iter().enumerate().filter(move |(_, hook)| hook.point == point).map(|(at, hook)| (HookId(at), hook))
    }

    /// What the steps of a stop may take.
    pub fn budget(&self) -> Budget {
        let hooks = |point| self.hooks_at(point).filter_map(|(_, hook)| hook.timeout).sum();
        Budget {
            pre_stop: hooks(HookPoint::PreStop),
            stop: self.service.stop_timeout.unwrap_or_default(),
            leftovers: self.leftover_timeout,
            post_stop: hooks(HookPoint::PostStop),
        }
    }

    /// Everything that is wrong with a config that was read; nothing, for what the generator writes.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut check = |holds: bool, problem: String| {
            if !holds {
                problems.push(problem);
            }
        };
        check(self.version == VERSION, format!("`version` is {}, this wigwag-init reads {VERSION}", self.version));
        check(!self.service.command.is_empty(), "`service.command` is empty".to_string());
        check(self.stop_signal.can_be_forwarded(), format!("`stop-signal` {} cannot be received", self.stop_signal));
        for signal in self.signals.keys() {
            check(signal.can_be_forwarded(), format!("`signals.{signal}`: {signal} cannot be received"));
            check(*signal != self.stop_signal, format!("`signals.{signal}`: {signal} is the `stop-signal`"));
        }
        for (at, hook) in self.hooks.iter().enumerate() {
            let point = hook.point.name();
            check(!hook.command.is_empty(), format!("hook {at} ({point}): `command` is empty"));
            if hook.point.is_at_stop() {
                check(hook.timeout.is_some(), format!("hook {at} ({point}): `timeout` is missing"));
                check(hook.on_failure == OnFailure::Continue, format!("hook {at} ({point}): nothing can abort a stop"));
            }
        }
        for name in self.env.keys() {
            check(environment::is_name(name), format!("`env`: `{}` is not a variable's name", name.escape_debug()));
        }
        check(
            self.strings().all(|text| !text.contains('\0')),
            "a NUL character cannot be passed to a program".to_string(),
        );
        let needed = self.budget().total();
        check(
            needed <= self.grace_period,
            format!("a stop may take {needed}, the `grace-period` is {}", self.grace_period),
        );
        problems
    }

    /// Every text that is passed to a program.
    fn strings(&self) -> impl Iterator<Item = &String> {
        let env = self.env.values().filter_map(|rule| match rule {
            environment::Rule::Default(text) | environment::Rule::File(text) => Some(text),
            environment::Rule::Required | environment::Rule::Unset => None,
        });
        let hooks = self.hooks.iter().flat_map(|hook| &hook.command);
        self.service.command.iter().chain(&self.service.args).chain(hooks).chain(env)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = r#"
version = 1
stop-signal = "SIGTERM"
grace-period = "10s"
leftover-timeout = "500ms"

[service]
name = "web"
command = ["httpd"]
args = ["-D", "FOREGROUND"]
stop-signal = "SIGWINCH"
stop-timeout = "5s"

[signals]
SIGHUP = "SIGUSR1"
SIGINT = "stop"
SIGUSR2 = "drop"

[env]
A = "required"
B = "unset"

[env.C]
default = "x"

[env.D]
file = "/run/secrets/d"

[[hook]]
point = "pre-stop"
command = ["deregister"]
timeout = "3s"
on-failure = "continue"

[[hook]]
point = "pre-start"
command = ["migrate"]
on-failure = "abort"

[[hook]]
point = "post-stop"
command = ["umount", "/data"]
timeout = "1s"
on-failure = "continue"
"#;

    fn full() -> Config {
        toml::from_str(FULL).unwrap()
    }

    #[test]
    fn a_config_is_read_back_as_written() {
        let config = full();
        assert_eq!(config.problems(), Vec::<String>::new());
        assert_eq!(toml::to_string(&config).unwrap().trim(), FULL.trim());
    }

    #[test]
    fn signals_do_as_declared() {
        let config = full();
        assert_eq!(config.rule(Signal::TERM), SignalRule::Stop);
        assert_eq!(config.rule(Signal::INT), SignalRule::Stop);
        assert_eq!(config.rule(Signal::HUP), SignalRule::Forward(Signal::USR1));
        assert_eq!(config.rule(Signal::USR1), SignalRule::Forward(Signal::USR1));
        assert_eq!(config.rule(Signal::USR2), SignalRule::Drop);
    }

    #[test]
    fn the_budget_is_the_sum_of_the_steps() {
        let budget = full().budget();
        assert_eq!(
            budget,
            Budget { pre_stop: Millis(3_000), stop: Millis(5_000), leftovers: Millis(500), post_stop: Millis(1_000) }
        );
        assert_eq!(budget.total(), Millis(10_000));
    }

    #[test]
    fn the_words_for_signals_are_not_signals() {
        assert_eq!("stop".parse(), Ok(SignalRule::Stop));
        assert_eq!("STOP".parse(), Ok(SignalRule::Forward(Signal::STOP)));
        assert_eq!("drop".parse(), Ok(SignalRule::Drop));
        assert!("DROP".parse::<SignalRule>().is_err());
    }

    #[test]
    fn without_a_config_only_the_command_is_missing() {
        assert_eq!(Config::plain().problems(), ["`service.command` is empty"]);
    }

    #[test]
    fn every_problem_of_a_config_is_named() {
        let with = |change: &dyn Fn(&mut Config)| {
            let mut config = full();
            change(&mut config);
            config.problems()
        };
        let hook = |change: &dyn Fn(&mut Hook)| with(&|config| change(&mut config.hooks[0]));
        for (problems, expected) in [
            (with(&|c| c.version = 2), "`version` is 2, this wigwag-init reads 1"),
            (with(&|c| c.service.command.clear()), "`service.command` is empty"),
            (with(&|c| c.stop_signal = Signal::KILL), "`stop-signal` SIGKILL cannot be received"),
            (
                with(&|c| c.signals.extend([(Signal::CHLD, SignalRule::Drop)])),
                "`signals.SIGCHLD`: SIGCHLD cannot be received",
            ),
            (
                with(&|c| c.signals.extend([(Signal::TERM, SignalRule::Drop)])),
                "`signals.SIGTERM`: SIGTERM is the `stop-signal`",
            ),
            (hook(&|h| h.command.clear()), "hook 0 (pre-stop): `command` is empty"),
            (hook(&|h| h.timeout = None), "hook 0 (pre-stop): `timeout` is missing"),
            (hook(&|h| h.on_failure = OnFailure::Abort), "hook 0 (pre-stop): nothing can abort a stop"),
            (
                with(&|c| c.env.extend([("A\n".into(), environment::Rule::Unset)])),
                "`env`: `A\\n` is not a variable's name",
            ),
            (with(&|c| c.service.args.push("\0".into())), "a NUL character cannot be passed to a program"),
            (hook(&|h| h.command.push("a\0b".into())), "a NUL character cannot be passed to a program"),
            (
                with(&|c| c.env.extend([("A".into(), environment::Rule::Default("\0".into()))])),
                "a NUL character cannot be passed to a program",
            ),
            (with(&|c| c.leftover_timeout = Millis(501)), "a stop may take 10s1ms, the `grace-period` is 10s"),
        ] {
            assert_eq!(problems, [expected]);
        }
    }
}
