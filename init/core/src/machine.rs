//! The decisions of PID 1, as a state machine without a clock.
//!
//! ```text
//! pre-start hooks ─▶ running ─▶ pre-stop hooks ─▶ stopping ─▶ leftovers ─▶ post-stop hooks ─▶ ended
//!        │       (services start,     │        stop signals,  stop signal   nobody is left
//!        │        post-start hooks)   │        final signals  SIGKILL
//!        └───────────────┴────────────┴─ a failed start, an essential service that ends ──▶ stopping
//! ```
//!
//! Phases only go forward. At most one hook runs at a time. What each service goes through is in `machine/services.rs`,
//! what plugins do in `machine/plugins.rs`, and what they decide in `machine/decisions.rs`.

#[cfg(test)]
mod check;
mod decisions;
mod hooks;
mod plugins;
mod services;
mod signals;
mod status;

use alloc::{vec, vec::Vec};

use self::{
    decisions::{Asked, Later, Word},
    plugins::{Host, HostLife},
    services::ServiceState,
};
use crate::{
    Action, Config, Event, HookId, Millis, Note, Outcome, Process, ServiceId, Signal, SignalSet, Target,
    budget::{MARGIN, REAP_TIME},
    config::{HookPoint, Wait},
    exit_code,
};

/// The machine: feed it events with [`Machine::handle`], wake it at [`Machine::deadline`].
#[derive(Clone, Debug)]
pub struct Machine<'c> {
    config: &'c Config,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    phase: Phase,
    services: Vec<ServiceState>,
    hook: Option<RunningHook>,
    /// The hosts of the plugins.
    hosts: Vec<Host>,
    /// The plugin that has a decision to make.
    asked: Option<Asked>,
    /// The platform's stop signal has come meanwhile, and is to be decided about next.
    waiting: Option<Asked>,
    /// Signals that plugins want sent later.
    later: Vec<Later>,
    /// Every service has been ready.
    all_ready: bool,
    /// The post-start hooks wait for another hook to end.
    post_start_due: bool,
    /// Signals whose hooks wait for another hook to end.
    due: SignalSet,
    /// Hooks that were killed, are not reaped yet, and may have to run again.
    killed: Vec<HookId>,
    /// Nobody is there, and nobody was started since.
    alone: bool,
    /// When the leftovers' time is over.
    until: Option<Millis>,
    stop: Option<Stop>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Phase {
    PreStart,
    Running,
    PreStop,
    Stopping,
    Leftovers,
    /// They were killed.
    LeftoversKilled,
    PostStop,
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct RunningHook {
    id: HookId,
    until: Option<Millis>,
    /// Its plugin was called, if it is one.
    called: bool,
}

/// A stop that has begun, by request or because an essential service is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Stop {
    cause: Cause,
    /// What the main service gets.
    word: Word,
    /// When the post-stop hooks must begin, to be done before the platform's SIGKILL.
    end: Millis,
    /// Nobody is waited for any longer.
    hurried: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Cause {
    /// By this signal.
    Asked(Signal),
    /// A hook failed that may abort the start.
    Aborted,
    /// The service ended by itself, in a way that counts as this.
    Ended(ServiceId, Outcome),
}

impl<'c> Machine<'c> {
    /// A machine that has not begun.
    pub fn new(config: &'c Config) -> Self {
        Self {
            config,
            state: State {
                phase: Phase::PreStart,
                services: vec![ServiceState::default(); config.services.len()],
                hook: None,
                hosts: vec![Host::default(); config.plugins.len()],
                asked: None,
                waiting: None,
                later: Vec::new(),
                all_ready: false,
                post_start_due: false,
                due: SignalSet::default(),
                killed: Vec::new(),
                alone: false,
                until: None,
                stop: None,
            },
        }
    }

    /// The first orders.
    pub fn start(&mut self, now: Millis, out: &mut Vec<Action>) {
        self.start_hosts(out);
        self.next_hook_or_phase(now, HookPoint::PreStart, None, out);
    }

    /// Takes a fact in and gives orders out.
    pub fn handle(&mut self, now: Millis, event: Event, out: &mut Vec<Action>) {
        match event {
            Event::Started(Process::Service(id)) => self.service_started(now, id, out),
            Event::Started(Process::Hook(_) | Process::Probe(_) | Process::Host(_)) => {}
            Event::Ready(id) => self.service_ready(now, id, out),
            Event::Exited(Process::Service(id), outcome) => self.service_ended(now, id, outcome, out),
            Event::Exited(Process::Probe(id), outcome) => self.probe_ended(now, id, outcome, out),
            Event::Exited(Process::Hook(id), outcome) => self.hook_ended(now, id, outcome, out),
            Event::Exited(Process::Host(id), _) => self.host_ended(now, id, out),
            Event::Answered(id, answer) => self.answered(now, id, answer, out),
            Event::Alone => self.left_alone(now, out),
            Event::Signal(signal, source) => self.signalled(now, signal, source, out),
            Event::Tick => self.tick(now, out),
        }
    }

    /// When [`Event::Tick`] is due; never, while there is nothing to wait for.
    pub fn deadline(&self) -> Option<Millis> {
        let hook = self.state.hook.and_then(|hook| hook.until);
        let services = self.state.services.iter().filter_map(ServiceState::deadline);
        let asked = self.state.asked.and_then(|asked| asked.until);
        let later = self.state.later.iter().map(|later| later.at);
        services.chain(hook).chain(asked).chain(later).chain(self.state.until).min()
    }

    /// How a service ended last, for the environment of post-stop hooks.
    pub fn outcome(&self, id: ServiceId) -> Option<Outcome> {
        self.state.services.get(id.0).and_then(|service| service.outcome)
    }

    /// Whether a stop has begun.
    pub fn is_stopping(&self) -> bool {
        self.state.stop.is_some()
    }

    fn left_alone(&mut self, now: Millis, out: &mut Vec<Action>) {
        // It was so when somebody was reaped, whose end may have been the reason to start somebody else.
        let mut services = self.state.services.iter();
        let mut hosts = self.state.hosts.iter();
        self.state.alone = self.state.hook.is_none()
            && services.all(|service| !service.life.has_process())
            && hosts.all(|host| matches!(host.life, HostLife::Down { .. }));
        if matches!(self.state.phase, Phase::Leftovers | Phase::LeftoversKilled) {
            self.enter_post_stop(now, out);
        }
    }

    fn spawn(&mut self, process: Process, out: &mut Vec<Action>) {
        self.state.alone = false;
        out.push(Action::Spawn(process));
    }

    fn tick(&mut self, now: Millis, out: &mut Vec<Action>) {
        let is_over = |until: Option<Millis>| until.is_some_and(|until| until <= now);
        if let Some(hook) = self.state.hook
            && is_over(hook.until)
        {
            out.push(Action::Tell(Note::HookTimedOut(hook.id)));
            return self.kill_hook(now, out);
        }
        if self.state.asked.is_some_and(|asked| is_over(asked.until)) {
            return self.decision_is_late(now, out);
        }
        if self.state.later.iter().any(|later| is_over(Some(later.at))) {
            return self.deliver_later(now, out);
        }
        let late = self.state.services.iter().position(|service| is_over(service.deadline()));
        if let Some(at) = late {
            return self.service_is_late(now, ServiceId(at), out);
        }
        if is_over(self.state.until) {
            match self.state.phase {
                Phase::Leftovers => {
                    out.push(Action::Tell(Note::LeftoversKilled));
                    self.kill_leftovers(now, out);
                }
                Phase::LeftoversKilled => {
                    out.push(Action::Tell(Note::Unkillable(Target::Leftovers)));
                    self.enter_post_stop(now, out);
                }
                Phase::PreStart | Phase::Running | Phase::PreStop | Phase::Stopping => {}
                Phase::PostStop | Phase::Ended => {}
            }
        }
    }

    fn enter_running(&mut self, now: Millis, out: &mut Vec<Action>) {
        self.state.phase = Phase::Running;
        self.start_services(now, out);
    }

    /// When the post-stop hooks must begin in a stop that is asked for now.
    fn stop_end(&self, now: Millis) -> Millis {
        now.plus(self.config.grace_period.minus(MARGIN).minus(self.config.budget().post_stop))
    }

    fn begin_stop(&mut self, end: Millis, cause: Cause, word: Word) {
        self.state.stop = Some(Stop { cause, word, end, hurried: false });
        self.state.due = SignalSet::default();
        self.state.post_start_due = false;
        self.start_nobody();
    }

    /// Pre-stop hooks are for a service that is there.
    fn enter_pre_stop(&mut self, now: Millis, out: &mut Vec<Action>) {
        self.abandon_hook(out);
        if !self.life(self.config.main_id()).has_process() {
            return self.enter_stopping(now, out);
        }
        self.state.phase = Phase::PreStop;
        self.next_hook_or_phase(now, HookPoint::PreStop, None, out);
    }

    fn enter_stopping(&mut self, now: Millis, out: &mut Vec<Action>) {
        self.state.phase = Phase::Stopping;
        self.stop_services(now, out);
    }

    /// They get what is left of the main service's time, and a time of their own at least.
    fn enter_leftovers(&mut self, now: Millis, out: &mut Vec<Action>) {
        self.kill_hosts(out);
        self.state.later.clear();
        if self.config.wait == Wait::Leave || self.state.alone {
            return self.enter_post_stop(now, out);
        }
        let end = self.state.stop.map_or(now, |stop| stop.end);
        let least = now.plus(self.config.leftover_timeout);
        let main = self.config.main_id();
        let until = match self.stop_limit(now, main) {
            // How long the platform waits is a guess here: one that has proved wrong must not cut anybody short.
            None => end.max(least),
            Some(limit) => {
                let began = self.state.services.get(main.0).and_then(|service| service.stop_until);
                began.unwrap_or(limit).max(least).min(end)
            }
        };
        self.state.phase = Phase::Leftovers;
        self.state.until = Some(until);
        if let Some(signal) = self.config.leftover_signal() {
            ask(Target::Leftovers, signal, out);
        }
        if self.config.wait == Wait::Main || self.is_hurried() {
            self.kill_leftovers(now, out);
        }
    }

    /// A post-stop hook that closes what they have open needs them gone: killing takes what time there is, unless somebody is
    /// in a hurry.
    fn kill_leftovers(&mut self, now: Millis, out: &mut Vec<Action>) {
        let least = now.plus(REAP_TIME);
        let end = self.state.stop.filter(|stop| !stop.hurried).map_or(least, |stop| stop.end);
        self.state.phase = Phase::LeftoversKilled;
        self.state.until = Some(least.max(end));
        out.push(Action::Signal(Target::Leftovers, Signal::KILL));
    }

    fn enter_post_stop(&mut self, now: Millis, out: &mut Vec<Action>) {
        self.state.phase = Phase::PostStop;
        self.state.until = None;
        self.next_hook_or_phase(now, HookPoint::PostStop, None, out);
    }

    fn enter_ended(&mut self, out: &mut Vec<Action>) {
        self.state.phase = Phase::Ended;
        out.push(Action::Exit(self.mapped_exit_code()));
    }

    fn mapped_exit_code(&self) -> u8 {
        let code = self.exit_code();
        let mapped = self.config.exit_codes.iter().find(|(from, _)| *from == code);
        mapped.map_or(code, |(_, to)| *to)
    }

    /// That of the main service. When it stopped well, but the reason for the stop was a failure, it is no success.
    fn exit_code(&self) -> u8 {
        let main = self.config.main_id();
        let cause = self.state.stop.map(|stop| stop.cause);
        match (self.outcome(main), cause) {
            (Some(outcome), Some(Cause::Aborted)) if self.stopped_well(main, outcome) => exit_code::OWN_FAILURE,
            (Some(outcome), Some(Cause::Ended(id, failure))) if id != main && self.stopped_well(main, outcome) => {
                if failure.is_success() {
                    outcome.code()
                } else {
                    failure.code()
                }
            }
            (Some(outcome), _) => outcome.code(),
            (None, Some(Cause::Asked(signal))) => exit_code::of_signal(signal),
            (None, Some(Cause::Ended(_, failure))) if !failure.is_success() => failure.code(),
            (None, Some(Cause::Aborted | Cause::Ended(..)) | None) => exit_code::OWN_FAILURE,
        }
    }

    fn stopped_well(&self, id: ServiceId, outcome: Outcome) -> bool {
        let stop_signal = self.config.service(id).map(|service| Outcome::Killed(service.stop_signal));
        outcome.is_success() || stop_signal == Some(outcome)
    }

    fn is_hurried(&self) -> bool {
        self.state.stop.is_some_and(|stop| stop.hurried)
    }

    /// When the service's stop timeout is over, from now.
    fn stop_limit(&self, now: Millis, id: ServiceId) -> Option<Millis> {
        let own = self.config.service(id)?.stop_timeout?;
        let owed = self.config.chain_below(id).plus(self.config.leftover_timeout);
        Some(now.plus(self.limited(now, own, owed)))
    }

    /// A step's own time, or what is left of the budget when the later steps have theirs, if that is less.
    fn limited(&self, now: Millis, own: Millis, owed: Millis) -> Millis {
        self.state.stop.map_or(own, |stop| own.min(stop.end.minus(now).minus(owed)))
    }
}

/// Sends a signal that asks for an end. What is stopped (SIGSTOP, Ctrl-Z) could not hear it: it is continued, as
/// systemd.kill(5) does.
fn ask(target: Target, signal: Signal, out: &mut Vec<Action>) {
    out.push(Action::Signal(target, signal));
    out.push(Action::Signal(target, Signal::CONT));
}
