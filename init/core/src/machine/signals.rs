//! What signals do.

use alloc::vec::Vec;

use super::{Cause, Machine, Phase, decisions::Word, services::Life};
use crate::{
    Action, Millis, ServiceId, Signal, SignalSet, Source,
    config::{HoldUntil, Reaction, RepeatStop},
};

impl Machine<'_> {
    /// Whether the signal is to be handed in now. Until then it stays where it is, in the kernel's queue, which keeps
    /// its order, its value, and how often it came.
    pub fn takes(&self, signal: Signal) -> bool {
        if self.state.asked.is_some() && self.config.is_decided(signal) && !self.goes_before(signal) {
            return false;
        }
        if !self.awaits_services() {
            return true;
        }
        let reactions = [Source::Terminal, Source::Process].map(|source| match self.reaction(signal, source) {
            // What it may well come to.
            Reaction::Hook if self.config.is_decided(signal) => self.early(self.config.reaction_without_plugin(signal)),
            reaction @ (Reaction::Forward(_) | Reaction::Drop | Reaction::Stop | Reaction::Hook) => reaction,
        });
        reactions.contains(&Reaction::Stop)
            || !reactions.into_iter().any(|reaction| match reaction {
                Reaction::Forward(signal) => self.awaits_its_service(signal),
                Reaction::Hook => self.is_awaited(self.config.main_id()),
                Reaction::Drop | Reaction::Stop => false,
            })
    }

    /// Whether who is to get this signal is still to come: the main service, if it is among them, or else all of them.
    fn awaits_its_service(&self, signal: Signal) -> bool {
        let main = self.config.main_id();
        let mut targets = self.config.deliveries(signal).map(|(id, _)| id).peekable();
        let nobody = targets.peek().is_none();
        let mut others_are_awaited = true;
        for id in targets {
            if id == main {
                return self.is_awaited(main);
            }
            others_are_awaited &= self.is_awaited(id);
        }
        !nobody && others_are_awaited
    }

    fn is_awaited(&self, id: ServiceId) -> bool {
        match self.config.hold_until {
            HoldUntil::Ready if id == self.config.main_id() => self.life(id) != Life::Ready,
            HoldUntil::Start | HoldUntil::Ready => self.life(id) == Life::Waiting,
        }
    }

    /// Every signal that it [takes](Self::takes) now.
    pub fn listening(&self) -> SignalSet {
        let mut set = SignalSet::ALL;
        if self.holds_back() {
            Signal::all().filter(|signal| !self.takes(*signal)).for_each(|signal| set.remove(signal));
        }
        set
    }

    pub(super) fn signalled(&mut self, now: Millis, signal: Signal, source: Source, out: &mut Vec<Action>) {
        let reaction = self.reaction(signal, source);
        if reaction == Reaction::Hook
            && let Some(hook) = self.config.decider(signal)
        {
            return self.ask_plugin(now, hook, signal, out);
        }
        self.react(now, None, reaction, signal, out);
    }

    /// `end`: that of a stop, if that is what it comes to and it was asked for earlier than now.
    pub(super) fn react(
        &mut self,
        now: Millis,
        end: Option<Millis>,
        reaction: Reaction,
        signal: Signal,
        out: &mut Vec<Action>,
    ) {
        match reaction {
            Reaction::Drop => {}
            Reaction::Stop if self.state.stop.is_some() => self.stop_asked_again(now, out),
            Reaction::Stop => self.stop_asked(now, end, signal, Word::Own, out),
            Reaction::Hook => {
                if self.state.phase == Phase::Running {
                    self.state.due.insert(signal);
                    self.next_due_hook(now, out);
                }
            }
            Reaction::Forward(signal) => self.forward(signal, out),
        }
    }

    pub(super) fn forward(&self, signal: Signal, out: &mut Vec<Action>) {
        for (id, signal) in self.config.deliveries(signal) {
            if self.life(id).has_process() {
                out.push(Action::Forward(id, signal));
            }
        }
    }

    /// What the signal does now.
    pub fn reaction(&self, signal: Signal, source: Source) -> Reaction {
        self.early(self.config.reaction(signal, source))
    }

    /// Before there is a main service, somebody who presses Ctrl-C means the hooks, or the other services, that run now.
    pub(super) fn early(&self, reaction: Reaction) -> Reaction {
        let is_early = self.state.phase == Phase::PreStart || self.life(self.config.main_id()) == Life::Waiting;
        match reaction {
            Reaction::Forward(Signal::INT | Signal::QUIT) if is_early => Reaction::Stop,
            Reaction::Forward(_) | Reaction::Drop | Reaction::Stop | Reaction::Hook => reaction,
        }
    }

    /// Whether any signal must wait.
    fn holds_back(&self) -> bool {
        self.state.asked.is_some() || self.awaits_services()
    }

    /// Whether any signal must wait for a service.
    fn awaits_services(&self) -> bool {
        match self.state.phase {
            Phase::PreStart => self.state.stop.is_none(),
            Phase::Running => self.config.services().any(|(id, _)| self.is_awaited(id)),
            Phase::PreStop | Phase::Stopping | Phase::Leftovers => false,
            Phase::LeftoversKilled | Phase::PostStop | Phase::Ended => false,
        }
    }

    pub(super) fn stop_asked(
        &mut self,
        now: Millis,
        end: Option<Millis>,
        by: Signal,
        word: Word,
        out: &mut Vec<Action>,
    ) {
        self.begin_stop(end.unwrap_or_else(|| self.stop_end(now)), Cause::Asked(by), word);
        if self.state.phase == Phase::PreStart {
            self.interrupt_hook(now, out);
        } else {
            self.enter_pre_stop(now, out);
        }
    }

    fn stop_asked_again(&mut self, now: Millis, out: &mut Vec<Action>) {
        match self.config.repeat_stop {
            RepeatStop::Ignore => {}
            RepeatStop::Forward => self.ask_services_again(out),
            RepeatStop::Escalate => self.hurry(now, out),
        }
    }

    /// Nobody is waited for any longer.
    pub(super) fn hurry(&mut self, now: Millis, out: &mut Vec<Action>) {
        if let Some(stop) = &mut self.state.stop {
            stop.hurried = true;
        }
        match self.state.phase {
            Phase::PreStart | Phase::PreStop => self.kill_hook(now, out),
            Phase::Stopping => self.kill_services(now, out),
            Phase::Leftovers => self.kill_leftovers(now, out),
            Phase::Running | Phase::LeftoversKilled | Phase::PostStop | Phase::Ended => {}
        }
    }
}
