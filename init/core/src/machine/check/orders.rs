//! Which orders are right, and what they do.

use super::{foresight::Expected, *};
use crate::FailureCause;

impl Checker<'_> {
    /// Carries the orders out; the processes that were started.
    pub(super) fn carry_out(
        &mut self,
        world: &mut World,
        orders: &[Action],
        expected: &Expected,
    ) -> Result<Vec<Process>, Broken> {
        let mut spawned = vec![];
        for order in orders {
            rule(!world.exited, "nothing follows the end")?;
            match *order {
                Action::Spawn(process) => {
                    match process {
                        Process::Service(id) => self.start_service(world, id)?,
                        Process::Probe(id) => self.start_probe(world, id)?,
                        Process::Hook(id) => self.start_hook(world, id)?,
                        Process::Host(id) => self.start_host(world, id)?,
                    }
                    rule(!world.child_mut(process).is_alive(), "who is started is not there yet")?;
                    *world.child_mut(process) = BORN;
                    self.seen.insert(Seen::Start(process));
                    spawned.push(process);
                }
                Action::Signal(Target::Process(Process::Service(id)), signal) => {
                    self.signal_service(world, id, signal, orders, expected)?;
                }
                Action::Signal(Target::Process(Process::Probe(id)), signal) => {
                    let stops = world.stop.is_some();
                    let seen = &mut world.services[id.0];
                    rule(signal == Signal::KILL && seen.probe.is_alive(), "a probe is killed, once")?;
                    let is_over = seen.probe_in == Some(Millis::ZERO);
                    rule(is_over || stops || !seen.awaits_ready(), "a probe has its time")?;
                    seen.probe.tell(Told::Killed);
                    seen.probe_in = None;
                }
                Action::Signal(Target::Process(Process::Hook(id)), signal) => {
                    self.signal_hook(world, id, signal, orders)?;
                }
                Action::Signal(Target::Process(Process::Host(id)), signal) => self.kill_host(world, id, signal)?,
                Action::Call(id) => {
                    self.call(world, id, expected)?;
                    self.seen.insert(Seen::Call(id));
                }
                Action::Signal(Target::Leftovers, signal) => self.signal_leftovers(world, signal, orders)?,
                Action::Forward(id, signal) => {
                    let is_right = expected.exactly.is_some() || expected.also.contains(order);
                    rule(is_right, "only a signal that came just now is forwarded")?;
                    self.seen.insert(Seen::Forward(id, signal));
                }
                Action::Tell(note) => {
                    self.note(world, note, orders, expected)?;
                    self.seen.insert(Seen::Note(note));
                }
                Action::Exit(code) => self.exit(world, code)?,
            }
        }
        Ok(spawned)
    }

    fn start_service(&self, world: &mut World, id: ServiceId) -> Result<(), Broken> {
        rule(world.stop.is_none(), "nothing is started during a stop")?;
        let mut pre_start = self.config.hooks_at(HookPoint::PreStart);
        rule(pre_start.all(|(hook, _)| world.hooks[hook.0] != Child::Unborn), "the pre-start hooks come first")?;
        rule(world.next.is_none(), "the pre-start hooks all run")?;
        let mut before = self.config.predecessors(id);
        rule(before.all(|other| world.services[other.0].is_done), "those that it is after come first")?;
        let service = &self.config.services[id.0];
        let seen = &mut world.services[id.0];
        let is_its_time = seen.process == Child::Unborn || seen.again_in == Some(Millis::ZERO);
        rule(is_its_time, "a service is started once, and again after its pause")?;
        seen.again_in = None;
        seen.readiness = ReadySeen::NotYet;
        seen.not_ready_in = service.ready.as_ref().and_then(|ready| ready.timeout);
        seen.well_in = service.restart.map(|restart| restart.reset_after);
        Ok(())
    }

    fn start_probe(&self, world: &mut World, id: ServiceId) -> Result<(), Broken> {
        let seen = &mut world.services[id.0];
        rule(seen.awaits_ready(), "a probe is for a service that executes its program and is not ready")?;
        rule(!seen.probe.is_alive(), "one probe at a time")?;
        rule(seen.probe_in == Some(Millis::ZERO), "a probe has its time to start")?;
        seen.probe_in = self.config.services[id.0].ready.as_ref().map(|ready| ready.attempt);
        Ok(())
    }

    pub(super) fn start_hook(&self, world: &mut World, id: HookId) -> Result<(), Broken> {
        let hook = &self.config.hooks[id.0];
        rule(world.current.is_none(), "one hook at a time")?;
        rule(!world.hooks[id.0].is_alive(), "a hook that was killed is not started before it is reaped")?;
        let is_next = world.next == Some(id);
        rule(is_next || world.next.is_none(), "hooks run in order")?;
        let same = |other: &&Hook| other.point == hook.point && other.signal == hook.signal;
        let is_before = |other: &Hook| same(&other) && self.is_occasion(world, other);
        let is_first = !self.config.hooks[..id.0].iter().any(is_before);
        rule(is_next || is_first, "hooks run one after the other")?;
        world.next = None;
        let once = world.hooks[id.0] == Child::Unborn;
        rule(once || hook.point == HookPoint::OnSignal, "a hook runs once")?;
        match hook.point {
            HookPoint::PreStart => rule(world.stop.is_none() && world.is_at_pre_start(), "pre-start")?,
            HookPoint::PostStart => {
                rule(world.stop.is_none(), "post-start: no stop has begun")?;
                rule(is_next || world.post_start == PostStart::Due, "post-start: every service is done")?;
                world.post_start = PostStart::Begun;
            }
            HookPoint::OnSignal => {
                rule(world.stop.is_none() && !world.is_at_pre_start(), "on-signal: while the services run")?;
                let is_due = hook.signal.is_some_and(|signal| is_next || world.due.remove(&signal));
                rule(is_due, "on-signal: the signal came")?;
            }
            HookPoint::PreStop => {
                let stop = world.stop.as_ref();
                rule(
                    stop.is_some_and(|stop| stop.began == Began::WithMain),
                    "pre-stop: a stop of the main service has begun",
                )?;
                rule(stop.is_some_and(|stop| !stop.hurried), "pre-stop: there is time")?;
                let told = |seen: &ServiceSeen| seen.process.told() >= Some(Told::ToEnd);
                let mut told = world.services.iter().filter(|seen| told(seen));
                rule(told.all(|seen| seen.readiness == ReadySeen::Late), "pre-stop: no service was told")?;
            }
            HookPoint::PostStop => {
                rule(self.is_occasion(world, hook), "post-stop: this end is one that it is for")?;
                self.gone_rule(world)?;
            }
        }
        world.current = Some(Current { id, kill_in: self.hook_time(world, id)?, called: false });
        Ok(())
    }

    fn signal_service(
        &mut self,
        world: &mut World,
        id: ServiceId,
        signal: Signal,
        orders: &[Action],
        expected: &Expected,
    ) -> Result<(), Broken> {
        let service = &self.config.services[id.0];
        let asks = self.stop_signal(world, id);
        let has_turn = self.has_turn(world, id);
        let is_stopping = self.is_prepared(world);
        let time = self.service_time(world, id);
        let seen = &mut world.services[id.0];
        let hurried = world.stop.as_ref().is_some_and(|stop| stop.hurried);
        let Some(told) = seen.process.told().filter(|told| *told < Told::GivenUp) else {
            return Err("what is gone is not signalled".into());
        };
        if signal == Signal::KILL {
            rule(told < Told::Killed, "one final signal is enough")?;
            rule(told == Told::ToEnd || hurried, "the stop signal comes before the final one")?;
            let is_over = seen.final_in == Some(Millis::ZERO);
            rule(is_over || hurried, "a service has its stop timeout")?;
            rule(hurried || orders.contains(&Action::Tell(Note::FinalSignal(id))), "a final signal is told of")?;
            seen.process.tell(Told::Killed);
            seen.stop_clocks();
            // Outside a stop nobody goes on without it.
            seen.give_up_in = is_stopping.then_some(REAP_TIME);
        } else if let Some(at) = world
            .later
            .iter()
            .position(|later| later.due_in == Millis::ZERO && (later.service, later.signal) == (id, signal))
        {
            world.later.remove(at);
            self.seen.insert(Seen::Later(id, signal));
        } else if Some(signal) == asks {
            match told {
                Told::Nothing => {
                    let is_late = world.stop.is_none() && seen.readiness == ReadySeen::Late;
                    rule(is_late || has_turn, "a service is stopped after those that are after it")?;
                    let is_time = seen.ask_in.is_none_or(|at| at == Millis::ZERO);
                    rule(is_time, "one that is held is told when it is ready")?;
                    if seen.ask_in.is_some() {
                        self.seen.insert(Seen::Held(id));
                    }
                    let final_in = seen.final_in.map_or(time, |at| Ok(Some(at)))?;
                    seen.stop_clocks();
                    seen.final_in = final_in;
                    seen.process.tell(Told::ToEnd);
                    if service.main {
                        world.main_left = final_in;
                    }
                }
                Told::ToEnd => {
                    rule(expected.exactly.is_some(), "it is asked again when somebody asks again")?;
                    self.seen.insert(Seen::AskedAgain(id));
                }
                Told::Killed | Told::GivenUp => return Err("it was killed".into()),
            }
        } else {
            rule(signal == Signal::CONT, "a service gets its stop signal, and no other")?;
        }
        Ok(())
    }

    fn signal_hook(&mut self, world: &mut World, id: HookId, signal: Signal, orders: &[Action]) -> Result<(), Broken> {
        let point = self.config.hooks[id.0].point;
        rule(world.hooks[id.0].is_alive(), "a hook that is gone is not signalled")?;
        let current = world.current.filter(|current| current.id == id);
        if signal == Signal::KILL {
            let Some(current) = current else { return Err("one that is not waited for is not killed".into()) };
            let stop = world.stop.as_ref();
            let hurried = stop.is_some_and(|stop| stop.hurried) && point != HookPoint::PostStop;
            let is_over = current.kill_in == Some(Millis::ZERO);
            rule(is_over || hurried, "a hook has its time")?;
            rule(hurried || orders.contains(&Action::Tell(Note::HookTimedOut(id))), "a killed hook is told of")?;
            world.hooks[id.0].tell(Told::Killed);
            self.hook_over(world, id, Err(FailureCause::Timeout));
        } else if signal == TERM {
            rule(world.stop.is_some(), "a hook is asked to end for a stop")?;
            rule(!point.is_at_stop(), "a hook at a stop is not asked")?;
            rule(current.is_some() && world.hooks[id.0].told() == Some(Told::Nothing), "a hook is asked once")?;
            world.hooks[id.0].tell(Told::ToEnd);
            if point != HookPoint::PreStart {
                world.current = None;
            }
        } else {
            rule(signal == Signal::CONT, "a hook gets SIGTERM, and no other")?;
        }
        Ok(())
    }
}
