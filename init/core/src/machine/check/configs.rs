//! What the checked configs are made of.

use super::*;
use crate::Decision;

/// A config, and what can happen to it.
pub(super) struct Case {
    pub(super) config: Config,
    /// Signals that somebody may send.
    pub(super) signals: Vec<(Signal, Source)>,
    /// How services end by themselves.
    pub(super) outcomes: Vec<Outcome>,
    /// Whether a process may leave a descendant behind.
    pub(super) descendants: bool,
    /// What plugins decide.
    pub(super) decisions: Vec<Decision>,
    /// Whether hosts end by themselves.
    pub(super) hosts_end: bool,
}

pub(super) fn hook(point: HookPoint, timeout: Option<u64>, on_failure: OnFailure) -> Hook {
    Hook {
        point,
        task: Task::Command(vec!["hook".into()]),
        timeout: timeout.map(Millis),
        on_failure,
        ..Hook::default()
    }
}

/// One that is at work 200 ms at most.
pub(super) fn on_signal(signal: Signal) -> Hook {
    Hook { signal: Some(signal), ..hook(HookPoint::OnSignal, Some(200), OnFailure::Continue) }
}

/// One that calls a plugin.
pub(super) fn call(point: HookPoint, plugin: &str, timeout: u64) -> Hook {
    let command = hook(point, Some(timeout), OnFailure::Continue);
    Hook { task: Task::Plugin(plugin.into()), ..command }
}

/// A plugin decides about the signal within 100 ms.
pub(super) fn decides(signal: Signal, plugin: &str, on_failure: OnFailure) -> Hook {
    Hook { signal: Some(signal), on_failure, ..call(HookPoint::OnSignal, plugin, 100) }
}

fn artifact() -> Artifact {
    Artifact { platform: "linux/amd64".into(), engine: "engine".into(), file: "/plugin".into(), sha256: "0".repeat(64) }
}

/// `at_start`: what follows when a hook at a start fails.
pub(super) fn every_hook(at_start: OnFailure) -> Vec<Hook> {
    vec![
        hook(HookPoint::PreStart, Some(100), OnFailure::Continue),
        hook(HookPoint::PreStart, Some(200), at_start),
        hook(HookPoint::PostStart, Some(200), at_start),
        hook(HookPoint::PreStop, Some(200), OnFailure::Continue),
        hook(HookPoint::PreStop, Some(100), OnFailure::Continue),
        hook(HookPoint::PostStop, Some(200), OnFailure::Continue),
        hook(HookPoint::PostStop, Some(100), OnFailure::Continue),
    ]
}

/// It is stopped by SIGINT, in 300 ms.
pub(super) fn service(name: &str) -> Service {
    let mut services = Config::plain().services;
    let mut service = services.remove(0);
    service.name = name.into();
    service.main = false;
    service.command = vec!["serve".into()];
    service.stop_signal = INT;
    service.stop_timeout = Some(Millis(300));
    service
}

impl Case {
    /// HUP is forwarded; TERM asks for a stop. The last service is the main one.
    pub(super) fn of(mut services: Vec<Service>) -> Self {
        let mut config = Config::plain();
        services.last_mut().expect("there is a service").main = true;
        config.services = services;
        config.leftover_timeout = Millis(200);
        let outcomes = vec![Outcome::Exited(0), Outcome::Exited(3)];
        let mut case = Self {
            config,
            signals: vec![(TERM, Source::Process), (HUP, Source::Process)],
            outcomes,
            descendants: false,
            decisions: vec![],
            hosts_end: true,
        };
        case.fit();
        case
    }

    /// The grace period is as long as it must be.
    fn fit(&mut self) {
        self.config.grace_period = self.config.budget().total();
    }

    pub(super) fn hooks(mut self, hooks: Vec<Hook>) -> Self {
        self.config.hooks = hooks;
        self.fit();
        self
    }

    /// Plugins `a`, `b`, …, and what they decide.
    pub(super) fn plugins(mut self, names: &[&str], decisions: &[Decision]) -> Self {
        let plugin = |name: &&str| Plugin { name: (*name).into(), artifacts: vec![artifact()], ..Plugin::default() };
        self.config.plugins = names.iter().map(plugin).collect();
        self.decisions = decisions.to_vec();
        self
    }

    pub(super) fn signals(mut self, signals: &[Signal]) -> Self {
        self.signals = signals.iter().map(|signal| (*signal, Source::Process)).collect();
        self
    }

    pub(super) fn config(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self.fit();
        self
    }

    pub(super) fn with_descendants(mut self) -> Self {
        self.descendants = true;
        self
    }

    pub(super) fn outcomes(mut self, outcomes: &[Outcome]) -> Self {
        self.outcomes = outcomes.to_vec();
        self
    }
}

impl Service {
    pub(super) fn after(mut self, names: &[&str]) -> Self {
        self.after = names.iter().map(|name| (*name).into()).collect();
        self
    }

    pub(super) fn not_essential(mut self) -> Self {
        self.essential = false;
        self
    }

    pub(super) fn stop_timeout(mut self, millis: u64) -> Self {
        self.stop_timeout = Some(Millis(millis));
        self
    }

    pub(super) fn ready(mut self, check: Check, timeout: Option<u64>) -> Self {
        let [interval, attempt] = [Millis(200), Millis(100)];
        self.ready = Some(Readiness { check, interval, attempt, timeout: timeout.map(Millis) });
        self
    }

    pub(super) fn restart(mut self, when: RestartWhen, burst: u8) -> Self {
        let [delay, max_delay, reset_after] = [Millis(100), Millis(150), Millis(200)];
        self.restart = Some(Restart { when, delay, max_delay, burst, reset_after });
        self
    }
}

pub(super) fn probed() -> Check {
    Check::Tcp("[::1]:80".into())
}
