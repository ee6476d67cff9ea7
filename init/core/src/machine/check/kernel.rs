//! What can happen next, and what it does to the world.

use super::*;
use crate::PluginId;

impl Checker<'_> {
    /// What can happen next.
    pub(super) fn steps(&self, world: &World, is_first: bool) -> Vec<Step> {
        if is_first {
            return vec![Step::Begin];
        }
        let mut steps = vec![];
        if world.exited {
            return steps;
        }
        self.endings(world, &mut steps);
        self.answers(world, &mut steps);
        for (id, service) in self.config.services() {
            let seen = &world.services[id.0];
            if let Child::Alive { executes, .. } = seen.process {
                let notifies = service.ready.as_ref().is_some_and(|ready| !ready.check.is_probed());
                if !executes {
                    steps.push(Step::Event(Event::Started(Process::Service(id))));
                } else if notifies && seen.readiness != ReadySeen::Ready {
                    steps.push(Step::Event(Event::Ready(id)));
                }
            }
        }
        // What a post-stop hook leaves behind is not waited for: it ends with the container.
        let hooks = self.config.hooks.iter().zip(&world.hooks).filter(|(hook, _)| hook.point != HookPoint::PostStop);
        let mut parents = hooks.map(|(_, child)| *child).chain(world.services.iter().map(|service| service.process));
        if self.case.descendants
            && world.descendant == Child::Unborn
            && parents.any(|parent| parent.told().is_some_and(|told| told < Told::Killed))
        {
            steps.push(Step::Descendant);
        }
        let senders = self.case.signals.iter();
        steps.extend(senders.map(|(signal, source)| Step::Send(*signal, *source)));
        steps.push(Step::Event(Event::Tick));
        steps.push(Step::Clock);
        let first_pre_stop = self.config.hooks_at(HookPoint::PreStop).next().map(|(id, _)| id);
        if world.stop.as_ref().is_some_and(|stop| !stop.frozen)
            && world.current.is_some_and(|current| Some(current.id) == first_pre_stop)
        {
            steps.push(Step::Freeze);
        }
        steps
    }

    fn endings(&self, world: &World, steps: &mut Vec<Step>) {
        let killed = Outcome::Killed(Signal::KILL);
        let mut ends = |process, outcome| steps.push(Step::Event(Event::Exited(process, outcome)));
        for (id, service) in self.config.services() {
            let seen = &world.services[id.0];
            if let Child::Alive { executes, told } = seen.process {
                if !executes {
                    ends(Process::Service(id), Outcome::NotStarted(Failure::NotFound));
                }
                if self.dies(told) {
                    ends(Process::Service(id), killed);
                } else if self.nature == Friendly {
                    for outcome in &self.case.outcomes {
                        ends(Process::Service(id), *outcome);
                    }
                    if told == Told::ToEnd {
                        ends(Process::Service(id), Outcome::Killed(service.stop_signal));
                    }
                }
            }
            if let Some(told) = seen.probe.told() {
                if self.dies(told) {
                    ends(Process::Probe(id), killed);
                }
                // Even where the services are stubborn, they are ready at some time.
                if told < Told::Killed || self.nature == Friendly {
                    ends(Process::Probe(id), Outcome::Exited(0));
                }
                if self.nature == Friendly {
                    ends(Process::Probe(id), Outcome::Exited(1));
                }
            }
        }
        for (at, hook) in world.hooks.iter().enumerate() {
            if let Some(told) = hook.told() {
                if self.dies(told) {
                    ends(Process::Hook(HookId(at)), killed);
                } else if self.nature == Friendly {
                    ends(Process::Hook(HookId(at)), Outcome::Exited(0));
                    ends(Process::Hook(HookId(at)), Outcome::Exited(1));
                }
            }
        }
        for (at, host) in world.hosts.iter().enumerate() {
            if let Some(told) = host.process.told() {
                if self.dies(told) {
                    ends(Process::Host(PluginId(at)), killed);
                } else if self.nature == Friendly && self.case.hosts_end {
                    ends(Process::Host(PluginId(at)), Outcome::Exited(1));
                }
            }
        }
        if let Some(told) = world.descendant.told()
            && (self.nature == Friendly || self.dies(told))
        {
            steps.push(Step::DescendantGone);
        }
    }

    fn dies(&self, told: Told) -> bool {
        told >= Told::Killed && self.nature != Undead
    }

    /// Lets it happen; whether a process was started.
    pub(super) fn apply(&mut self, world: &mut World, next: Move) -> Result<bool, Broken> {
        let cap = self.config.grace_period.plus(STEP);
        let spawned = match next.step {
            Step::Begin => self.tell(world, None, next.no_process)?,
            Step::Descendant => {
                world.descendant = BORN;
                false
            }
            Step::DescendantGone => {
                world.descendant = Child::Gone;
                world.nobody() && self.tell(world, Some(Event::Alone), next.no_process)?
            }
            Step::Clock => {
                world.pass(STEP, cap);
                self.settle(world, next.no_process)?
            }
            Step::Freeze => {
                world.pass(STEP.plus(STEP), cap);
                if let Some(stop) = &mut world.stop {
                    stop.frozen = true;
                    stop.disturbed = true;
                }
                self.settle(world, next.no_process)?
            }
            Step::Send(signal, source) => {
                if self.machine(world).takes(signal) {
                    self.tell(world, Some(Event::Signal(signal, source)), next.no_process)?
                } else {
                    world.queue.insert((signal, source));
                    false
                }
            }
            Step::Event(event) => self.happen(world, event, next.no_process)?,
        };
        let taken = self.drain(world, next.no_process)?;
        self.state_rules(world)?;
        Ok(spawned || taken)
    }

    /// The event, and that nobody is left if so: nothing but the end of a process announces that.
    fn happen(&mut self, world: &mut World, event: Event, no_process: bool) -> Result<bool, Broken> {
        // It is so when the process is reaped, and may be no longer when the machine hears of it.
        let alone = matches!(event, Event::Exited(..)) && world.is_last();
        let spawned = self.tell(world, Some(event), no_process)?;
        let again = alone && self.tell(world, Some(Event::Alone), no_process)?;
        Ok(spawned || again)
    }

    /// The clock has moved: ticks until the deadline lies ahead.
    fn settle(&mut self, world: &mut World, no_process: bool) -> Result<bool, Broken> {
        let mut spawned = false;
        for _ in 0..32 {
            if self.machine(world).deadline().is_none_or(|deadline| deadline > Millis::ZERO) {
                return Ok(spawned);
            }
            spawned |= self.tell(world, Some(Event::Tick), no_process)?;
        }
        Err("the deadline does not move: PID 1 would spin".to_string())
    }

    /// Signals in the kernel's queue come as soon as they are taken, the lowest first.
    fn drain(&mut self, world: &mut World, no_process: bool) -> Result<bool, Broken> {
        let mut spawned = false;
        loop {
            let machine = self.machine(world);
            let Some(next) = world.queue.iter().copied().find(|(signal, _)| machine.takes(*signal)) else {
                return Ok(spawned);
            };
            world.queue.remove(&next);
            self.seen.insert(Seen::Queued(next.0));
            spawned |= self.tell(world, Some(Event::Signal(next.0, next.1)), no_process)?;
        }
    }

    pub(super) fn machine(&self, world: &World) -> Machine<'_> {
        Machine { config: self.config, state: world.state.clone() }
    }

    /// Hands an event to the machine and carries out what it orders; whether a process was started.
    pub(super) fn tell(&mut self, world: &mut World, event: Option<Event>, no_process: bool) -> Result<bool, Broken> {
        if world.exited {
            return Ok(false);
        }
        let before = world.state.phase;
        let expected = self.foresee(world, event);
        let mut machine = self.machine(world);
        let mut orders = vec![];
        match event {
            None => machine.start(Millis::ZERO, &mut orders),
            Some(event) => machine.handle(Millis::ZERO, event, &mut orders),
        }
        world.state = machine.state;
        rule(before <= world.state.phase, "phases only go forward")?;
        let spawned = self.carry_out(world, &orders, &expected)?;
        self.wait_for_plugins(world)?;
        self.turns(world)?;
        self.answer_rules(world, &orders, &expected)?;
        if no_process {
            for process in &spawned {
                let refused = Event::Exited(*process, Outcome::NotStarted(Failure::NoProcess));
                self.happen(world, refused, no_process)?;
            }
        }
        Ok(!spawned.is_empty())
    }
}
