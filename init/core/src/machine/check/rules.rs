//! What must hold when the machine has answered.

use super::{foresight::Expected, *};

pub(super) fn rule(holds: bool, name: &str) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(name.to_string()) }
}

impl Checker<'_> {
    /// After each event.
    pub(super) fn answer_rules(&self, world: &World, orders: &[Action], expected: &Expected) -> Result<(), Broken> {
        let is_of_plugins = |order: &&Action| match order {
            Action::Call(_) | Action::Spawn(Process::Host(_)) => true,
            Action::Signal(Target::Process(Process::Host(_)), _) | Action::Tell(Note::CallFailed(..)) => true,
            Action::Spawn(_) | Action::Signal(..) | Action::Forward(..) | Action::Tell(_) | Action::Exit(_) => false,
        };
        let others = || orders.iter().filter(|order| !is_of_plugins(order));
        if let Some(exactly) = &expected.exactly
            && !others().eq(exactly)
        {
            return Err(format!("the answer is {orders:?}, not {exactly:?}"));
        }
        rule(expected.also.iter().all(|order| orders.contains(order)), "what was decided is done")?;
        if let Some(host) = expected.host.filter(|_| world.state.phase < Phase::Leftovers) {
            rule(orders.contains(&Action::Spawn(Process::Host(host))), "a host that fails is started again at once")?;
        }
        if let Some(hook) = expected.call {
            rule(orders.contains(&Action::Call(hook)), "a plugin that can be asked is asked")?;
        }
        for note in &expected.notes {
            let times = orders.iter().filter(|order| **order == Action::Tell(*note)).count();
            rule(times == 1, "what a person should know is told once")?;
        }
        rule(world.next.is_none() || world.exited, "the next hook runs")?;
        Self::continue_rule(orders)?;
        let machine = self.machine(world);
        rule(machine.is_stopping() == world.stop.is_some(), "a stop begins when there is a reason, and only then")?;
        for (id, _) in self.config.services() {
            rule(machine.outcome(id) == world.services[id.0].outcome, "how a service ended is known")?;
        }
        Ok(())
    }

    /// Whoever is asked to end is continued too: what is stopped could not hear it.
    fn continue_rule(orders: &[Action]) -> Result<(), Broken> {
        let mut asked = None;
        for order in orders {
            let now = match *order {
                // What a plugin sends is sent as it is.
                Action::Signal(_, USR2) => None,
                Action::Signal(target, signal) => Some((target, signal)),
                Action::Call(_) | Action::Spawn(_) | Action::Forward(..) | Action::Tell(_) | Action::Exit(_) => None,
            };
            match (asked.take(), now) {
                (Some(target), now) => {
                    rule(now == Some((target, Signal::CONT)), "who is asked to end is continued")?;
                }
                (None, Some((_, Signal::CONT))) => rule(false, "who is not asked to end is not continued")?,
                (None, Some((_, Signal::KILL)) | None) => {}
                (None, Some((target, _))) => asked = Some(target),
            }
        }
        rule(asked.is_none(), "who is asked to end is continued")?;
        Ok(())
    }

    /// After each move, when all that it entails has happened.
    pub(super) fn state_rules(&self, world: &World) -> Result<(), Broken> {
        self.take_rules(world)?;
        if world.exited {
            return Ok(());
        }
        self.clock_rules(world)?;
        self.hook_is_called(world)?;
        for seen in &world.services {
            let probes = seen.probe.told().is_some_and(|told| told < Told::Killed);
            let asks_for_nothing = probes && !seen.awaits_ready() && world.left.is_none();
            rule(!asks_for_nothing, "a probe whose answer nobody needs is killed")?;
        }
        match &world.stop {
            None => self.running_rules(world),
            Some(stop) => self.stopping_rules(world, stop),
        }
    }

    /// A signal waits in the kernel's queue as long as it would be lost.
    fn take_rules(&self, world: &World) -> Result<(), Broken> {
        let machine = self.machine(world);
        for (signal, _) in &self.case.signals {
            let reactions = [Source::Terminal, Source::Process].map(|source| {
                let decided = self.config.is_decided(*signal);
                let reaction = self.reaction(world, *signal, source);
                let other = Self::early(world, self.config.reaction_without_plugin(*signal));
                if decided && reaction == Reaction::Hook { other } else { reaction }
            });
            let would_be_lost = |reaction: &Reaction| match reaction {
                Reaction::Forward(signal) => self.is_nobody_there(world, *signal),
                Reaction::Hook => self.is_to_come(world, self.config.main_id()),
                Reaction::Drop | Reaction::Stop => false,
            };
            let is_asked = Self::waits_for_decision(world, *signal) && self.config.is_decided(*signal);
            let waits = is_asked
                || world.stop.is_none() && !reactions.contains(&Reaction::Stop) && reactions.iter().any(would_be_lost);
            rule(
                machine.takes(*signal) != waits,
                "a signal waits in the kernel's queue if it would be lost, and only then",
            )?;
        }
        Ok(())
    }

    /// The main service counts more than others that get the signal as well.
    fn is_nobody_there(&self, world: &World, signal: Signal) -> bool {
        let targets: Vec<ServiceId> = self.config.deliveries(signal).map(|(id, _)| id).collect();
        let main = self.config.main_id();
        if targets.contains(&main) {
            return self.is_to_come(world, main);
        }
        !targets.is_empty() && targets.iter().all(|id| self.is_to_come(world, *id))
    }

    fn is_to_come(&self, world: &World, id: ServiceId) -> bool {
        let service = &world.services[id.0];
        if id == self.config.main_id() && self.config.hold_until == HoldUntil::Ready {
            return service.readiness != ReadySeen::Ready;
        }
        service.process == Child::Unborn
    }

    /// What is due has been done, and the machine wakes for nothing else.
    fn clock_rules(&self, world: &World) -> Result<(), Broken> {
        let next = world.first_clock();
        if next == Some(Millis::ZERO) {
            return Err(format!("something is due: {:?} {:?} {:?}", world.services, world.current, world.left));
        }
        let deadline = self.machine(world).deadline();
        if deadline == next { Ok(()) } else { Err(format!("the deadline is {deadline:?}, not {next:?}")) }
    }

    fn running_rules(&self, world: &World) -> Result<(), Broken> {
        if let Some(current) = world.current
            && self.config.hooks[current.id.0].point == HookPoint::PreStart
        {
            return Ok(());
        }
        for (id, _) in self.config.services() {
            let mut before = self.config.predecessors(id);
            let waits = world.services[id.0].process == Child::Unborn;
            let is_free = before.all(|other| world.services[other.0].is_done);
            rule(!waits || !is_free, "a service is started when those that it is after are done")?;
        }
        if world.current.is_none() {
            rule(world.post_start != PostStart::Due, "post-start hooks run when every service is done")?;
            for signal in &world.due {
                let mut hooks = self.config.hooks.iter().zip(&world.hooks);
                let is_busy = hooks.any(|(hook, child)| hook.signal == Some(*signal) && child.is_alive());
                rule(is_busy, "the hooks of a signal run")?;
            }
        }
        Ok(())
    }

    fn stopping_rules(&self, world: &World, stop: &StopSeen) -> Result<(), Broken> {
        let point = world.current.map(|current| self.config.hooks[current.id.0].point);
        let mut services = world.services.iter();
        match point {
            Some(HookPoint::PreStart) => {
                let is_asked =
                    world.current.is_some_and(|current| world.hooks[current.id.0].told() > Some(Told::Nothing));
                rule(is_asked, "a stop asks a pre-start hook to end")?;
                rule(!stop.hurried, "a pre-start hook is killed when there is no time")?;
            }
            Some(HookPoint::PostStart | HookPoint::OnSignal) => rule(false, "a stop does not wait for such a hook")?,
            Some(HookPoint::PreStop) => rule(!stop.hurried, "a pre-stop hook is killed when there is no time")?,
            Some(HookPoint::PostStop) => {}
            None if services.all(|seen| seen.process.is_out()) && self.config.wait == Wait::Leave => {
                rule(false, "nobody is waited for")?;
            }
            None => {}
        }
        if stop.hurried {
            let mut told = world.services.iter().filter_map(|seen| seen.process.told());
            let in_pre_start = point == Some(HookPoint::PreStart);
            rule(in_pre_start || told.all(|told| told >= Told::Killed), "services are killed when there is no time")?;
            rule(world.left.as_ref().is_none_or(|left| left.kill_in.is_none()), "and leftovers")?;
        }
        if point.is_none() {
            rule(world.left.is_none() || !world.nobody(), "when nobody is left, nobody is waited for")?;
        }
        let knows_times = self.config.services.iter().all(|service| service.stop_timeout.is_some());
        let limit = self.config.grace_period.minus(Millis(500)).plus(REAP_TIME).plus(REAP_TIME);
        rule(!knows_times || stop.elapsed <= limit, "a stop ends within the grace period")
    }
}
