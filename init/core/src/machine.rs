//! The decisions of PID 1, as a state machine without a clock.
//!
//! ```text
//! pre-start hooks ─▶ running ─▶ pre-stop hooks ─▶ stopping ─▶ leftovers ─▶ post-stop hooks ─▶ ended
//!        │          (post-start  stop asked for   stop signal  stop signal   nobody is left
//!        │             hooks)         │           final signal  SIGKILL
//!        └───────────────┴────────────┴───── a failed start, a main service that ends ──▶ leftovers
//! ```
//!
//! Phases only go forward. At most one hook runs at a time.

#[cfg(test)]
mod check;

use alloc::vec::Vec;

use crate::{
    Action, Config, Event, HookId, Millis, Note, Outcome, Process, Signal, Target,
    budget::{MARGIN, REAP_TIME},
    config::{HookPoint, OnFailure, SignalRule},
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
    main: Main,
    hook: Option<RunningHook>,
    /// When the phase's patience ends.
    until: Option<Millis>,
    stop: Option<Stop>,
    /// Signals that came before there was a service.
    held: SignalSet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Phase {
    PreStart,
    Running,
    PreStop,
    Stopping,
    /// The final signal was sent.
    Forced,
    Leftovers,
    /// They were killed.
    LeftoversKilled,
    PostStop,
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Main {
    NotStarted,
    Alive,
    Ended(Outcome),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct RunningHook {
    id: HookId,
    until: Option<Millis>,
}

/// A stop that has begun, by request or because the main service is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Stop {
    cause: Cause,
    /// When the post-stop hooks must begin, to be done before the platform's SIGKILL.
    end: Millis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Cause {
    /// By this signal.
    Asked(Signal),
    /// A hook failed that may abort the start.
    Aborted,
    /// The main service ended by itself.
    Ended,
}

impl<'c> Machine<'c> {
    /// A machine that has not begun; `now` is the time of [`Machine::start`].
    pub fn new(config: &'c Config) -> Self {
        Self {
            config,
            state: State {
                phase: Phase::PreStart,
                main: Main::NotStarted,
                hook: None,
                until: None,
                stop: None,
                held: SignalSet::default(),
            },
        }
    }

    /// The first orders.
    pub fn start(&mut self, now: Millis, out: &mut Vec<Action>) {
        self.next_hook_or_phase(now, HookPoint::PreStart, None, out);
    }

    /// Takes a fact in and gives orders out.
    pub fn handle(&mut self, now: Millis, event: Event, out: &mut Vec<Action>) {
        match event {
            Event::Started(Process::Main) => self.main_started(now, out),
            Event::Started(Process::Hook(_)) => {}
            Event::Exited(Process::Main, outcome) => self.main_ended(now, outcome, out),
            Event::Exited(Process::Hook(id), outcome) => self.hook_ended(now, id, outcome, out),
            Event::Alone => {
                if matches!(self.state.phase, Phase::Leftovers | Phase::LeftoversKilled) {
                    self.enter_post_stop(now, out);
                }
            }
            Event::Signal(signal) => self.signalled(now, signal, out),
            Event::Tick => self.tick(now, out),
        }
    }

    /// When [`Event::Tick`] is due; never, while there is nothing to wait for.
    pub fn deadline(&self) -> Option<Millis> {
        let hook = self.state.hook.and_then(|hook| hook.until);
        [hook, self.state.until].into_iter().flatten().min()
    }

    /// How the main service ended, for the environment of post-stop hooks.
    pub fn main_outcome(&self) -> Option<Outcome> {
        match self.state.main {
            Main::Ended(outcome) => Some(outcome),
            Main::NotStarted | Main::Alive => None,
        }
    }

    fn main_started(&mut self, now: Millis, out: &mut Vec<Action>) {
        if self.state.phase == Phase::Running {
            self.next_hook_or_phase(now, HookPoint::PostStart, None, out);
        }
    }

    fn main_ended(&mut self, now: Millis, outcome: Outcome, out: &mut Vec<Action>) {
        self.state.main = Main::Ended(outcome);
        match self.state.phase {
            Phase::Running => {
                self.begin_stop(now, Cause::Ended);
                self.abandon_hook(out);
                self.enter_leftovers(now, out);
            }
            Phase::Stopping | Phase::Forced => self.enter_leftovers(now, out),
            // The pre-stop hooks of a stop that has begun all run.
            Phase::PreStop => {}
            // It is not there before, and late after.
            Phase::PreStart | Phase::Leftovers | Phase::LeftoversKilled | Phase::PostStop | Phase::Ended => {}
        }
    }

    fn hook_ended(&mut self, now: Millis, id: HookId, outcome: Outcome, out: &mut Vec<Action>) {
        if self.state.hook.is_none_or(|hook| hook.id != id) {
            return;
        }
        self.state.hook = None;
        if !outcome.is_success() {
            out.push(Action::Tell(Note::HookFailed(id, outcome)));
        }
        self.after_hook(now, id, outcome.is_success(), out);
    }

    fn after_hook(&mut self, now: Millis, id: HookId, succeeded: bool, out: &mut Vec<Action>) {
        let Some(hook) = self.config.hook(id) else { return };
        let abort = !succeeded && hook.on_failure == OnFailure::Abort;
        match self.state.phase {
            Phase::PreStart if self.state.stop.is_some() => self.enter_leftovers(now, out),
            Phase::PreStart if abort => {
                self.begin_stop(now, Cause::Aborted);
                self.enter_leftovers(now, out);
            }
            Phase::Running if abort => {
                self.begin_stop(now, Cause::Aborted);
                self.enter_pre_stop(now, out);
            }
            Phase::PreStart | Phase::Running | Phase::PreStop | Phase::PostStop => {
                self.next_hook_or_phase(now, hook.point, Some(id), out);
            }
            // No hook runs here: the last one was abandoned or killed.
            Phase::Stopping | Phase::Forced | Phase::Leftovers | Phase::LeftoversKilled | Phase::Ended => {}
        }
    }

    fn signalled(&mut self, now: Millis, signal: Signal, out: &mut Vec<Action>) {
        match self.config.rule(signal) {
            SignalRule::Drop => {}
            SignalRule::Stop => self.stop_asked(now, signal, out),
            SignalRule::Forward(signal) => {
                if self.state.phase == Phase::PreStart {
                    self.state.held.insert(signal);
                } else if self.state.main == Main::Alive {
                    out.push(Action::Signal(Target::Main, signal));
                }
            }
        }
    }

    fn stop_asked(&mut self, now: Millis, by: Signal, out: &mut Vec<Action>) {
        match self.state.phase {
            Phase::PreStart if self.state.stop.is_none() => {
                self.begin_stop(now, Cause::Asked(by));
                self.interrupt_hook(now, out);
            }
            Phase::Running => {
                self.begin_stop(now, Cause::Asked(by));
                self.abandon_hook(out);
                self.enter_pre_stop(now, out);
            }
            // Asked again.
            Phase::Stopping => ask(Target::Main, self.config.service.stop_signal, out),
            Phase::PreStart | Phase::PreStop | Phase::Forced => {}
            Phase::Leftovers | Phase::LeftoversKilled | Phase::PostStop | Phase::Ended => {}
        }
    }

    fn tick(&mut self, now: Millis, out: &mut Vec<Action>) {
        if let Some(hook) = self.state.hook
            && hook.until.is_some_and(|until| until <= now)
        {
            self.state.hook = None;
            out.push(Action::Tell(Note::HookTimedOut(hook.id)));
            out.push(Action::Signal(Target::Hook(hook.id), Signal::KILL));
            self.after_hook(now, hook.id, false, out);
        } else if self.state.until.is_some_and(|until| until <= now) {
            self.out_of_patience(now, out);
        }
    }

    fn out_of_patience(&mut self, now: Millis, out: &mut Vec<Action>) {
        self.state.until = None;
        match self.state.phase {
            Phase::Stopping => {
                self.state.phase = Phase::Forced;
                self.state.until = Some(now.plus(REAP_TIME));
                out.push(Action::Tell(Note::FinalSignal));
                out.push(Action::Signal(Target::Main, Signal::KILL));
            }
            Phase::Forced => {
                self.state.main = Main::Ended(Outcome::Killed(Signal::KILL));
                out.push(Action::Tell(Note::Unkillable(Target::Main)));
                self.enter_leftovers(now, out);
            }
            Phase::Leftovers => {
                self.state.phase = Phase::LeftoversKilled;
                self.state.until = Some(now.plus(REAP_TIME));
                out.push(Action::Tell(Note::LeftoversKilled));
                out.push(Action::Signal(Target::Leftovers, Signal::KILL));
            }
            Phase::LeftoversKilled => {
                out.push(Action::Tell(Note::Unkillable(Target::Leftovers)));
                self.enter_post_stop(now, out);
            }
            Phase::PreStart | Phase::Running | Phase::PreStop | Phase::PostStop | Phase::Ended => {}
        }
    }

    /// Starts the point's next hook after `last`, or goes on to what follows its last one.
    fn next_hook_or_phase(&mut self, now: Millis, point: HookPoint, last: Option<HookId>, out: &mut Vec<Action>) {
        let next = self.config.hooks_at(point).find(|(id, _)| last.is_none_or(|last| last.0 < id.0));
        if let Some((id, hook)) = next {
            let limit = match point {
                HookPoint::PreStop => hook.timeout.map(|own| self.limited(now, own, self.owed_after(id))),
                // Before a stop nobody waits; and what has no later step can only be cut by the platform.
                HookPoint::PreStart | HookPoint::PostStart | HookPoint::PostStop => hook.timeout,
            };
            self.state.hook = Some(RunningHook { id, until: limit.map(|limit| now.plus(limit)) });
            out.push(Action::Spawn(Process::Hook(id)));
            return;
        }
        match point {
            HookPoint::PreStart => self.enter_running(out),
            HookPoint::PostStart => {}
            HookPoint::PreStop => self.enter_stopping(now, out),
            HookPoint::PostStop => self.enter_ended(out),
        }
    }

    fn enter_running(&mut self, out: &mut Vec<Action>) {
        self.state.phase = Phase::Running;
        self.state.main = Main::Alive;
        out.push(Action::Spawn(Process::Main));
        out.extend(self.state.held.take().map(|signal| Action::Signal(Target::Main, signal)));
    }

    fn begin_stop(&mut self, now: Millis, cause: Cause) {
        let budget = self.config.budget();
        let end = now.plus(self.config.grace_period.minus(MARGIN).minus(budget.post_stop));
        self.state.stop = Some(Stop { cause, end });
    }

    fn enter_pre_stop(&mut self, now: Millis, out: &mut Vec<Action>) {
        self.state.phase = Phase::PreStop;
        self.next_hook_or_phase(now, HookPoint::PreStop, None, out);
    }

    fn enter_stopping(&mut self, now: Millis, out: &mut Vec<Action>) {
        if self.state.main != Main::Alive {
            return self.enter_leftovers(now, out);
        }
        self.state.phase = Phase::Stopping;
        ask(Target::Main, self.config.service.stop_signal, out);
        self.state.until = self.stop_limit(now);
    }

    /// They get what is left of the service's time, and a time of their own at least.
    fn enter_leftovers(&mut self, now: Millis, out: &mut Vec<Action>) {
        let end = self.state.stop.map_or(now, |stop| stop.end);
        let least = now.plus(self.config.leftover_timeout);
        let until = match self.config.service.stop_timeout {
            // How long the platform waits is a guess here: one that has proved wrong must not cut anybody short.
            None => end.max(least),
            Some(_) => self.state.until.or_else(|| self.stop_limit(now)).unwrap_or(end).max(least).min(end),
        };
        self.state.phase = Phase::Leftovers;
        self.state.until = Some(until);
        ask(Target::Leftovers, self.config.service.stop_signal, out);
    }

    fn enter_post_stop(&mut self, now: Millis, out: &mut Vec<Action>) {
        self.state.phase = Phase::PostStop;
        self.state.until = None;
        self.next_hook_or_phase(now, HookPoint::PostStop, None, out);
    }

    fn enter_ended(&mut self, out: &mut Vec<Action>) {
        self.state.phase = Phase::Ended;
        out.push(Action::Exit(self.exit_code()));
    }

    fn exit_code(&self) -> u8 {
        let cause = self.state.stop.map(|stop| stop.cause);
        match (self.state.main, cause) {
            // A start that failed is no success, however well the service took it.
            (Main::Ended(outcome), Some(Cause::Aborted)) if outcome.is_success() => exit_code::OWN_FAILURE,
            (Main::Ended(outcome), _) => outcome.code(),
            (Main::NotStarted | Main::Alive, Some(Cause::Asked(signal))) => exit_code::of_signal(signal),
            (Main::NotStarted | Main::Alive, Some(Cause::Aborted | Cause::Ended) | None) => exit_code::OWN_FAILURE,
        }
    }

    /// A stop does not wait for a post-start hook: it is asked to end, and is a leftover if it does not.
    fn abandon_hook(&mut self, out: &mut Vec<Action>) {
        if let Some(hook) = self.state.hook.take() {
            ask(Target::Hook(hook.id), Signal::TERM, out);
        }
    }

    /// While a pre-start hook runs, it is what is to be stopped, and has the service's time for it.
    fn interrupt_hook(&mut self, now: Millis, out: &mut Vec<Action>) {
        let limit = self.stop_limit(now);
        if let Some(hook) = &mut self.state.hook {
            hook.until = [hook.until, limit].into_iter().flatten().min();
            ask(Target::Hook(hook.id), Signal::TERM, out);
        }
    }

    /// When the service's stop timeout is over, from now.
    fn stop_limit(&self, now: Millis) -> Option<Millis> {
        let own = self.config.service.stop_timeout?;
        Some(now.plus(self.limited(now, own, self.config.leftover_timeout)))
    }

    /// A step's own time, or what is left of the budget when the later steps have theirs, if that is less.
    fn limited(&self, now: Millis, own: Millis, owed: Millis) -> Millis {
        self.state.stop.map_or(own, |stop| own.min(stop.end.minus(now).minus(owed)))
    }

    /// What the steps between this pre-stop hook and the post-stop hooks may take.
    fn owed_after(&self, id: HookId) -> Millis {
        let hooks = self.config.hooks_at(HookPoint::PreStop).filter(|(other, _)| other.0 > id.0);
        let budget = self.config.budget();
        hooks.filter_map(|(_, hook)| hook.timeout).sum::<Millis>().plus(budget.stop).plus(budget.leftovers)
    }
}

/// Sends a signal that asks for an end. What is stopped (SIGSTOP, Ctrl-Z) could not hear it: it is continued, as
/// systemd.kill(5) does.
fn ask(target: Target, signal: Signal, out: &mut Vec<Action>) {
    out.push(Action::Signal(target, signal));
    out.push(Action::Signal(target, Signal::CONT));
}

/// Signals that wait to be delivered; one of a kind waits once, as in the kernel (signal(7)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct SignalSet(u64);

impl SignalSet {
    fn insert(&mut self, signal: Signal) {
        self.0 |= Self::bit(signal);
    }

    /// Empties it, lowest number first, as the kernel delivers them.
    fn take(&mut self) -> impl Iterator<Item = Signal> + use<> {
        let bits = core::mem::take(&mut self.0);
        (1..=Signal::RTMAX.number()).filter_map(Signal::new).filter(move |signal| bits & Self::bit(*signal) != 0)
    }

    fn bit(signal: Signal) -> u64 {
        1_u64.rotate_left(u32::from(signal.number()).saturating_sub(1))
    }
}
