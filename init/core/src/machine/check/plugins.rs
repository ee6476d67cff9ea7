//! Plugins, as somebody outside would judge who has read the config: their hosts, their calls, and what they decide.

use super::{foresight::Expected, *};
use crate::{Answer, Decision, Delivered, Deliveries, FailureCause, PluginId, plugin::proposal::Urgency};

/// The process that a plugin lives in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct HostSeen {
    pub(super) process: Child,
    /// What it was called for, and has not answered.
    pub(super) call: Option<HookId>,
    failures: usize,
    /// Until a signal may start it again; nothing is due then.
    rests: Millis,
    /// It was started when everybody was gone.
    pub(super) at_post_stop: bool,
}

/// A plugin was asked about a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct AskedSeen {
    pub(super) hook: HookId,
    pub(super) signal: Signal,
    pub(super) kill_in: Option<Millis>,
    elapsed: Millis,
}

/// A signal that is to be sent later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct LaterSeen {
    pub(super) due_in: Millis,
    pub(super) service: ServiceId,
    pub(super) signal: Signal,
}

const PAUSES: [u64; 5] = [0, 100, 1_000, 10_000, 60_000];

impl World {
    pub(super) fn pass_plugins(&mut self, time: Millis, cap: Millis) {
        for host in &mut self.hosts {
            host.rests = host.rests.minus(time);
        }
        for asked in self.asked.iter_mut().chain(&mut self.waiting) {
            asked.elapsed = asked.elapsed.plus(time).min(cap);
        }
    }

    /// A plugin's hook has no process of its own.
    fn current_call(&self, id: HookId) -> bool {
        self.current.is_some_and(|current| current.id == id && current.called)
    }
}

