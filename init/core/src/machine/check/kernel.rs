//! What can happen next, and what it does to the world.

use super::*;

impl Checker<'_> {
    /// What can happen next.
    pub(super) fn moves(&self, world: &World, is_first: bool) -> Vec<Move> {
        let mut steps = vec![];
        if is_first {
            steps.push(Step::Begin);
        } else if !world.exited {
            self.endings(world, &mut steps);
            if world.main == BORN {
                steps.push(Step::Event(Event::Started(Process::Main)));
            }
            // What a post-stop hook leaves behind is not waited for: it ends with the container.
            let hooks =
                self.config.hooks.iter().zip(&world.hooks).filter(|(hook, _)| hook.point != HookPoint::PostStop);
            let mut parents = hooks.map(|(_, life)| *life).chain([world.main]);
            if parents.any(|life| life.is_alive() && !life.is_killed()) && world.leftovers == Life::Unborn {
                steps.push(Step::Descendant);
            }
            for signal in [TERM, HUP, INT, QUIT, USR1] {
                steps.push(Step::Event(Event::Signal(signal)));
            }
            steps.push(Step::Event(Event::Tick));
            steps.push(Step::Clock);
            let first_pre_stop = self.config.hooks_at(HookPoint::PreStop).next().map(|(id, _)| id);
            if world.state.phase == Phase::PreStop
                && world.state.hook.map(|hook| hook.id) == first_pre_stop
                && world.stop.is_some_and(|stop| !stop.frozen)
            {
                steps.push(Step::Freeze);
            }
        }
        steps.into_iter().flat_map(|step| [false, true].map(|no_process| Move { step, no_process })).collect()
    }

    pub(super) fn endings(&self, world: &World, steps: &mut Vec<Step>) {
        let can_end = |life: Life| {
            life.is_alive()
                && match self.nature {
                    Nature::Friendly => true,
                    Nature::Stubborn => life.is_killed(),
                    Nature::Undead => false,
                }
        };
        let mut ends = |process, outcome| steps.push(Step::Event(Event::Exited(process, outcome)));
        if can_end(world.main) {
            ends(Process::Main, Outcome::Killed(Signal::KILL));
            if !world.main.is_killed() {
                ends(Process::Main, Outcome::Exited(0));
                ends(Process::Main, Outcome::Exited(3));
            }
        }
        if world.main == BORN {
            ends(Process::Main, Outcome::NotStarted(Failure::NotFound));
        }
        for (at, life) in world.hooks.iter().enumerate().filter(|(_, life)| can_end(**life)) {
            ends(Process::Hook(HookId(at)), Outcome::Killed(Signal::KILL));
            if !life.is_killed() {
                ends(Process::Hook(HookId(at)), Outcome::Exited(0));
            }
        }
        if can_end(world.leftovers) {
            steps.push(Step::DescendantGone);
        }
    }

    pub(super) fn apply(&mut self, world: &mut World, next: Move) -> Result<(), Broken> {
        match next.step {
            Step::Begin => self.tell(world, None, next.no_process)?,
            Step::Descendant => world.leftovers = BORN,
            Step::DescendantGone => {
                world.leftovers = GONE;
                self.reaped(world, next.no_process)?;
            }
            Step::Clock => {
                pass(world, STEP);
                self.settle(world, next.no_process)?;
            }
            Step::Freeze => {
                pass(world, STEP.plus(STEP));
                if let Some(stop) = &mut world.stop {
                    stop.frozen = true;
                }
                self.settle(world, next.no_process)?;
            }
            Step::Event(event) => {
                match event {
                    Event::Started(_) => {
                        if let Life::Alive { started, .. } = &mut world.main {
                            *started = true;
                        }
                    }
                    Event::Exited(Process::Main, outcome) => {
                        world.main = GONE;
                        world.outcome = Some(outcome);
                    }
                    Event::Exited(Process::Hook(id), outcome) => world.hooks[id.0] = self.hook_gone(id, outcome),
                    Event::Signal(_) | Event::Tick | Event::Alone => {}
                }
                let alone = matches!(event, Event::Exited(..)) && world.nobody();
                self.tell(world, Some(event), next.no_process)?;
                if alone {
                    self.tell(world, Some(Event::Alone), next.no_process)?;
                }
            }
        }
        self.state_rules(world)
    }

    /// The clock has moved: ticks until the deadline lies ahead.
    pub(super) fn settle(&mut self, world: &mut World, no_process: bool) -> Result<(), Broken> {
        for _ in 0..16 {
            if self.machine(world).deadline().is_none_or(|deadline| deadline > Millis::ZERO) {
                return Ok(());
            }
            self.tell(world, Some(Event::Tick), no_process)?;
        }
        Err("the deadline does not move: PID 1 would spin".to_string())
    }

    pub(super) fn reaped(&mut self, world: &mut World, no_process: bool) -> Result<(), Broken> {
        if world.nobody() {
            self.tell(world, Some(Event::Alone), no_process)?;
        }
        Ok(())
    }

    pub(super) fn machine(&self, world: &World) -> Machine<'_> {
        Machine { config: self.config, state: world.state.clone() }
    }

    /// Hands an event to the machine and carries out what it orders.
    pub(super) fn tell(&mut self, world: &mut World, event: Option<Event>, no_process: bool) -> Result<(), Broken> {
        if world.exited {
            return Ok(());
        }
        self.note_stop(world, event);
        let before = world.state.phase;
        let mut machine = Machine { config: self.config, state: world.state.clone() };
        let was_running = world.state.hook.map(|hook| hook.id);
        let mut actions = vec![];
        match event {
            None => machine.start(Millis::ZERO, &mut actions),
            Some(event) => machine.handle(Millis::ZERO, event, &mut actions),
        }
        world.state = machine.state;
        rule(before <= world.state.phase, "phases only go forward")?;
        self.abort_rule(world, event)?;
        self.seen.insert(format!("phase {:?}", world.state.phase));
        if let Some(Event::Signal(signal)) = event {
            self.forward_rule(world, signal, &actions)?;
        }
        if let Some(Event::Exited(Process::Hook(id), outcome)) = event {
            let failed = Action::Tell(Note::HookFailed(id, outcome));
            let expected = was_running == Some(id) && !outcome.is_success();
            rule(actions.contains(&failed) == expected, "a failed hook is told of, no other")?;
        }
        let mut refused = vec![];
        let mut rest = actions.as_slice();
        while let [action, after @ ..] = rest {
            rest = after;
            if world.exited {
                return Err(format!("{action:?} after the end"));
            }
            match *action {
                Action::Spawn(process) => {
                    self.spawn_rules(world, process)?;
                    if process == Process::Main {
                        self.held_rule(world, after)?;
                    }
                    let life = match process {
                        Process::Main => &mut world.main,
                        Process::Hook(id) => &mut world.hooks[id.0],
                    };
                    *life = BORN;
                    if no_process {
                        refused.push(process);
                    }
                }
                Action::Signal(target, signal) => self.signal(world, target, signal)?,
                Action::Tell(note) => {
                    self.seen.insert(format!("note {note:?}"));
                }
                Action::Exit(code) => {
                    self.exit_rules(world, code)?;
                    world.exited = true;
                }
            }
        }
        self.time_rules(world, &actions)?;
        self.continue_rule(&actions)?;
        for process in refused {
            let outcome = Outcome::NotStarted(Failure::NoProcess);
            match process {
                Process::Main => {
                    world.main = GONE;
                    world.outcome = Some(outcome);
                }
                Process::Hook(id) => world.hooks[id.0] = self.hook_gone(id, outcome),
            }
            self.tell(world, Some(Event::Exited(process, outcome)), no_process)?;
            self.reaped(world, no_process)?;
        }
        Ok(())
    }

    pub(super) fn hook_gone(&self, id: HookId, outcome: Outcome) -> Life {
        Life::Gone { failed: self.config.hooks[id.0].on_failure == OnFailure::Abort && !outcome.is_success() }
    }
}
