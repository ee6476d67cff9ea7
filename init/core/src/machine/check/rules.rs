//! What must hold, whatever happens.

use super::*;

impl Checker<'_> {
    /// The begin of a stop, as somebody outside would judge.
    pub(super) fn note_stop(&self, world: &mut World, event: Option<Event>) {
        let by = match event {
            Some(Event::Signal(signal)) if self.config.rule(signal) == SignalRule::Stop => Some(signal),
            Some(Event::Exited(Process::Main, _)) => None,
            _ => return,
        };
        world.stop.get_or_insert(StopSeen::new(by, false));
    }

    /// Only a request, the end of the service and a hook that may abort begin a stop.
    pub(super) fn abort_rule(&mut self, world: &mut World, event: Option<Event>) -> Result<(), Broken> {
        if world.state.stop.is_none() || world.stop.is_some() {
            return Ok(());
        }
        let aborts = |id: HookId| self.config.hooks[id.0].on_failure == OnFailure::Abort;
        let by_hook = match event {
            Some(Event::Exited(Process::Hook(id), outcome)) => aborts(id) && !outcome.is_success(),
            Some(Event::Tick) => world.hooks.iter().enumerate().any(|(at, life)| life.is_alive() && aborts(HookId(at))),
            _ => false,
        };
        self.seen.insert("aborted".into());
        world.stop = Some(StopSeen::new(None, true));
        rule(by_hook, "a stop has a reason")
    }

    pub(super) fn forward_rule(&mut self, world: &mut World, signal: Signal, actions: &[Action]) -> Result<(), Broken> {
        let forwarded = match self.config.rule(signal) {
            SignalRule::Stop => return Ok(()),
            SignalRule::Drop => vec![],
            SignalRule::Forward(signal) => match world.main {
                Life::Alive { killed: false, .. } => {
                    self.seen.insert(format!("forwarded {signal}"));
                    vec![Action::Signal(Target::Main, signal)]
                }
                // What was killed may still be signalled, until it is given up.
                Life::Alive { killed: true, .. } => return Ok(()),
                Life::Unborn => {
                    world.held.insert(signal);
                    vec![]
                }
                Life::Gone { .. } => vec![],
            },
        };
        if actions == forwarded { Ok(()) } else { Err(format!("{signal} gave {actions:?}, not {forwarded:?}")) }
    }

    pub(super) fn held_rule(&mut self, world: &mut World, after: &[Action]) -> Result<(), Broken> {
        let held: Vec<Action> = world.held.iter().map(|signal| Action::Signal(Target::Main, *signal)).collect();
        if after != held {
            return Err(format!("after the start came {after:?}, not {held:?}"));
        }
        if held.len() > 1 {
            self.seen.insert("held signals delivered".into());
        }
        world.held.clear();
        Ok(())
    }

    pub(super) fn spawn_rules(&mut self, world: &mut World, process: Process) -> Result<(), Broken> {
        match process {
            Process::Main => {
                rule(world.main == Life::Unborn, "the main service is started once")?;
                rule(world.stop.is_none(), "nothing is started during a stop")?;
                rule(self.hooks_done(world, HookPoint::PreStart), "the pre-start hooks come first")?;
                rule(!self.must_abort(world, HookPoint::PreStart), "a failed pre-start hook aborts the start")?;
            }
            Process::Hook(id) => {
                let point = self.config.hooks[id.0].point;
                self.seen.insert(format!("{} hook", point.name()));
                rule(world.hooks[id.0] == Life::Unborn, "a hook runs once")?;
                let before = self.config.hooks_at(point).take_while(|(other, _)| *other != id);
                rule(before.into_iter().all(|(other, _)| world.hooks[other.0] != Life::Unborn), "hooks run in order")?;
                let others = world.hooks.iter().filter(|hook| hook.is_alive());
                rule(others.into_iter().all(|hook| hook.is_asked() || hook.is_killed()), "one hook at a time")?;
                match point {
                    HookPoint::PreStart => rule(world.main == Life::Unborn && world.stop.is_none(), "pre-start")?,
                    HookPoint::PostStart => {
                        rule(matches!(world.main, Life::Alive { started: true, .. }), "post-start: it runs")?;
                        rule(world.stop.is_none(), "post-start: no stop has begun")?;
                    }
                    HookPoint::PreStop => {
                        rule(world.stop.is_some(), "pre-stop: a stop has begun")?;
                        rule(!world.main.is_asked(), "pre-stop: the service has not been told")?;
                    }
                    HookPoint::PostStop => {
                        let all = world.hooks.iter().chain([&world.main, &world.leftovers]);
                        rule(
                            all.into_iter().all(|life| !life.is_alive() || life.is_killed()),
                            "post-stop: all are gone",
                        )?;
                        let given_up = world.main.is_alive().then_some(Outcome::Killed(Signal::KILL));
                        let known = self.machine(world).main_outcome();
                        rule(known == world.outcome.or(given_up), "post-stop: how the service ended is known")?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whoever is asked to end is continued too: what is stopped could not hear it.
    pub(super) fn continue_rule(&self, actions: &[Action]) -> Result<(), Broken> {
        let asks = |signal| signal == self.config.service.stop_signal || signal == TERM;
        let orders = actions.iter().zip(actions.iter().skip(1).map(Some).chain([None]));
        for (order, next) in orders {
            if let Action::Signal(target, signal) = *order
                && asks(signal)
            {
                rule(next == Some(&Action::Signal(target, Signal::CONT)), "who is asked to end is continued")?;
            }
        }
        Ok(())
    }

    pub(super) fn hooks_done(&self, world: &World, point: HookPoint) -> bool {
        self.config.hooks_at(point).all(|(id, _)| match world.hooks[id.0] {
            Life::Unborn => false,
            Life::Alive { killed, .. } => killed,
            Life::Gone { .. } => true,
        })
    }

    /// Every step of a stop has its own time, as long as the steps before it kept to theirs.
    pub(super) fn time_rules(&mut self, world: &mut World, actions: &[Action]) -> Result<(), Broken> {
        let Some(stop) = world.stop else { return Ok(()) };
        let machine = self.machine(world);
        let Some(own) = self.config.service.stop_timeout else {
            let asks = |action: &Action| matches!(action, Action::Signal(Target::Leftovers, signal) if *signal == TERM);
            let enough = machine.deadline() >= Some(self.config.leftover_timeout);
            return rule(
                enough || !actions.iter().any(asks),
                "without a config leftovers have their own time at least",
            );
        };
        for action in actions {
            match *action {
                Action::Spawn(Process::Hook(id)) if !stop.frozen => {
                    let timeout = self.config.hooks[id.0].timeout;
                    rule(machine.deadline() == timeout, "a hook has its own time")?;
                }
                // A freeze in one pre-stop hook is made good by the next one, not by the service.
                Action::Signal(Target::Main, signal)
                    if signal == self.config.service.stop_signal
                        && stop.asked_since.is_none()
                        && world.state.phase == Phase::Stopping =>
                {
                    world.stop = Some(StopSeen { asked_since: Some(Millis::ZERO), ..stop });
                    rule(machine.deadline() == Some(own), "the service has its own time")?;
                }
                Action::Signal(Target::Leftovers, signal) if signal == self.config.service.stop_signal => {
                    let left = stop.asked_since.map_or(own, |since| own.minus(since));
                    let expected = Some(left.max(self.config.leftover_timeout));
                    let given = machine.deadline();
                    let least = match world.main {
                        // A pre-start hook had the service's time, in whole or in part.
                        Life::Unborn => Some(self.config.leftover_timeout),
                        // Waiting for what even SIGKILL does not end costs them time.
                        Life::Alive { .. } => Some(STEP),
                        Life::Gone { .. } => expected,
                    };
                    rule(
                        given == expected || (given >= least && given < expected),
                        "leftovers have what is left of the service's time, and their own at least",
                    )?;
                }
                Action::Spawn(_) | Action::Signal(..) | Action::Tell(_) | Action::Exit(_) => {}
            }
        }
        Ok(())
    }

    /// Whether a hook that may abort did not do its work.
    pub(super) fn must_abort(&self, world: &World, point: HookPoint) -> bool {
        self.config.hooks_at(point).any(|(id, hook)| {
            hook.on_failure == OnFailure::Abort
                && match world.hooks[id.0] {
                    Life::Unborn => false,
                    Life::Alive { killed, .. } => killed,
                    Life::Gone { failed } => failed,
                }
        })
    }

    pub(super) fn signal(&mut self, world: &mut World, target: Target, signal: Signal) -> Result<(), Broken> {
        let stop_signal = self.config.service.stop_signal;
        match target {
            Target::Main => {
                rule(world.main.is_alive(), "what was reaped is not signalled")?;
                if signal == Signal::KILL {
                    rule(world.main.is_asked(), "the stop signal comes before the final one")?;
                    world.main.kill();
                } else if signal == stop_signal && world.stop.is_some() {
                    rule(self.hooks_done(world, HookPoint::PreStop), "the pre-stop hooks come first")?;
                    if world.main.is_asked() {
                        self.seen.insert("asked again".into());
                    }
                    world.main.ask();
                }
            }
            Target::Hook(id) => {
                let hook = &mut world.hooks[id.0];
                rule(hook.is_alive(), "a hook that was reaped is not signalled")?;
                if signal == Signal::KILL {
                    hook.kill();
                } else if signal != Signal::CONT {
                    rule(
                        world.stop.is_some() || !self.config.hooks[id.0].point.is_at_stop(),
                        "a hook at a stop is not asked",
                    )?;
                    hook.ask();
                }
            }
            Target::Leftovers => {
                rule(!world.main.is_alive() || world.main.is_killed(), "leftovers come after the service")?;
                let everybody = world.hooks.iter_mut().chain([&mut world.main, &mut world.leftovers]);
                if signal == Signal::KILL {
                    rule(world.leftovers_asked, "leftovers are asked before they are killed")?;
                    everybody.for_each(Life::kill);
                } else if signal == Signal::CONT {
                    rule(world.leftovers_asked, "leftovers are asked before they are continued")?;
                } else {
                    rule(signal == stop_signal && !world.leftovers_asked, "leftovers get the stop signal once")?;
                    world.leftovers_asked = true;
                    everybody.for_each(Life::ask);
                }
            }
        }
        Ok(())
    }

    pub(super) fn exit_rules(&mut self, world: &World, code: u8) -> Result<(), Broken> {
        self.seen.insert(format!("exit {code}"));
        rule(self.hooks_done(world, HookPoint::PostStop), "the post-stop hooks have run")?;
        rule(world.leftovers_asked, "leftovers were asked")?;
        let right = match (world.main, world.outcome) {
            (_, Some(outcome)) => outcome.code(),
            (Life::Alive { .. }, None) => 137,
            (_, None) => world.stop.and_then(|stop| stop.by).map_or(125, exit_code::of_signal),
        };
        // A failed start is no success.
        let right = if right == 0 && world.stop.is_some_and(|stop| stop.aborted) { 125 } else { right };
        if code == right { Ok(()) } else { Err(format!("exit {code}, not {right}")) }
    }

    pub(super) fn state_rules(&mut self, world: &mut World) -> Result<(), Broken> {
        if world.exited {
            return Ok(());
        }
        let machine = self.machine(world);
        let runs = world.main.is_alive() && world.stop.is_none();
        rule(!(runs && self.must_abort(world, HookPoint::PostStart)), "a failed post-start hook begins a stop")?;
        if world.stop.is_none() {
            let waits_for_hook = world.state.hook.is_some();
            rule(waits_for_hook || machine.deadline().is_none(), "an idle init does not wake")?;
            if world.main == Life::Unborn {
                rule(world.state.phase == Phase::PreStart || world.leftovers_asked, "something happens")?;
            }
        }
        if let (Some(stop), Some(_)) = (world.stop, self.config.service.stop_timeout) {
            rule(stop.elapsed <= self.config.grace_period.minus(STEP), "a stop ends within the grace period")?;
        }
        Ok(())
    }
}

pub(super) fn rule(holds: bool, name: &str) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(name.to_string()) }
}