impl Checker<'_> {
    fn plugin(&self, id: HookId) -> Option<PluginId> {
        self.config.plugin_of(id)
    }

    /// Whether the plugin can be called now.
    fn is_free(&self, world: &World, plugin: PluginId) -> bool {
        let host = &world.hosts[plugin.0];
        let is_there = host.process.told().is_none_or(|told| told == Told::Nothing);
        let decides = world.asked.is_some_and(|asked| self.plugin(asked.hook) == Some(plugin));
        is_there && host.call.is_none() && !decides
    }

    /// A hook waits for its plugin only as long as that has something else to do.
    pub(super) fn hook_is_called(&self, world: &World) -> Result<(), Broken> {
        let waits = world.current.filter(|current| !current.called);
        let plugin = waits.and_then(|current| self.plugin(current.id));
        rule(plugin.is_none_or(|plugin| !self.is_free(world, plugin)), "a hook is called as soon as its plugin is free")
    }

    /// What a host may say next.
    pub(super) fn answers(&self, world: &World, steps: &mut Vec<Step>) {
        if self.nature != Friendly {
            return;
        }
        for host in &world.hosts {
            let Some(id) = host.call.filter(|_| host.process.told() == Some(Told::Nothing)) else { continue };
            let failed = [Answer::Failed(FailureCause::Error)];
            let decided = self.case.decisions.iter().map(|decision| Answer::Decided(*decision));
            let answers: Vec<Answer> = if self.config.hooks[id.0].point == HookPoint::OnSignal {
                failed.into_iter().chain(decided).collect()
            } else {
                failed.into_iter().chain([Answer::Done]).collect()
            };
            steps.extend(answers.into_iter().map(|answer| Step::Event(Event::Answered(id, answer))));
        }
    }

    pub(super) fn start_host(&self, world: &mut World, id: PluginId) -> Result<(), Broken> {
        let is_left = world.left.is_some() || self.is_prepared(world) && Self::are_services_out(world);
        let host = &mut world.hosts[id.0];
        host.at_post_stop = world.state.phase == Phase::PostStop;
        rule(!is_left || host.at_post_stop, "no host is started among the leftovers")
    }

    pub(super) fn call(&self, world: &mut World, id: HookId, expected: &Expected) -> Result<(), Broken> {
        let Some(plugin) = self.plugin(id) else { return Err("a command is not called".into()) };
        let host = &world.hosts[plugin.0];
        rule(host.process.told() == Some(Told::Nothing), "a plugin is called whose host is there")?;
        rule(host.call.is_none(), "a plugin is called for one thing at a time")?;
        if self.config.hooks[id.0].point == HookPoint::OnSignal {
            rule(expected.call == Some(id), "a plugin decides about a signal that came just now")?;
        } else {
            if world.current.is_none_or(|current| current.id != id) {
                self.start_hook(world, id)?;
                world.hooks[id.0] = Child::Gone;
            }
            let Some(current) = &mut world.current else { return Err("no hook runs".into()) };
            rule(!core::mem::replace(&mut current.called, true), "a plugin is called once for a hook")?;
            rule(world.asked.is_none_or(|asked| self.plugin(asked.hook) != Some(plugin)), "it decides")?;
        }
        world.hosts[plugin.0].call = Some(id);
        Ok(())
    }

    /// Hooks whose turn has come, and whose plugin cannot be called yet.
    pub(super) fn wait_for_plugins(&self, world: &mut World) -> Result<(), Broken> {
        if world.exited || world.current.is_some() {
            return Ok(());
        }
        let first =
            |point| self.config.hooks_at(point).find(|(_, hook)| self.is_occasion(world, hook)).map(|(id, _)| id);
        let unborn = |id: &HookId| world.hooks[id.0] == Child::Unborn;
        let turn = match world.state.phase {
            _ if world.next.is_some() => world.next,
            Phase::Running if world.post_start == PostStart::Due => first(HookPoint::PostStart),
            Phase::PostStop => first(HookPoint::PostStop).filter(unborn),
            Phase::PreStart | Phase::Running | Phase::PreStop | Phase::Stopping => None,
            Phase::Leftovers | Phase::LeftoversKilled | Phase::Ended => None,
        };
        if let Some(id) = turn
            && let Some(plugin) = self.plugin(id)
            && !self.is_free(world, plugin)
        {
            self.start_hook(world, id)?;
            world.hooks[id.0] = Child::Gone;
        }
        Ok(())
    }

    pub(super) fn kill_host(&self, world: &mut World, id: PluginId, signal: Signal) -> Result<(), Broken> {
        let host = &world.hosts[id.0];
        rule(signal == Signal::KILL, "a host is killed")?;
        rule(host.process.told() == Some(Told::Nothing), "a host is killed once")?;
        let is_due = |clock: Option<Millis>| clock == Some(Millis::ZERO);
        let among_leftovers = self.is_prepared(world) && Self::are_services_out(world);
        let hurried = world.stop.as_ref().is_some_and(|stop| stop.hurried);
        let call = world.hosts[id.0].call.take();
        let asked = world.asked.filter(|asked| Some(asked.hook) == call);
        let current = world.current.filter(|current| Some(current.id) == call);
        let point = call.map(|call| self.config.hooks[call.0].point);
        let is_right = match (asked, current, point) {
            (Some(asked), ..) => is_due(asked.kill_in) || among_leftovers,
            (None, Some(current), Some(HookPoint::PreStart | HookPoint::PostStart)) => {
                is_due(current.kill_in) || world.stop.is_some()
            }
            (None, Some(current), Some(HookPoint::PreStop)) => is_due(current.kill_in) || hurried,
            (None, Some(current), _) => is_due(current.kill_in),
            // A decision that is late is no longer asked for when its host is killed.
            (None, None, Some(HookPoint::OnSignal)) => true,
            (None, None, _) => among_leftovers,
        };
        rule(is_right, "a host is killed when its time is over, or when the services are gone")?;
        world.hosts[id.0].process.tell(Told::Killed);
        if asked.is_some() && among_leftovers {
            (world.asked, world.waiting) = (None, None);
        }
        if let Some(current) = current {
            self.hook_over(world, current.id, Err(FailureCause::Timeout));
        }
        Ok(())
    }

    pub(super) fn host_gone(&self, world: &mut World, id: PluginId, expected: &mut Expected) {
        let host = &mut world.hosts[id.0];
        host.process = Child::Gone;
        let call = host.call.take();
        host.rests = Millis(PAUSES[host.failures]);
        if host.failures == 0 {
            expected.host = Some(id);
        }
        host.failures = host.failures.saturating_add(1).min(4);
        if let Some(asked) = world.asked.filter(|asked| self.plugin(asked.hook) == Some(id)) {
            self.undecided(world, asked, FailureCause::Lost, expected);
        }
        if let Some(call) = call.filter(|call| world.current_call(*call)) {
            expected.notes.push(Note::CallFailed(call, FailureCause::Lost));
            self.hook_over(world, call, Err(FailureCause::Lost));
        }
    }

    pub(super) fn answered(&self, world: &mut World, id: HookId, answer: Answer, expected: &mut Expected) {
        if let Some(plugin) = self.plugin(id) {
            let host = &mut world.hosts[plugin.0];
            host.failures = 0;
            host.call = None;
        }
        if let Some(asked) = world.asked.filter(|asked| asked.hook == id) {
            match answer {
                Answer::Decided(decision) => self.decided(world, asked, decision, expected),
                Answer::Failed(cause) => self.undecided(world, asked, cause, expected),
                Answer::Done => self.undecided(world, asked, FailureCause::Error, expected),
            }
        } else if let Answer::Failed(cause) = answer {
            expected.notes.push(Note::CallFailed(id, cause));
            self.hook_over(world, id, Err(cause));
        } else {
            self.hook_over(world, id, Ok(()));
        }
    }

    /// The clock of a decision is at its end.
    pub(super) fn decision_late(&self, world: &mut World, expected: &mut Expected) {
        let Some(asked) = world.asked.filter(|asked| asked.kill_in == Some(Millis::ZERO)) else { return };
        // One thing at a time: what else is due comes first, or in the next tick.
        if world.current.is_some_and(|current| current.kill_in == Some(Millis::ZERO)) {
            return;
        }
        self.undecided(world, asked, FailureCause::Timeout, expected);
    }

    /// A plugin decides about the signal, if it can.
    pub(super) fn ask(&self, world: &mut World, hook: HookId, signal: Signal, expected: &mut Expected) {
        let asked = AskedSeen { hook, signal, kill_in: self.config.hooks[hook.0].timeout, elapsed: Millis::ZERO };
        if let Some(other) = &mut world.asked {
            let half = asked.kill_in.map(|time| Millis(time.0 / 2));
            other.kill_in = other.kill_in.min(half);
            world.waiting = Some(asked);
            expected.exactly = Some(vec![]);
            return;
        }
        self.ask_now(world, asked, expected);
    }

    fn ask_now(&self, world: &mut World, asked: AskedSeen, expected: &mut Expected) {
        let hook = asked.hook;
        if world.state.phase >= Phase::Leftovers {
            return self.decided(world, asked, Decision::Pass, expected);
        }
        let Some(plugin) = self.plugin(hook) else { return };
        let host = &world.hosts[plugin.0];
        let runs = world.current.is_some_and(|current| self.plugin(current.id) == Some(plugin));
        let rests = host.process.told().is_none() && host.rests > Millis::ZERO;
        if self.is_free(world, plugin) && !runs && !rests {
            expected.call = Some(hook);
            expected.exactly = Some(vec![]);
            world.asked = Some(asked);
        } else {
            self.undecided(world, asked, FailureCause::Lost, expected);
        }
    }

    fn undecided(&self, world: &mut World, asked: AskedSeen, cause: FailureCause, expected: &mut Expected) {
        expected.notes.push(Note::CallFailed(asked.hook, cause));
        let drops = self.config.hooks[asked.hook.0].on_failure(cause) == OnFailure::Drop;
        self.decided(world, asked, if drops { Decision::Drop } else { Decision::Pass }, expected);
    }

    fn decided(&self, world: &mut World, asked: AskedSeen, decision: Decision, expected: &mut Expected) {
        world.asked = None;
        let is_stop = self.config.stop_signal == Some(asked.signal);
        let has_begun = world.stop.is_some();
        let gets = match decision {
            Decision::Rewrite(other) => Word::Other(other),
            Decision::Drop => Word::Deliveries(Deliveries::default()),
            Decision::Deliver(list) => Word::Deliveries(list),
            Decision::Pass | Decision::Stop(_) => Word::Own,
        };
        let stops = matches!(decision, Decision::Stop(_));
        let own = if is_stop { Reaction::Stop } else { Reaction::Forward(asked.signal) };
        let own = Self::early(world, own);
        expected.exactly = match decision {
            _ if !has_begun && (stops || own == Reaction::Stop) => {
                self.begin_stop(world, Cause::Asked(asked.signal));
                if let Some(stop) = &mut world.stop {
                    stop.word = gets;
                    stop.elapsed = if is_stop { asked.elapsed } else { Millis::ZERO };
                }
                None
            }
            Decision::Pass if own == Reaction::Stop => self.asked_again(world),
            Decision::Pass => Some(self.forwarded(world, asked.signal)),
            Decision::Rewrite(other) => Some(self.forwarded(world, other)),
            Decision::Drop | Decision::Stop(Urgency::Orderly) => Some(vec![]),
            Decision::Deliver(list) => {
                Self::schedule(world, list);
                Some(vec![])
            }
            Decision::Stop(Urgency::Now) => None,
        };
        if decision == Decision::Stop(Urgency::Now) {
            self.hurry(world);
        }
        if let Some(next) = world.waiting.take() {
            let before = expected.exactly.take();
            self.ask_now(world, next, expected);
            match (before, &mut expected.exactly) {
                (Some(before), Some(after)) => _ = after.splice(..0, before),
                (Some(before), None) => expected.also = before,
                (None, _) => expected.exactly = None,
            }
        }
    }

    /// Whether a stop that is asked for waits until a plugin has decided about another signal.
    pub(super) fn waits_for_decision(world: &World, signal: Signal) -> bool {
        let is_other = world.asked.is_some_and(|asked| asked.signal != signal);
        let goes_before = signal == TERM && is_other && world.stop.is_none() && world.waiting.is_none();
        world.asked.is_some() && !goes_before
    }

    /// In the checked configs, none is to be sent at once.
    fn schedule(world: &mut World, list: Deliveries) {
        for Delivered { service, signal, after } in list.iter() {
            let same = |later: &&mut LaterSeen| (later.service, later.signal) == (service, signal);
            if let Some(later) = world.later.iter_mut().find(same) {
                later.due_in = later.due_in.min(after);
            } else if !world.services[service.0].process.is_out() {
                world.later.push(LaterSeen { due_in: after, service, signal });
            }
        }
    }

    /// The main service's turn to stop has come, and a plugin says what it gets: it may be nothing that asks it.
    pub(super) fn word_is_deliveries(&self, world: &mut World, id: ServiceId) -> bool {
        let gets = world.stop.as_ref().map(|stop| stop.word);
        let Some(Word::Deliveries(list)) = gets.filter(|_| id == self.config.main_id()) else { return false };
        Self::schedule(world, list);
        true
    }

    /// What asks a service to stop, if anything does.
    pub(super) fn stop_signal(&self, world: &World, id: ServiceId) -> Option<Signal> {
        let gets = world.stop.as_ref().filter(|_| id == self.config.main_id()).map(|stop| stop.word);
        match gets.unwrap_or_default() {
            Word::Own => Some(self.config.services[id.0].stop_signal),
            Word::Other(signal) => Some(signal),
            Word::Deliveries(_) => None,
        }
    }

    /// Nobody is waited for any longer: neither is a hook whose plugin was not called yet.
    pub(super) fn hurry(&self, world: &mut World) {
        if let Some(stop) = &mut world.stop {
            stop.hurried = true;
        }
        if let Some(current) = world.current
            && self.plugin(current.id).is_some()
            && !current.called
            && self.config.hooks[current.id.0].point != HookPoint::PostStop
        {
            self.hook_over(world, current.id, Err(FailureCause::Timeout));
        }
    }
}
