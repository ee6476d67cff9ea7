//! What an event means, as somebody outside would judge who has read the config.

use super::*;
use crate::{FailureCause, PluginId};

/// What the machine's orders must contain.
#[derive(Default)]
pub(super) struct Expected {
    /// These notes, and no other of their kinds.
    pub(super) notes: Vec<Note>,
    /// These orders, and no other.
    /// Plugins and their hosts aside.
    pub(super) exactly: Option<Vec<Action>>,
    /// These, with others.
    pub(super) also: Vec<Action>,
    /// This plugin's host is started.
    pub(super) host: Option<PluginId>,
    /// This hook's plugin is called.
    pub(super) call: Option<HookId>,
}

impl Checker<'_> {
    pub(super) fn foresee(&self, world: &mut World, event: Option<Event>) -> Expected {
        let mut expected = Expected::default();
        match event {
            None => world.next = self.config.hooks_at(HookPoint::PreStart).next().map(|(id, _)| id),
            Some(Event::Started(process)) => {
                world.child_mut(process).execute();
                if let Process::Service(id) = process {
                    self.executes(world, id);
                }
            }
            Some(Event::Ready(id)) => self.is_ready(world, id),
            Some(Event::Exited(Process::Service(id), outcome)) => self.service_gone(world, id, outcome, &mut expected),
            Some(Event::Exited(Process::Probe(id), outcome)) => self.probe_gone(world, id, outcome),
            Some(Event::Exited(Process::Hook(id), outcome)) => {
                world.hooks[id.0] = Child::Gone;
                if world.current.is_some_and(|current| current.id == id) {
                    if !outcome.is_success() {
                        expected.notes.push(Note::HookFailed(id, outcome));
                    }
                    let failed = if outcome.is_success() { Ok(()) } else { Err(FailureCause::Error) };
                    self.hook_over(world, id, failed);
                }
            }
            Some(Event::Exited(Process::Host(id), _)) => self.host_gone(world, id, &mut expected),
            Some(Event::Answered(id, answer)) => self.answered(world, id, answer, &mut expected),
            Some(Event::Signal(signal, source)) => match self.config.decider(signal) {
                Some(hook) if self.config.reaction(signal, source) == Reaction::Hook => {
                    self.ask(world, hook, signal, &mut expected);
                }
                Some(_) | None => expected.exactly = self.signalled(world, signal, source),
            },
            Some(Event::Tick) => self.decision_late(world, &mut expected),
            Some(Event::Alone) => {}
        }
        expected
    }

    fn executes(&self, world: &mut World, id: ServiceId) {
        match &self.config.services[id.0].ready {
            None => self.is_ready(world, id),
            Some(ready) if ready.check.is_probed() => {
                let seen = &mut world.services[id.0];
                // One of an earlier start that is not reaped yet comes first.
                if seen.awaits_ready() && !seen.probe.is_alive() {
                    seen.probe_in = Some(Millis::ZERO);
                }
            }
            Some(_) => {}
        }
    }

    fn is_ready(&self, world: &mut World, id: ServiceId) {
        let seen = &mut world.services[id.0];
        if seen.awaits_ready() {
            seen.readiness = ReadySeen::Ready;
            seen.is_done = true;
            seen.not_ready_in = None;
            seen.probe_in = None;
            // Whoever is held waits for this.
            seen.ask_in = seen.ask_in.map(|_| Millis::ZERO);
            self.services_done(world);
        }
    }

    fn services_done(&self, world: &mut World) {
        if world.stop.is_none()
            && world.post_start == PostStart::NotYet
            && world.services.iter().all(|service| service.is_done)
        {
            let has_hooks = self.config.hooks_at(HookPoint::PostStart).next().is_some();
            world.post_start = if has_hooks { PostStart::Due } else { PostStart::Begun };
        }
    }

    fn probe_gone(&self, world: &mut World, id: ServiceId, outcome: Outcome) {
        let seen = &mut world.services[id.0];
        seen.probe = Child::Gone;
        let was_killed = seen.probe_in.take().is_none();
        if seen.awaits_ready() {
            if outcome.is_success() && !was_killed {
                self.is_ready(world, id);
            } else {
                seen.probe_in = self.config.services[id.0].ready.as_ref().map(|ready| ready.interval);
            }
        }
    }

    fn service_gone(&self, world: &mut World, id: ServiceId, outcome: Outcome, expected: &mut Expected) {
        let service = &self.config.services[id.0];
        let seen = &mut world.services[id.0];
        let before = core::mem::replace(&mut seen.process, Child::Gone);
        if before.is_out() {
            return;
        }
        seen.stop_clocks();
        world.later.retain(|later| later.service != id);
        let seen = &mut world.services[id.0];
        seen.outcome = Some(outcome);
        if world.stop.is_some() {
            return;
        }
        let was_late = seen.readiness == ReadySeen::Late;
        let failed = was_late || !outcome.is_success();
        if let Some(restart) = service.restart
            && (failed || restart.when == RestartWhen::Always)
        {
            if seen.well_in == Some(Millis::ZERO) {
                seen.restarts = 0;
            }
            if seen.restarts < restart.burst {
                let doubled = (0..seen.restarts).fold(restart.delay, |pause, _| pause.plus(pause));
                seen.again_in = Some(doubled.min(restart.max_delay));
                seen.restarts = seen.restarts.saturating_add(1);
                seen.well_in = None;
                seen.readiness = ReadySeen::NotYet;
                expected.notes.push(Note::Restarts(id, outcome));
                if service.main {
                    world.main_left = None;
                }
                return;
            }
            expected.notes.push(Note::GivenUp(id, outcome));
        }
        seen.is_done |= !failed;
        let somebody_waits = !seen.is_done && self.config.successors(id).next().is_some();
        if service.main || service.essential || somebody_waits {
            if !service.main {
                expected.notes.push(Note::Ended(id, outcome));
            }
            self.begin_stop(world, if was_late { Cause::Aborted } else { Cause::Ended(id, outcome) });
        } else {
            self.services_done(world);
        }
    }

    pub(super) fn hook_over(&self, world: &mut World, id: HookId, result: Result<(), FailureCause>) {
        let hook = &self.config.hooks[id.0];
        world.current = None;
        let same = |other: &Hook| other.point == hook.point && other.signal == hook.signal;
        let mut later = self.config.hooks.iter().enumerate().skip(id.0).skip(1);
        let next = later.find(|(_, other)| same(other) && self.is_occasion(world, other)).map(|(at, _)| HookId(at));
        let hurried = world.stop.as_ref().is_some_and(|stop| stop.hurried);
        let goes_on = match hook.point {
            HookPoint::PreStart | HookPoint::PostStart | HookPoint::OnSignal => world.stop.is_none(),
            HookPoint::PreStop => !hurried,
            HookPoint::PostStop => true,
        };
        if goes_on && result.is_err_and(|cause| hook.on_failure(cause) == OnFailure::Abort) {
            self.begin_stop(world, Cause::Aborted);
        } else if goes_on {
            world.next = next;
        }
    }

    /// Whether the hook is for an end such as this one.
    pub(super) fn is_occasion(&self, world: &World, hook: &Hook) -> bool {
        let main = self.config.main_id();
        let outcome = world.services[main.0].outcome;
        let cause = world.stop.as_ref().map(|stop| stop.cause);
        match (hook.when, cause) {
            (Occasion::Always, _)
            | (Occasion::Stop, Some(Cause::Asked(_)))
            | (Occasion::Exit, Some(Cause::Ended(..))) => true,
            (Occasion::Stop | Occasion::Exit, _) => false,
            (Occasion::Failure, Some(Cause::Asked(_))) => {
                let asked_by = Outcome::Killed(self.config.services[main.0].stop_signal);
                outcome.is_some_and(|outcome| !outcome.is_success() && outcome != asked_by)
                    && self.right_mapped_code(world) != 0
            }
            (Occasion::Failure, _) => self.right_mapped_code(world) != 0,
        }
    }

    /// The orders that must follow, if they are known.
    fn signalled(&self, world: &mut World, signal: Signal, source: Source) -> Option<Vec<Action>> {
        match self.reaction(world, signal, source) {
            Reaction::Drop => Some(vec![]),
            Reaction::Stop if world.stop.is_none() => {
                self.begin_stop(world, Cause::Asked(signal));
                None
            }
            Reaction::Stop => self.asked_again(world),
            Reaction::Forward(signal) => Some(self.forwarded(world, signal)),
            Reaction::Hook if world.stop.is_none() => {
                world.due.insert(signal);
                None
            }
            Reaction::Hook => Some(vec![]),
        }
    }

    pub(super) fn forwarded(&self, world: &World, signal: Signal) -> Vec<Action> {
        let to = self.config.deliveries(signal).filter(|(id, _)| !world.services[id.0].process.is_out());
        to.map(|(id, signal)| Action::Forward(id, signal)).collect()
    }

    /// Before there is a service, somebody who presses Ctrl-C means the hooks that run now.
    pub(super) fn reaction(&self, world: &World, signal: Signal, source: Source) -> Reaction {
        Self::early(world, self.config.reaction(signal, source))
    }

    pub(super) fn early(world: &World, reaction: Reaction) -> Reaction {
        match reaction {
            Reaction::Forward(INT | QUIT) if world.is_at_pre_start() => Reaction::Stop,
            Reaction::Forward(_) | Reaction::Drop | Reaction::Stop | Reaction::Hook => reaction,
        }
    }

    pub(super) fn asked_again(&self, world: &mut World) -> Option<Vec<Action>> {
        match self.config.repeat_stop {
            RepeatStop::Ignore => Some(vec![]),
            RepeatStop::Forward => {
                let asked = self
                    .config
                    .services()
                    .filter(|(id, _)| world.services[id.0].process.told() == Some(Told::ToEnd) && world.left.is_none());
                let orders =
                    asked.filter_map(|(id, _)| Some((id, self.stop_signal(world, id)?))).flat_map(|(id, signal)| {
                        [signal, Signal::CONT]
                            .map(|signal| Action::Signal(Target::Process(Process::Service(id)), signal))
                    });
                Some(orders.collect())
            }
            RepeatStop::Escalate => {
                self.hurry(world);
                None
            }
        }
    }

    pub(super) fn begin_stop(&self, world: &mut World, cause: Cause) {
        let main = self.config.main_id();
        let at_pre_start = world.is_at_pre_start();
        let had_main = !world.services[main.0].process.is_out();
        world.due.clear();
        // Nobody is started any more, and whoever is late is stopped anyway.
        for seen in &mut world.services {
            seen.again_in = None;
            seen.not_ready_in = None;
        }
        if had_main {
            world.next = self.config.hooks_at(HookPoint::PreStop).next().map(|(id, _)| id);
        }
        // A hook whose plugin was not called yet is simply not called.
        let waits = |current: &Current| self.config.plugin_of(current.id).is_some() && !current.called;
        if world.current.as_ref().is_some_and(waits) {
            world.current = None;
        }
        let is_plugin = world.current.is_some_and(|current| self.config.plugin_of(current.id).is_some());
        if let Some(current) = &mut world.current
            && at_pre_start
            && !is_plugin
        {
            let limit = self.config.services[main.0].stop_timeout;
            current.kill_in = current.kill_in.into_iter().chain(limit).min();
        }
        let began = match (at_pre_start, had_main) {
            (true, _) => Began::BeforeTheServices,
            (false, true) => Began::WithMain,
            (false, false) => Began::WithoutMain,
        };
        world.stop = Some(StopSeen {
            cause,
            word: Word::Own,
            began,
            elapsed: Millis::ZERO,
            hurried: false,
            disturbed: false,
            frozen: false,
        });
    }
}

impl ServiceSeen {
    /// Whether it matters that it is ready.
    pub(super) fn awaits_ready(&self) -> bool {
        self.process == Child::Alive { executes: true, told: Told::Nothing } && self.readiness == ReadySeen::NotYet
    }
}
