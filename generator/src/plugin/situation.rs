//! How things are when a hook is called: what a test says about it, and what is meant where it says nothing.

use std::{fmt::Display, str::FromStr};

use serde::{Deserialize, Deserializer, de::Error};
use wigwag_core::{
    Config, Failure, Millis, Outcome, Signal, Source,
    config::HookPoint,
    plugin::message::{Call, Cause, Context, Incoming, Invocation, Phase, ServiceInfo, ServiceStatus, Summary},
};

/// A file for `--context`. Every key may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Situation {
    uptime: Option<Text<Millis>>,
    phase: Option<Step>,
    budget: Option<Text<Millis>>,
    #[serde(rename = "service")]
    services: Vec<Service>,
    signal: Sent,
    cause: Option<Why>,
    summary: End,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Service {
    name: String,
    #[serde(default)]
    main: bool,
    state: Option<Status>,
    pid: Option<u32>,
    outcome: Option<Ended>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Sent {
    terminal: bool,
    pid: Option<u32>,
    uid: Option<u32>,
    asks_for_stop: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Why {
    Asked(Text<Signal>),
    Aborted,
    Ended(String),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct End {
    outcome: Option<Ended>,
    ran: Option<Text<Millis>>,
    stopped_for: Option<Text<Millis>>,
    forced: bool,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Step {
    Starting,
    Running,
    Stopping,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Status {
    Waiting,
    Starting,
    Ready,
    Stopping,
    Ended,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Ended {
    Exited(u8),
    Killed(Text<Signal>),
    NotStarted,
}

/// What is written as text: `"1m30s"`, `"SIGHUP"`.
#[derive(Clone, Copy, Debug)]
struct Text<T>(T);

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

impl Ended {
    fn outcome(self) -> Outcome {
        match self {
            Self::Exited(status) => Outcome::Exited(status),
            Self::Killed(signal) => Outcome::Killed(signal.0),
            Self::NotStarted => Outcome::NotStarted(Failure::NotFound),
        }
    }
}

/// Which hook is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    OnSignal(Signal),
    At(Moment),
}

/// The hooks that do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    PreStart,
    PostStart,
    PreStop,
    PostStop,
}

impl Situation {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong, with its place.
    pub fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// The services that a spec has, unless there are others.
    pub fn with_services(mut self, config: &Config) -> Self {
        if self.services.is_empty() {
            let service = |(at, service): (usize, &wigwag_core::config::Service)| Service {
                name: service.name.clone(),
                main: at == config.main_id().0,
                state: None,
                pid: None,
                outcome: None,
            };
            self.services = config.services.iter().enumerate().map(service).collect();
        }
        self
    }

    /// The call of this hook at this time.
    pub fn call(&self, id: u32, asked: Asked, stop_signal: Signal, now: Millis, timeout: Millis) -> Call {
        let point = asked.point();
        let services = self.services(point);
        let uptime = self.uptime.map_or(Millis(60_000), |text| text.0);
        let main = services.iter().find(|service| service.main);
        let hook = match asked {
            Asked::OnSignal(signal) => Invocation::OnSignal(self.signal.incoming(signal, stop_signal)),
            Asked::At(Moment::PreStart) => Invocation::PreStart,
            Asked::At(Moment::PostStart) => Invocation::PostStart,
            Asked::At(Moment::PreStop) => Invocation::PreStop(self.cause(stop_signal, &services)),
            Asked::At(Moment::PostStop) => {
                let outcome = self.summary.outcome.map(Ended::outcome).or_else(|| main.and_then(|main| main.outcome));
                let millis = |text: Option<Text<Millis>>, default| text.map_or(default, |text| text.0);
                let ran = millis(self.summary.ran, uptime);
                let stopped_for = millis(self.summary.stopped_for, Millis(1_000));
                Invocation::PostStop(Summary { outcome, ran, stopped_for, forced: self.summary.forced })
            }
        };
        let context = Context {
            now,
            deadline: now.plus(timeout),
            uptime,
            phase: self.phase(point),
            budget: self.budget.map(|text| text.0).or_else(|| point.is_at_stop().then_some(timeout)),
            services,
        };
        Call { id, context, hook }
    }

    fn phase(&self, point: HookPoint) -> Phase {
        match self.phase {
            Some(Step::Starting) => Phase::Starting,
            Some(Step::Running) => Phase::Running,
            Some(Step::Stopping) => Phase::Stopping,
            None => match point {
                HookPoint::PreStart => Phase::Starting,
                HookPoint::PostStart | HookPoint::OnSignal => Phase::Running,
                HookPoint::PreStop | HookPoint::PostStop => Phase::Stopping,
            },
        }
    }

    fn services(&self, point: HookPoint) -> Vec<ServiceInfo> {
        let one = [Service { name: "main".into(), main: true, state: None, pid: None, outcome: None }];
        let services = if self.services.is_empty() { &one[..] } else { &self.services };
        let has_main = services.iter().any(|service| service.main);
        let services = services.iter().zip(0_u32..);
        services.map(|(service, at)| service.info(point, at, service.main || !has_main && at == 0)).collect()
    }

    fn cause(&self, stop_signal: Signal, services: &[ServiceInfo]) -> Cause {
        match &self.cause {
            None => Cause::Asked(stop_signal),
            Some(Why::Asked(signal)) => Cause::Asked(signal.0),
            Some(Why::Aborted) => Cause::Aborted,
            Some(Why::Ended(name)) => {
                let outcome = services.iter().find(|service| service.name == *name).and_then(|service| service.outcome);
                Cause::Ended(name.clone(), outcome.unwrap_or(Outcome::Exited(0)))
            }
        }
    }
}

impl Service {
    /// As it is at this point, where it is not said.
    fn info(&self, point: HookPoint, at: u32, main: bool) -> ServiceInfo {
        let state = match self.state {
            Some(Status::Waiting) => ServiceStatus::Waiting,
            Some(Status::Starting) => ServiceStatus::Starting,
            Some(Status::Ready) => ServiceStatus::Ready,
            Some(Status::Stopping) => ServiceStatus::Stopping,
            Some(Status::Ended) => ServiceStatus::Ended,
            None => match point {
                HookPoint::PreStart => ServiceStatus::Waiting,
                HookPoint::PostStart | HookPoint::OnSignal | HookPoint::PreStop => ServiceStatus::Ready,
                HookPoint::PostStop => ServiceStatus::Ended,
            },
        };
        let is_alive = matches!(state, ServiceStatus::Starting | ServiceStatus::Ready | ServiceStatus::Stopping);
        let ended = (state == ServiceStatus::Ended).then_some(Outcome::Exited(0));
        ServiceInfo {
            name: self.name.clone(),
            main,
            state,
            pid: self.pid.or_else(|| is_alive.then_some(at.saturating_add(7))),
            outcome: self.outcome.map(Ended::outcome).or(ended),
        }
    }
}

impl Sent {
    fn incoming(&self, signal: Signal, stop_signal: Signal) -> Incoming {
        // The platform is outside of the container: its process has no number there.
        let sender = (!self.terminal).then(|| (self.pid.unwrap_or(0), self.uid.unwrap_or(0)));
        let source = if self.terminal { Source::Terminal } else { Source::Process };
        Incoming { signal, source, sender, asks_for_stop: self.asks_for_stop.unwrap_or(signal == stop_signal) }
    }
}

impl Asked {
    /// Which hook that is.
    pub fn point(self) -> HookPoint {
        match self {
            Self::OnSignal(_) => HookPoint::OnSignal,
            Self::At(Moment::PreStart) => HookPoint::PreStart,
            Self::At(Moment::PostStart) => HookPoint::PostStart,
            Self::At(Moment::PreStop) => HookPoint::PreStop,
            Self::At(Moment::PostStop) => HookPoint::PostStop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Millis = Millis(2_000);

    fn call(text: &str, asked: Asked) -> Call {
        Situation::read(text).unwrap().call(7, asked, Signal::TERM, Millis(100_000), TIMEOUT)
    }

    #[test]
    fn what_is_not_said_fits_the_hook() {
        let expected = [
            (Asked::At(Moment::PreStart), Phase::Starting, ServiceStatus::Waiting, None),
            (Asked::At(Moment::PostStart), Phase::Running, ServiceStatus::Ready, None),
            (Asked::OnSignal(Signal::HUP), Phase::Running, ServiceStatus::Ready, None),
            (Asked::At(Moment::PreStop), Phase::Stopping, ServiceStatus::Ready, Some(TIMEOUT)),
            (Asked::At(Moment::PostStop), Phase::Stopping, ServiceStatus::Ended, Some(TIMEOUT)),
        ];
        for (asked, phase, state, budget) in expected {
            let context = call("", asked).context;
            assert_eq!(
                (context.phase, context.budget, context.deadline),
                (phase, budget, Millis(102_000)),
                "{asked:?}"
            );
            let [main] = &context.services[..] else { panic!("{asked:?}") };
            assert_eq!((main.name.as_str(), main.main, main.state), ("main", true, state), "{asked:?}");
            let is_alive = state == ServiceStatus::Ready;
            assert_eq!((main.pid.is_some(), main.outcome.is_some()), (is_alive, state == ServiceStatus::Ended));
        }
    }

    #[test]
    fn a_signal_asks_for_a_stop_if_it_is_the_stop_signal() {
        let incoming = |text, signal| {
            let Invocation::OnSignal(incoming) = call(text, Asked::OnSignal(signal)).hook else { panic!() };
            incoming
        };
        let term = incoming("", Signal::TERM);
        assert_eq!((term.asks_for_stop, term.source, term.sender), (true, Source::Process, Some((0, 0))));
        assert!(!incoming("", Signal::HUP).asks_for_stop);
        let int = incoming("[signal]\nterminal = true\nasks-for-stop = true\n", Signal::INT);
        assert_eq!((int.asks_for_stop, int.source, int.sender), (true, Source::Terminal, None));
    }

    #[test]
    fn everything_that_is_said_is_told() {
        let text = r#"
            uptime = "1m30s"
            phase = "running"
            budget = "8s"
            cause = { ended = "db" }
            [[service]]
            name = "web"
            [[service]]
            name = "db"
            main = true
            state = "ended"
            outcome = { killed = "SIGSEGV" }
            [summary]
            ran = "2s"
            forced = true
        "#;
        let stop = call(text, Asked::At(Moment::PreStop));
        let segv = Outcome::Killed(Signal::new(11).unwrap());
        assert_eq!(stop.hook, Invocation::PreStop(Cause::Ended("db".into(), segv)));
        assert_eq!((stop.context.uptime, stop.context.budget), (Millis(90_000), Some(Millis(8_000))));
        let mains: Vec<_> = stop.context.services.iter().map(|service| service.main).collect();
        assert_eq!(mains, [false, true]);
        let end = Summary { outcome: Some(segv), ran: Millis(2_000), stopped_for: Millis(1_000), forced: true };
        assert_eq!(call(text, Asked::At(Moment::PostStop)).hook, Invocation::PostStop(end));
    }

    #[test]
    fn a_spec_has_the_services_unless_others_are_said() {
        let service = |name: &str| wigwag_core::config::Service { name: name.into(), ..Default::default() };
        let main = wigwag_core::config::Service { main: true, ..service("web") };
        let config = Config { services: vec![service("db"), main], ..Config::default() };
        let names = |text: &str| -> Vec<_> {
            let situation = Situation::read(text).unwrap().with_services(&config);
            let call = situation.call(1, Asked::OnSignal(Signal::HUP), Signal::TERM, Millis(0), TIMEOUT);
            call.context.services.into_iter().map(|service| (service.name, service.main)).collect()
        };
        assert_eq!(names(""), [("db".into(), false), ("web".into(), true)]);
        assert_eq!(names("[[service]]\nname = \"other\"\n"), [("other".into(), true)]);
    }
}
