//! What a stop took, for the one line at its end.

use alloc::{format, string::String, vec::Vec};

use wigwag_core::{Action, Config, Event, Millis, Outcome, Process, ServiceId, Signal, Target};

use crate::{
    journal::{Entry, seconds},
    report,
};

/// Collects what happens from the begin of a stop to its end.
#[derive(Clone, Default)]
pub struct Tally {
    /// When it began, and by which signal, if it was asked for.
    began: Option<(Millis, Option<Signal>)>,
    services: Vec<Stopped>,
    leftovers: Option<Leftovers>,
}

/// Whoever is there when the services are gone.
#[derive(Clone)]
struct Leftovers {
    /// When they were asked to end.
    asked: Millis,
    /// When nobody was left.
    gone: Option<Millis>,
    /// Somebody has ended since; the hosts of plugins are nobody.
    were_there: bool,
    were_killed: bool,
}

/// A service that was asked to stop.
#[derive(Clone)]
struct Stopped {
    id: ServiceId,
    asked: Millis,
    was_killed: bool,
    ended: Option<(Millis, Outcome)>,
}

impl Tally {
    /// The stop has begun, perhaps by this signal.
    pub fn begin(&mut self, when: Millis, by: Option<Signal>) {
        self.began.get_or_insert((when, by));
    }

    /// When it did.
    pub fn began(&self) -> Option<Millis> {
        self.began.map(|(when, _)| when)
    }

    /// A process was reaped that counts as left behind when the services are gone.
    pub fn reaped(&mut self) {
        if let Some(leftovers @ Leftovers { gone: None, .. }) = &mut self.leftovers {
            leftovers.were_there = true;
        }
    }

    /// Whether somebody needed the final signal.
    pub fn was_forced(&self) -> bool {
        let leftovers = self.leftovers.as_ref();
        leftovers.is_some_and(|leftovers| leftovers.were_there && leftovers.were_killed)
            || self.services.iter().any(|service| service.was_killed)
    }

    /// Whether the service needed the final signal.
    pub fn was_killed(&self, id: ServiceId) -> bool {
        self.services.iter().any(|service| service.id == id && service.was_killed)
    }

    pub fn event(&mut self, now: Millis, event: Event) {
        match event {
            Event::Exited(Process::Service(id), outcome) => {
                if let Some(service) = self.services.iter_mut().find(|service| service.id == id) {
                    service.ended = Some((now, outcome));
                }
            }
            Event::Alone => {
                if let Some(leftovers) = &mut self.leftovers {
                    leftovers.gone.get_or_insert(now);
                }
            }
            Event::Started(_) | Event::Ready(_) | Event::Exited(..) | Event::Signal(..) => {}
            Event::Answered(..) | Event::Tick => {}
        }
    }

    pub fn action(&mut self, now: Millis, action: Action) {
        match action {
            Action::Signal(Target::Process(Process::Service(id)), signal) => self.signalled(now, id, signal),
            Action::Signal(Target::Leftovers, signal) => {
                let none = Leftovers { asked: now, gone: None, were_there: false, were_killed: false };
                self.leftovers.get_or_insert(none).were_killed |= signal == Signal::KILL;
            }
            Action::Signal(..)
            | Action::Spawn(_)
            | Action::Call(_)
            | Action::Forward(..)
            | Action::Tell(_)
            | Action::Exit(_) => {}
        }
    }

    fn signalled(&mut self, now: Millis, id: ServiceId, signal: Signal) {
        let is_final = signal == Signal::KILL;
        match self.services.iter_mut().find(|service| service.id == id) {
            Some(service) => service.was_killed |= is_final,
            None => self.services.push(Stopped { id, asked: now, was_killed: is_final, ended: None }),
        }
    }

    /// Whether somebody asked for the stop.
    pub fn was_asked(&self) -> bool {
        self.began.is_some_and(|(_, by)| by.is_some())
    }

    /// How it went: what was sent, who took how long, and how much of the time the platform gives was used.
    pub fn summary(&self, now: Millis, config: &Config, code: u8) -> Option<Entry> {
        let (began, by) = self.began?;
        let took = now.minus(began);
        let reason = by.map_or_else(String::new, |signal| format!(", asked for by {signal}"));
        let mut parts: Vec<String> = self.services.iter().map(|service| service.part(now, config)).collect();
        if let Some(Leftovers { asked, gone, were_there, .. }) = self.leftovers {
            let time = gone.unwrap_or(now).minus(asked);
            if time > Millis::ZERO && (were_there || gone.is_none()) {
                parts.push(format!("processes left behind {}s", seconds(time)));
            }
        }
        parts.push(format!("exit code {code}"));
        let message = format!("stopped in {}s of {}{reason}: {}", seconds(took), config.grace_period, parts.join(", "));
        let entry = Entry::new("stopped", message)
            .with_number("milliseconds", took.0)
            .with_number("grace_period", config.grace_period.0)
            .with_number("code", code);
        Some(by.into_iter().fold(entry, |entry, signal| entry.with("signal", signal)))
    }
}

impl Stopped {
    fn part(&self, now: Millis, config: &Config) -> String {
        let name = report::process(config, Process::Service(self.id));
        let signal = config.service(self.id).map_or(Signal::TERM, |service| service.stop_signal);
        let (end, how) = match self.ended {
            Some((end, outcome)) => (end, report::how(outcome)),
            None => (now, "not gone".into()),
        };
        let killed = if self.was_killed { " and SIGKILL" } else { "" };
        format!("{name} {}s after {signal}{killed} ({how})", seconds(end.minus(self.asked)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEB: Process = Process::Service(ServiceId(0));

    #[test]
    fn a_stop_in_one_line() {
        let config = Config::plain();
        let mut tally = Tally::default();
        assert!(tally.summary(Millis(5), &config, 0).is_none(), "there was no stop");
        tally.begin(Millis(1_000), Some(Signal::TERM));
        tally.begin(Millis(2_000), None);
        tally.action(Millis(1_000), Action::Signal(Target::Process(WEB), Signal::TERM));
        tally.action(Millis(1_000), Action::Signal(Target::Process(WEB), Signal::CONT));
        tally.event(Millis(2_250), Event::Exited(WEB, Outcome::Exited(3)));
        let message = |tally: &Tally, now| format!("{:?}", tally.summary(now, &config, 3).unwrap());
        let text = message(&tally, Millis(2_250));
        assert!(text.contains("stopped in 1.250s of 10s, asked for by SIGTERM: `main` 1.250s after SIGTERM (exit status 3), exit code 3"), "{text}");
        tally.action(Millis(2_250), Action::Signal(Target::Leftovers, Signal::TERM));
        let mut with_hosts = tally.clone();
        with_hosts.event(Millis(2_300), Event::Alone);
        with_hosts.reaped();
        assert!(!message(&with_hosts, Millis(2_400)).contains("left behind"), "nobody was there but hosts");
        tally.reaped();
        tally.event(Millis(2_300), Event::Alone);
        assert!(!tally.was_killed(ServiceId(0)));
        tally.action(Millis(2_250), Action::Signal(Target::Process(WEB), Signal::KILL));
        assert!(tally.was_killed(ServiceId(0)));
        let text = message(&tally, Millis(2_400));
        assert!(
            text.contains("after SIGTERM and SIGKILL (exit status 3), processes left behind 0.050s, exit"),
            "{text}"
        );
    }
}
