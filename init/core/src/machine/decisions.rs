//! What plugins decide about signals.

use alloc::vec::Vec;

use super::{Machine, Phase, Stop};
use crate::{
    Action, Decision, Deliveries, FailureCause, HookId, Millis, Note, Process, ServiceId, Signal, Target,
    config::{OnFailure, Reaction},
    plugin::proposal::Urgency,
};

/// A plugin was asked about a signal. Others that one is to be asked about wait in the kernel's queue, but for the platform's
/// stop signal: its time counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    pub(super) hook: HookId,
    pub(super) signal: Signal,
    /// When a stop by it must be over: it is asked for when the signal comes, not when the plugin has decided.
    pub(super) end: Millis,
    pub(super) until: Option<Millis>,
}

/// What the main service gets to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Word {
    /// Its stop signal.
    #[default]
    Own,
    /// Another signal.
    Other(Signal),
    /// What a plugin sends, or nothing.
    Deliveries(Deliveries),
}

/// A signal that a plugin wants sent later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Later {
    pub(super) at: Millis,
    service: ServiceId,
    signal: Signal,
}

impl Machine<'_> {
    /// Asks the plugin, if it can be asked.
    pub(super) fn ask_plugin(&mut self, now: Millis, hook: HookId, signal: Signal, out: &mut Vec<Action>) {
        let limit = self.config.hook(hook).and_then(|hook| hook.timeout);
        let until = limit.map(|limit| now.plus(limit));
        let asked = Asked { hook, signal, end: self.stop_end(now), until };
        if let Some(other) = &mut self.state.asked {
            // So that there is time for both in the time of this one.
            let half = limit.map(|limit| now.plus(Millis(limit.0 >> 1)));
            other.until = [other.until, half].into_iter().flatten().min();
            self.state.waiting = Some(asked);
            return;
        }
        self.ask(now, asked, out);
    }

    /// Whether it is asked for a stop, and that need not wait until a plugin has decided about another signal.
    pub(super) fn goes_before(&self, signal: Signal) -> bool {
        self.config.stop_signal == Some(signal)
            && self.state.stop.is_none()
            && self.state.waiting.is_none()
            && self.state.asked.is_some_and(|asked| asked.signal != signal)
    }

    fn ask(&mut self, now: Millis, asked: Asked, out: &mut Vec<Action>) {
        match self.state.phase {
            Phase::PreStart | Phase::Running | Phase::PreStop | Phase::Stopping => {
                if self.call_decider(now, asked.hook, out) {
                    self.state.asked = Some(asked);
                } else {
                    self.undecided(now, asked, FailureCause::Lost, out);
                }
            }
            // There is nobody left who could be told anything else.
            Phase::Leftovers | Phase::LeftoversKilled | Phase::PostStop | Phase::Ended => {
                self.decided(now, asked, Decision::Pass, out);
            }
        }
    }

    pub(super) fn undecided(&mut self, now: Millis, asked: Asked, cause: FailureCause, out: &mut Vec<Action>) {
        out.push(Action::Tell(Note::CallFailed(asked.hook, cause)));
        let decision = match self.policy(asked.hook, cause) {
            OnFailure::Drop => Decision::Drop,
            OnFailure::Default | OnFailure::Continue | OnFailure::Abort => Decision::Pass,
        };
        self.decided(now, asked, decision, out);
    }

    /// The answer has not come in time.
    pub(super) fn decision_is_late(&mut self, now: Millis, out: &mut Vec<Action>) {
        let Some(asked) = self.state.asked.take() else { return };
        if let Some(plugin) = self.config.plugin_of(asked.hook) {
            self.kill_host(plugin, out);
        }
        self.undecided(now, asked, FailureCause::Timeout, out);
        self.after_decision(now, out);
    }

    /// What has waited for a decision is done.
    pub(super) fn after_decision(&mut self, now: Millis, out: &mut Vec<Action>) {
        self.ask_waiting(now, out);
        self.call_hook(out);
    }

    pub(super) fn ask_waiting(&mut self, now: Millis, out: &mut Vec<Action>) {
        if let Some(asked) = self.state.waiting.take() {
            self.ask(now, asked, out);
        }
    }

    pub(super) fn decided(&mut self, now: Millis, asked: Asked, decision: Decision, out: &mut Vec<Action>) {
        let signal = asked.signal;
        // The platform counts from its signal on; nobody does for another one.
        let end = (self.config.stop_signal == Some(signal)).then_some(asked.end);
        let reaction = self.early(self.config.reaction_without_plugin(signal));
        // Nothing that a plugin says keeps a stop from beginning.
        let begins = reaction == Reaction::Stop && self.state.stop.is_none();
        match decision {
            Decision::Pass => self.react(now, end, reaction, signal, out),
            Decision::Drop if begins => self.stop_asked(now, end, signal, Word::Deliveries(Deliveries::default()), out),
            Decision::Drop => {}
            Decision::Rewrite(other) if begins => self.stop_asked(now, end, signal, Word::Other(other), out),
            Decision::Rewrite(other) => self.forward(other, out),
            Decision::Deliver(list) if begins => self.stop_asked(now, end, signal, Word::Deliveries(list), out),
            Decision::Deliver(list) => self.deliver(now, list, out),
            Decision::Stop(urgency) => {
                if self.state.stop.is_none() {
                    self.stop_asked(now, end, signal, Word::Own, out);
                }
                if urgency == Urgency::Now {
                    self.hurry(now, out);
                }
            }
        }
    }

    /// Sends those whose time it is, and keeps the others.
    pub(super) fn deliver(&mut self, now: Millis, list: Deliveries, out: &mut Vec<Action>) {
        for delivered in list.iter() {
            if delivered.after == Millis::ZERO {
                self.send(delivered.service, delivered.signal, out);
            } else if self.has_process(delivered.service) {
                self.keep(Later {
                    at: now.plus(delivered.after),
                    service: delivered.service,
                    signal: delivered.signal,
                });
            }
        }
    }

    /// One that waits already is not sent twice: the earlier time counts. So there is an end to how many can wait.
    fn keep(&mut self, new: Later) {
        let same = |later: &&mut Later| (later.service, later.signal) == (new.service, new.signal);
        match self.state.later.iter_mut().find(same) {
            Some(later) => later.at = later.at.min(new.at),
            None => self.state.later.push(new),
        }
    }

    pub(super) fn deliver_later(&mut self, now: Millis, out: &mut Vec<Action>) {
        let due: Vec<Later> = self.state.later.extract_if(.., |later| later.at <= now).collect();
        for later in due {
            self.send(later.service, later.signal, out);
        }
    }

    /// What was meant for a process that has ended is for nobody.
    pub(super) fn forget_deliveries(&mut self, id: ServiceId) {
        self.state.later.retain(|later| later.service != id);
    }

    fn send(&self, id: ServiceId, signal: Signal, out: &mut Vec<Action>) {
        if self.has_process(id) {
            out.push(Action::Signal(Target::Process(Process::Service(id)), signal));
        }
    }

    fn has_process(&self, id: ServiceId) -> bool {
        self.life(id).has_process()
    }

    /// What asks a service to stop.
    pub(super) fn word(&self, id: ServiceId) -> Word {
        let stop = self.state.stop.filter(|_| id == self.config.main_id());
        stop.map(|Stop { word, .. }| word).unwrap_or_default()
    }
}
