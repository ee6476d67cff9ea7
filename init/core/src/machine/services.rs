//! What each service goes through.
//!
//! ```text
//! waiting ─▶ starting ─▶ ready ─▶ stopping ─▶ forced ─▶ ended
//!    its turn    │  ▲      │      stop signal  final signal
//!                ▼  │      ▼
//!               backoff ◀──┘ ends by itself, and is started again
//! ```

use alloc::vec::Vec;

use super::{Cause, Machine, Phase, ask, decisions::Word};
use crate::{
    Action, Millis, Note, Outcome, Process, ServiceId, Signal, Target,
    budget::REAP_TIME,
    config::{HoldUntil, HookPoint, RestartWhen},
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct ServiceState {
    pub(super) life: Life,
    /// It executes its program, and may be probed.
    pub(super) executes: bool,
    pub(super) probe: Probe,
    /// How it ended last.
    pub(super) outcome: Option<Outcome>,
    /// Whoever comes after it need not wait any longer.
    pub(super) was_ready: bool,
    /// It is being stopped because it was not ready in time.
    pub(super) is_late: bool,
    /// When its stop timeout is over, once it has been asked to stop.
    pub(super) stop_until: Option<Millis>,
    /// How often it was started again in a row.
    pub(super) restarts: u8,
    /// When it has run for so long that the next restart is the first one in a row.
    pub(super) well_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Life {
    /// Its turn has not come.
    #[default]
    Waiting,
    /// Not ready yet, and until then it may take.
    Starting {
        until: Option<Millis>,
    },
    Ready,
    /// To be stopped, but not told before it is ready; at the latest at `ask`.
    Held {
        ask: Millis,
        until: Millis,
    },
    Stopping {
        until: Option<Millis>,
    },
    /// The final signal was sent.
    Forced {
        until: Option<Millis>,
    },
    /// Until it is started again.
    Backoff {
        until: Millis,
    },
    Ended,
}

/// An attempt to find out whether a service is ready.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Probe {
    #[default]
    None,
    Due(Millis),
    Running(Millis),
    /// Killed, and not reaped yet.
    Killed,
}

impl Life {
    pub(super) fn has_process(self) -> bool {
        match self {
            Self::Waiting | Self::Backoff { .. } | Self::Ended => false,
            Self::Starting { .. } | Self::Ready | Self::Held { .. } | Self::Stopping { .. } | Self::Forced { .. } => {
                true
            }
        }
    }

    fn deadline(self) -> Option<Millis> {
        match self {
            Self::Waiting | Self::Ready | Self::Ended => None,
            Self::Starting { until } | Self::Stopping { until } | Self::Forced { until } => until,
            Self::Held { ask: until, .. } | Self::Backoff { until } => Some(until),
        }
    }
}

impl Probe {
    fn deadline(self) -> Option<Millis> {
        match self {
            Self::None | Self::Killed => None,
            Self::Due(at) | Self::Running(at) => Some(at),
        }
    }
}

impl ServiceState {
    pub(super) fn deadline(&self) -> Option<Millis> {
        [self.life.deadline(), self.probe.deadline()].into_iter().flatten().min()
    }
}

impl Machine<'_> {
    pub(super) fn life(&self, id: ServiceId) -> Life {
        self.state.services.get(id.0).map_or(Life::Ended, |service| service.life)
    }

    fn set_life(&mut self, id: ServiceId, life: Life) {
        self.change(id, |service| service.life = life);
    }

    fn change(&mut self, id: ServiceId, change: impl FnOnce(&mut ServiceState)) {
        if let Some(service) = self.state.services.get_mut(id.0) {
            change(service);
        }
    }

    /// Starts everybody whose turn it is.
    pub(super) fn start_services(&mut self, now: Millis, out: &mut Vec<Action>) {
        let config = self.config;
        for (id, _) in config.services() {
            let is_free = self.life(id) == Life::Waiting && config.predecessors(id).all(|other| self.is_done(other));
            if is_free {
                self.spawn_service(now, id, out);
            }
        }
        if config.services().all(|(id, _)| self.is_done(id)) && !core::mem::replace(&mut self.state.all_ready, true) {
            self.post_start(now, out);
        }
    }

    /// Whether nobody needs to wait for it: it was ready, or has done its work.
    fn is_done(&self, id: ServiceId) -> bool {
        let Some(service) = self.state.services.get(id.0) else { return true };
        let has_done_its_work = service.life == Life::Ended && service.outcome.is_some_and(Outcome::is_success);
        service.was_ready || has_done_its_work && !service.is_late
    }

    fn post_start(&mut self, now: Millis, out: &mut Vec<Action>) {
        if self.state.hook.is_some() {
            self.state.post_start_due = true;
        } else {
            self.next_hook_or_phase(now, HookPoint::PostStart, None, out);
        }
    }

    fn spawn_service(&mut self, now: Millis, id: ServiceId, out: &mut Vec<Action>) {
        let Some(service) = self.config.service(id) else { return };
        let limit = service.ready.as_ref().and_then(|ready| ready.timeout);
        let well_at = service.restart.map(|restart| now.plus(restart.reset_after));
        self.change(id, |service| {
            service.life = Life::Starting { until: limit.map(|limit| now.plus(limit)) };
            service.well_at = well_at;
            service.executes = false;
        });
        self.spawn(Process::Service(id), out);
    }

    pub(super) fn service_started(&mut self, now: Millis, id: ServiceId, out: &mut Vec<Action>) {
        let Some(service) = self.config.service(id) else { return };
        self.change(id, |service| service.executes = true);
        match &service.ready {
            None => self.service_ready(now, id, out),
            // The probe of an earlier start may not be reaped yet.
            Some(ready) if ready.check.is_probed() && self.awaits_ready(id) && !self.is_probed(id) => {
                self.run_probe(now, id, out);
            }
            Some(_) => {}
        }
    }

    fn is_probed(&self, id: ServiceId) -> bool {
        self.state.services.get(id.0).is_some_and(|service| service.probe != Probe::None)
    }

    fn awaits_ready(&self, id: ServiceId) -> bool {
        matches!(self.life(id), Life::Starting { .. } | Life::Held { .. })
    }

    pub(super) fn service_ready(&mut self, now: Millis, id: ServiceId, out: &mut Vec<Action>) {
        match self.life(id) {
            Life::Starting { .. } => {
                self.change(id, |service| {
                    service.life = Life::Ready;
                    service.was_ready = true;
                });
                self.end_probe(id, out);
                if self.state.phase == Phase::Running {
                    self.start_services(now, out);
                }
            }
            Life::Held { until, .. } => {
                self.end_probe(id, out);
                self.ask_service(now, id, Some(until), out);
            }
            Life::Waiting | Life::Ready | Life::Stopping { .. } => {}
            Life::Forced { .. } | Life::Backoff { .. } | Life::Ended => {}
        }
    }

    fn run_probe(&mut self, now: Millis, id: ServiceId, out: &mut Vec<Action>) {
        let Some(ready) = self.config.service(id).and_then(|service| service.ready.as_ref()) else { return };
        self.change(id, |service| service.probe = Probe::Running(now.plus(ready.attempt)));
        self.spawn(Process::Probe(id), out);
    }

    pub(super) fn probe_ended(&mut self, now: Millis, id: ServiceId, outcome: Outcome, out: &mut Vec<Action>) {
        let Some(ready) = self.config.service(id).and_then(|service| service.ready.as_ref()) else { return };
        let waits = self.awaits_ready(id);
        let mut counts = false;
        self.change(id, |service| {
            counts = matches!(service.probe, Probe::Running(_));
            let again = waits && service.executes;
            service.probe = if again { Probe::Due(now.plus(ready.interval)) } else { Probe::None };
        });
        if counts && outcome.is_success() {
            self.service_ready(now, id, out);
        }
    }

    /// Nobody asks any longer.
    fn end_probe(&mut self, id: ServiceId, out: &mut Vec<Action>) {
        self.change(id, |service| match service.probe {
            Probe::None | Probe::Killed => {}
            Probe::Due(_) => service.probe = Probe::None,
            Probe::Running(_) => {
                service.probe = Probe::Killed;
                out.push(Action::Signal(Target::Process(Process::Probe(id)), Signal::KILL));
            }
        });
    }

    pub(super) fn service_ended(&mut self, now: Millis, id: ServiceId, outcome: Outcome, out: &mut Vec<Action>) {
        // One that was given up may end late.
        if !self.life(id).has_process() {
            return;
        }
        self.change(id, |service| {
            service.life = Life::Ended;
            service.outcome = Some(outcome);
        });
        self.end_probe(id, out);
        self.forget_deliveries(id);
        match self.state.phase {
            Phase::Running => self.ended_by_itself(now, id, outcome, out),
            Phase::Stopping => self.stop_services(now, out),
            // The pre-stop hooks of a stop that has begun all run.
            Phase::PreStop => {}
            // Nobody is there before, or after.
            Phase::PreStart | Phase::Leftovers | Phase::LeftoversKilled | Phase::PostStop | Phase::Ended => {}
        }
    }

    fn ended_by_itself(&mut self, now: Millis, id: ServiceId, outcome: Outcome, out: &mut Vec<Action>) {
        let Some(service) = self.config.service(id) else { return };
        let was_late = self.state.services.get(id.0).is_some_and(|service| service.is_late);
        let failed = was_late || !outcome.is_success();
        if self.is_started_again(now, id, outcome, failed, out) {
            return;
        }
        let stuck = failed && !self.is_done(id) && self.config.successors(id).next().is_some();
        if !service.main && !service.essential && !stuck {
            return self.start_services(now, out);
        }
        if !service.main {
            out.push(Action::Tell(Note::Ended(id, outcome)));
        }
        let cause = if was_late { Cause::Aborted } else { Cause::Ended(id, outcome) };
        self.begin_stop(self.stop_end(now), cause, Word::Own);
        self.enter_pre_stop(now, out);
    }

    fn is_started_again(
        &mut self,
        now: Millis,
        id: ServiceId,
        outcome: Outcome,
        failed: bool,
        out: &mut Vec<Action>,
    ) -> bool {
        let Some(restart) = self.config.service(id).and_then(|service| service.restart) else { return false };
        if !failed && restart.when == RestartWhen::OnFailure {
            return false;
        }
        let mut again = false;
        self.change(id, |service| {
            let is_well = service.well_at.is_some_and(|at| at <= now);
            let earlier = if is_well { 0 } else { service.restarts };
            if earlier < restart.burst {
                again = true;
                service.life = Life::Backoff { until: now.plus(restart.pause(earlier)) };
                service.restarts = earlier.saturating_add(1);
                service.is_late = false;
                service.stop_until = None;
            }
        });
        out.push(Action::Tell(if again { Note::Restarts(id, outcome) } else { Note::GivenUp(id, outcome) }));
        again
    }

    pub(super) fn service_is_late(&mut self, now: Millis, id: ServiceId, out: &mut Vec<Action>) {
        let Some(service) = self.state.services.get(id.0) else { return };
        if service.probe.deadline().is_some_and(|at| at <= now) {
            return match service.probe {
                Probe::Due(_) => self.run_probe(now, id, out),
                Probe::Running(_) => self.end_probe(id, out),
                Probe::None | Probe::Killed => {}
            };
        }
        match service.life {
            Life::Starting { .. } => {
                out.push(Action::Tell(Note::NotReady(id)));
                self.change(id, |service| service.is_late = true);
                self.end_probe(id, out);
                self.ask_service(now, id, self.stop_limit(now, id), out);
            }
            Life::Held { until, .. } => {
                self.end_probe(id, out);
                self.ask_service(now, id, Some(until), out);
            }
            Life::Stopping { .. } => {
                out.push(Action::Tell(Note::FinalSignal(id)));
                self.kill_service(now, id, out);
            }
            Life::Forced { .. } => {
                out.push(Action::Tell(Note::Unkillable(Target::Process(Process::Service(id)))));
                self.change(id, |service| {
                    service.life = Life::Ended;
                    service.outcome = Some(Outcome::Killed(Signal::KILL));
                });
                self.stop_services(now, out);
            }
            Life::Backoff { .. } => self.spawn_service(now, id, out),
            Life::Waiting | Life::Ready | Life::Ended => {}
        }
    }

    /// A stop has begun: nobody is started any more, and nobody is late, since all are stopped anyway.
    pub(super) fn start_nobody(&mut self) {
        for service in &mut self.state.services {
            match service.life {
                Life::Waiting | Life::Backoff { .. } => service.life = Life::Ended,
                Life::Starting { .. } => service.life = Life::Starting { until: None },
                Life::Ready | Life::Held { .. } | Life::Stopping { .. } | Life::Forced { .. } | Life::Ended => {}
            }
        }
    }

    /// Asks everybody to stop whose turn it is, and goes on when nobody is left.
    pub(super) fn stop_services(&mut self, now: Millis, out: &mut Vec<Action>) {
        if self.is_hurried() {
            self.kill_services(now, out);
        }
        let config = self.config;
        for (id, _) in config.services().rev() {
            if config.successors(id).all(|other| self.life(other) == Life::Ended) {
                self.stop_service(now, id, out);
            }
        }
        if config.services().all(|(id, _)| self.life(id) == Life::Ended) {
            self.enter_leftovers(now, out);
        }
    }

    fn stop_service(&mut self, now: Millis, id: ServiceId, out: &mut Vec<Action>) {
        match self.life(id) {
            life @ (Life::Starting { .. } | Life::Ready) => {
                let limit = self.stop_limit(now, id);
                if let Some(until) = limit.filter(|_| self.is_held_back(life)) {
                    let half = Millis(until.minus(now).0 >> 1);
                    return self.change(id, |service| {
                        service.stop_until = limit;
                        service.life = Life::Held { ask: now.plus(half), until };
                    });
                }
                self.end_probe(id, out);
                self.ask_service(now, id, limit, out);
            }
            Life::Forced { until: None } => {
                self.set_life(id, Life::Forced { until: Some(now.plus(REAP_TIME)) });
            }
            // One that was told before the stop began ends before it would have to.
            Life::Stopping { .. } | Life::Held { .. } | Life::Forced { .. } => {}
            Life::Waiting | Life::Backoff { .. } | Life::Ended => {}
        }
    }

    /// Whether its stop waits for it to be ready.
    fn is_held_back(&self, life: Life) -> bool {
        matches!(life, Life::Starting { .. }) && self.config.hold_until == HoldUntil::Ready
    }

    fn ask_service(&mut self, now: Millis, id: ServiceId, until: Option<Millis>, out: &mut Vec<Action>) {
        self.change(id, |service| {
            service.life = Life::Stopping { until };
            service.stop_until = until;
        });
        self.say_stop(id, out);
        if let Word::Deliveries(list) = self.word(id) {
            self.deliver(now, list, out);
        }
    }

    fn say_stop(&self, id: ServiceId, out: &mut Vec<Action>) {
        let signal = match self.word(id) {
            Word::Own => self.config.service(id).map(|service| service.stop_signal),
            Word::Other(signal) => Some(signal),
            Word::Deliveries(_) => None,
        };
        if let Some(signal) = signal {
            ask(Target::Process(Process::Service(id)), signal, out);
        }
    }

    pub(super) fn ask_services_again(&mut self, out: &mut Vec<Action>) {
        for (id, _) in self.config.services() {
            if matches!(self.life(id), Life::Stopping { .. }) {
                self.say_stop(id, out);
            }
        }
    }

    pub(super) fn kill_services(&mut self, now: Millis, out: &mut Vec<Action>) {
        for (id, _) in self.config.services() {
            let life = self.life(id);
            if life.has_process() && !matches!(life, Life::Forced { .. }) {
                self.end_probe(id, out);
                self.kill_service(now, id, out);
            }
        }
    }

    fn kill_service(&mut self, now: Millis, id: ServiceId, out: &mut Vec<Action>) {
        // Outside a stop nobody goes on without it.
        let until = (self.state.phase == Phase::Stopping).then_some(now.plus(REAP_TIME));
        self.set_life(id, Life::Forced { until });
        out.push(Action::Signal(Target::Process(Process::Service(id)), Signal::KILL));
    }
}
