//! Hooks: one after the other, at most one at a time.

use alloc::vec::Vec;

use super::{Cause, Machine, Phase, RunningHook, ask, decisions::Word};
use crate::{
    Action, FailureCause, HookId, Millis, Note, Outcome, Process, Signal, Target,
    config::{HookPoint, Occasion, OnFailure},
};

impl Machine<'_> {
    pub(super) fn hook_ended(&mut self, now: Millis, id: HookId, outcome: Outcome, out: &mut Vec<Action>) {
        if self.state.hook.is_none_or(|hook| hook.id != id) {
            self.state.killed.retain(|killed| *killed != id);
            return self.next_due_hook(now, out);
        }
        self.state.hook = None;
        if outcome.is_success() {
            return self.after_hook(now, id, Ok(()), out);
        }
        out.push(Action::Tell(Note::HookFailed(id, outcome)));
        self.after_hook(now, id, Err(FailureCause::Error), out);
    }

    pub(super) fn after_hook(
        &mut self,
        now: Millis,
        id: HookId,
        result: Result<(), FailureCause>,
        out: &mut Vec<Action>,
    ) {
        let Some(hook) = self.config.hook(id) else { return };
        let abort = result.is_err_and(|cause| self.policy(id, cause) == OnFailure::Abort);
        match self.state.phase {
            Phase::PreStart if self.state.stop.is_some() => self.enter_stopping(now, out),
            Phase::PreStart | Phase::Running if abort => {
                self.begin_stop(self.stop_end(now), Cause::Aborted, Word::Own);
                self.enter_pre_stop(now, out);
            }
            Phase::PreStop if self.is_hurried() => self.enter_stopping(now, out),
            Phase::PreStart | Phase::Running | Phase::PreStop | Phase::PostStop => {
                self.next_hook_or_phase(now, hook.point, Some(id), out);
            }
            // No hook runs here: the last one was abandoned or killed.
            Phase::Stopping | Phase::Leftovers | Phase::LeftoversKilled | Phase::Ended => {}
        }
    }

    /// Starts the point's next hook after `last`, or goes on to what follows its last one.
    pub(super) fn next_hook_or_phase(
        &mut self,
        now: Millis,
        point: HookPoint,
        last: Option<HookId>,
        out: &mut Vec<Action>,
    ) {
        let config = self.config;
        // Of hooks for signals, those of one signal belong together.
        let signal = last.and_then(|last| config.hook(last)).and_then(|hook| hook.signal);
        let next = config.hooks_at(point).find(|(id, hook)| {
            let is_later = last.is_none_or(|last| last < *id && hook.signal == signal);
            is_later && self.is_occasion(hook.when)
        });
        if let Some((id, _)) = next {
            return self.run_hook(now, id, out);
        }
        match point {
            HookPoint::PreStart => self.enter_running(now, out),
            HookPoint::PostStart | HookPoint::OnSignal => self.next_due_hook(now, out),
            HookPoint::PreStop => self.enter_stopping(now, out),
            HookPoint::PostStop => self.enter_ended(out),
        }
    }

    /// Whether the end was one of these. Before there is one, nothing is declared.
    fn is_occasion(&self, when: Occasion) -> bool {
        let cause = self.state.stop.map(|stop| stop.cause);
        match when {
            Occasion::Always => true,
            Occasion::Stop => matches!(cause, Some(Cause::Asked(_))),
            Occasion::Exit => matches!(cause, Some(Cause::Ended(..))),
            Occasion::Failure => {
                let main = self.config.main_id();
                let was_asked = matches!(cause, Some(Cause::Asked(_)));
                let stopped_well = self.outcome(main).is_none_or(|outcome| self.stopped_well(main, outcome));
                self.mapped_exit_code() != 0 && !(was_asked && stopped_well)
            }
        }
    }

    pub(super) fn next_due_hook(&mut self, now: Millis, out: &mut Vec<Action>) {
        if self.state.hook.is_none() && core::mem::take(&mut self.state.post_start_due) {
            return self.next_hook_or_phase(now, HookPoint::PostStart, None, out);
        }
        if self.state.hook.is_some() {
            return;
        }
        let config = self.config;
        let next = config.hooks_at(HookPoint::OnSignal).find_map(|(id, hook)| {
            let signal = hook.signal.filter(|signal| self.state.due.contains(*signal))?;
            // Nobody could tell the one that was killed from the one that runs.
            let mut others = config.hooks_at(HookPoint::OnSignal).filter(|(_, other)| other.signal == Some(signal));
            others.all(|(other, _)| !self.state.killed.contains(&other)).then_some((id, signal))
        });
        if let Some((id, signal)) = next {
            self.state.due.remove(signal);
            self.run_hook(now, id, out);
        }
    }

    pub(super) fn run_hook(&mut self, now: Millis, id: HookId, out: &mut Vec<Action>) {
        let Some(hook) = self.config.hook(id) else { return };
        let limit = match hook.point {
            HookPoint::PreStop => hook.timeout.map(|own| self.limited(now, own, self.owed_after(id))),
            // Before a stop nobody waits; and what has no later step can only be cut by the platform.
            HookPoint::PreStart | HookPoint::PostStart | HookPoint::OnSignal | HookPoint::PostStop => hook.timeout,
        };
        self.state.hook = Some(RunningHook { id, until: limit.map(|limit| now.plus(limit)), called: false });
        if hook.plugin().is_some() {
            self.call_hook(out);
        } else {
            self.spawn(Process::Hook(id), out);
        }
    }

    /// A stop does not wait for a hook that runs beside the services: it is asked to end, and is a leftover if it does
    /// not.
    pub(super) fn abandon_hook(&mut self, out: &mut Vec<Action>) {
        let Some(hook) = self.state.hook.take() else { return };
        match self.config.plugin_of(hook.id) {
            Some(plugin) if hook.called => self.kill_host(plugin, out),
            Some(_) => {}
            None => ask(Target::Process(Process::Hook(hook.id)), Signal::TERM, out),
        }
    }

    /// While a pre-start hook runs, it is what is to be stopped, and has the main service's time for it. A plugin cannot be
    /// asked to end.
    pub(super) fn interrupt_hook(&mut self, now: Millis, out: &mut Vec<Action>) {
        if self.state.hook.is_some_and(|hook| self.config.plugin_of(hook.id).is_some()) {
            return self.kill_hook(now, out);
        }
        let limit = self.stop_limit(now, self.config.main_id());
        if let Some(hook) = &mut self.state.hook {
            hook.until = [hook.until, limit].into_iter().flatten().min();
            ask(Target::Process(Process::Hook(hook.id)), Signal::TERM, out);
        }
    }

    pub(super) fn kill_hook(&mut self, now: Millis, out: &mut Vec<Action>) {
        let Some(hook) = self.state.hook.take() else { return };
        match self.config.plugin_of(hook.id) {
            Some(plugin) if hook.called => self.kill_host(plugin, out),
            // Its host is at work for a signal, or was killed before.
            Some(_) => {}
            None => {
                out.push(Action::Signal(Target::Process(Process::Hook(hook.id)), Signal::KILL));
                if self.config.hook(hook.id).is_some_and(|hook| hook.point == HookPoint::OnSignal) {
                    self.state.killed.push(hook.id);
                }
            }
        }
        self.after_hook(now, hook.id, Err(FailureCause::Timeout), out);
    }

    /// What the steps between this pre-stop hook and the post-stop hooks may take.
    pub(super) fn owed_after(&self, id: HookId) -> Millis {
        let hooks = self.config.hooks_at(HookPoint::PreStop).filter(|(other, _)| other.0 > id.0);
        let budget = self.config.budget();
        hooks.filter_map(|(_, hook)| hook.timeout).sum::<Millis>().plus(budget.stop).plus(budget.leftovers)
    }
}
