//! An exhaustive check: every order in which a small kernel can answer the machine, breadth first, so that the trace of
//! a broken rule is a shortest one.
//!
//! Four kinds of rule: **safety** holds in every step; **can end**: from every state some way leads to the end; **must
//! end**: from the begin of a stop, never later than the grace period, whatever the children do; **is seen**: what is
//! meant to happen does happen somewhere, since a machine that does nothing breaks no other rule.

use alloc::{
    collections::{BTreeSet, VecDeque},
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use core::fmt::Write as _;
use std::collections::HashMap;

use super::*;
use crate::{
    Failure,
    config::{Hook, SignalRule},
};

extern crate std;

/// The clock moves by this much at a time; every time in the checked configs is a multiple of it.
const STEP: Millis = Millis(100);

const TERM: Signal = Signal::TERM;
const HUP: Signal = Signal::HUP;
const INT: Signal = Signal::INT;
const QUIT: Signal = Signal::QUIT;
const USR1: Signal = Signal::USR1;
const USR2: Signal = Signal::USR2;

/// What children do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nature {
    /// They may end at any time.
    Friendly,
    /// Only SIGKILL ends them.
    Stubborn,
    /// Nothing ends them.
    Undead,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Life {
    Unborn,
    /// `asked`: the init sent it its stop signal.
    Alive {
        started: bool,
        asked: bool,
        killed: bool,
    },
    /// `failed`: in a way that aborts the start.
    Gone {
        failed: bool,
    },
}

const GONE: Life = Life::Gone { failed: false };
const BORN: Life = Life::Alive { started: false, asked: false, killed: false };

impl Life {
    fn is_alive(self) -> bool {
        matches!(self, Self::Alive { .. })
    }
    fn is_asked(self) -> bool {
        matches!(self, Self::Alive { asked: true, .. })
    }
    fn is_killed(self) -> bool {
        matches!(self, Self::Alive { killed: true, .. })
    }
    fn ask(&mut self) {
        if let Self::Alive { asked, .. } = self {
            *asked = true;
        }
    }
    fn kill(&mut self) {
        if let Self::Alive { killed, .. } = self {
            *killed = true;
        }
    }
}

/// The machine and everything it cannot see.
#[derive(Clone, PartialEq, Eq, Hash)]
struct World {
    state: State,
    main: Life,
    outcome: Option<Outcome>,
    hooks: Vec<Life>,
    leftovers: Life,
    leftovers_asked: bool,
    /// Signals for the service that came before it was there, in order of their numbers.
    held: BTreeSet<Signal>,
    stop: Option<StopSeen>,
    exited: bool,
}

impl World {
    fn nobody(&self) -> bool {
        !self.hooks.iter().chain([&self.main, &self.leftovers]).any(|life| life.is_alive())
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct StopSeen {
    by: Option<Signal>,
    elapsed: Millis,
    /// Since the service was first sent its stop signal.
    asked_since: Option<Millis>,
    frozen: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Begin,
    Event(Event),
    /// A process leaves a descendant behind.
    Descendant,
    /// The descendant ends.
    DescendantGone,
    Clock,
    /// The clock moves twice as far before anybody looks: the machine was suspended, or had no processor.
    Freeze,
}

#[derive(Clone, Copy, Debug)]
struct Move {
    step: Step,
    /// Whether the kernel refuses new processes during this step.
    no_process: bool,
}

struct Checker<'c> {
    config: &'c Config,
    nature: Nature,
    seen: BTreeSet<String>,
}

type Broken = String;

impl Checker<'_> {
    /// Explores everything; the number of states, or a shortest trace to a broken rule.
    fn run(&mut self) -> Result<usize, String> {
        let unborn = World {
            state: Machine::new(self.config).state,
            main: Life::Unborn,
            outcome: None,
            hooks: vec![Life::Unborn; self.config.hooks.len()],
            leftovers: Life::Unborn,
            leftovers_asked: false,
            held: BTreeSet::new(),
            stop: None,
            exited: false,
        };
        let mut worlds = vec![unborn.clone()];
        let mut known = HashMap::from([(unborn, 0_usize)]);
        let mut came_from: Vec<Option<(usize, Move)>> = vec![None];
        let mut backwards: Vec<Vec<usize>> = vec![vec![]];
        let mut queue = VecDeque::from([0_usize]);
        while let Some(at) = queue.pop_front() {
            for next_move in self.moves(&worlds[at], at == 0) {
                let mut world = worlds[at].clone();
                if let Err(broken) = self.apply(&mut world, next_move) {
                    return Err(trace(&came_from, at, next_move, &broken));
                }
                let to = *known.entry(world).or_insert_with_key(|world| {
                    let new = worlds.len();
                    worlds.push(world.clone());
                    came_from.push(Some((at, next_move)));
                    backwards.push(vec![]);
                    queue.push_back(new);
                    new
                });
                backwards[to].push(at);
            }
        }
        if self.nature == Nature::Friendly
            && let Some(stuck) = cannot_end(&worlds, &backwards)
        {
            let (from, last) = came_from[stuck].expect("the first state can end or nothing can");
            return Err(trace(&came_from, from, last, "from here it cannot end"));
        }
        Ok(worlds.len())
    }

    /// What can happen next.
    fn moves(&self, world: &World, is_first: bool) -> Vec<Move> {
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

    fn endings(&self, world: &World, steps: &mut Vec<Step>) {
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

    fn apply(&mut self, world: &mut World, next: Move) -> Result<(), Broken> {
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
    fn settle(&mut self, world: &mut World, no_process: bool) -> Result<(), Broken> {
        for _ in 0..16 {
            if self.machine(world).deadline().is_none_or(|deadline| deadline > Millis::ZERO) {
                return Ok(());
            }
            self.tell(world, Some(Event::Tick), no_process)?;
        }
        Err("the deadline does not move: PID 1 would spin".to_string())
    }

    fn reaped(&mut self, world: &mut World, no_process: bool) -> Result<(), Broken> {
        if world.nobody() {
            self.tell(world, Some(Event::Alone), no_process)?;
        }
        Ok(())
    }

    fn machine(&self, world: &World) -> Machine<'_> {
        Machine { config: self.config, state: world.state.clone() }
    }

    /// Hands an event to the machine and carries out what it orders.
    fn tell(&mut self, world: &mut World, event: Option<Event>, no_process: bool) -> Result<(), Broken> {
        if world.exited {
            return Ok(());
        }
        self.note_stop(world, event);
        let mut machine = Machine { config: self.config, state: world.state.clone() };
        let was_running = world.state.hook.map(|hook| hook.id);
        let mut actions = vec![];
        match event {
            None => machine.start(Millis::ZERO, &mut actions),
            Some(event) => machine.handle(Millis::ZERO, event, &mut actions),
        }
        world.state = machine.state;
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

    /// The begin of a stop, as somebody outside would judge.
    fn note_stop(&self, world: &mut World, event: Option<Event>) {
        let by = match event {
            Some(Event::Signal(signal)) if self.config.rule(signal) == SignalRule::Stop => Some(signal),
            Some(Event::Exited(Process::Main, _)) => None,
            _ => return,
        };
        world.stop.get_or_insert(StopSeen { by, elapsed: Millis::ZERO, asked_since: None, frozen: false });
    }

    /// Only a request, the end of the service and a hook that may abort begin a stop.
    fn abort_rule(&mut self, world: &mut World, event: Option<Event>) -> Result<(), Broken> {
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
        world.stop = Some(StopSeen { by: None, elapsed: Millis::ZERO, asked_since: None, frozen: false });
        rule(by_hook, "a stop has a reason")
    }

    fn forward_rule(&mut self, world: &mut World, signal: Signal, actions: &[Action]) -> Result<(), Broken> {
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

    fn held_rule(&mut self, world: &mut World, after: &[Action]) -> Result<(), Broken> {
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

    fn spawn_rules(&mut self, world: &mut World, process: Process) -> Result<(), Broken> {
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
                    }
                }
            }
        }
        Ok(())
    }

    fn hooks_done(&self, world: &World, point: HookPoint) -> bool {
        self.config.hooks_at(point).all(|(id, _)| match world.hooks[id.0] {
            Life::Unborn => false,
            Life::Alive { killed, .. } => killed,
            Life::Gone { .. } => true,
        })
    }

    /// Every step of a stop has its own time, as long as the steps before it kept to theirs.
    fn time_rules(&mut self, world: &mut World, actions: &[Action]) -> Result<(), Broken> {
        let (Some(own), Some(stop)) = (self.config.service.stop_timeout, world.stop) else { return Ok(()) };
        let machine = self.machine(world);
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
                Action::Signal(Target::Leftovers, signal) if signal != Signal::KILL => {
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
    fn must_abort(&self, world: &World, point: HookPoint) -> bool {
        self.config.hooks_at(point).any(|(id, hook)| {
            hook.on_failure == OnFailure::Abort
                && match world.hooks[id.0] {
                    Life::Unborn => false,
                    Life::Alive { killed, .. } => killed,
                    Life::Gone { failed } => failed,
                }
        })
    }

    fn hook_gone(&self, id: HookId, outcome: Outcome) -> Life {
        Life::Gone { failed: self.config.hooks[id.0].on_failure == OnFailure::Abort && !outcome.is_success() }
    }

    fn signal(&mut self, world: &mut World, target: Target, signal: Signal) -> Result<(), Broken> {
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
                } else {
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
                } else {
                    rule(signal == stop_signal && !world.leftovers_asked, "leftovers get the stop signal once")?;
                    world.leftovers_asked = true;
                    everybody.for_each(Life::ask);
                }
            }
        }
        Ok(())
    }

    fn exit_rules(&mut self, world: &World, code: u8) -> Result<(), Broken> {
        self.seen.insert(format!("exit {code}"));
        rule(self.hooks_done(world, HookPoint::PostStop), "the post-stop hooks have run")?;
        rule(world.leftovers_asked, "leftovers were asked")?;
        let right = match (world.main, world.outcome) {
            (_, Some(outcome)) => outcome.code(),
            (Life::Alive { .. }, None) => 137,
            (_, None) => world.stop.and_then(|stop| stop.by).map_or(125, exit_code::of_signal),
        };
        // A pre-start hook that failed before anybody asked for a stop decides, whatever is asked later.
        let aborted = world.state.main == Main::NotStarted { aborted: true };
        if code == right || (aborted && code == 125) { Ok(()) } else { Err(format!("exit {code}, not {right}")) }
    }

    fn state_rules(&mut self, world: &mut World) -> Result<(), Broken> {
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

/// Time passes. Times are kept relative to now, so that equal situations are equal values.
fn pass(world: &mut World, time: Millis) {
    let State { hook, until, stop, .. } = &mut world.state;
    let hook = hook.as_mut().and_then(|hook| hook.until.as_mut());
    let end = stop.as_mut().map(|stop| &mut stop.end);
    for at in [hook, until.as_mut(), end].into_iter().flatten() {
        *at = at.minus(time);
    }
    if let Some(stop) = &mut world.stop {
        for since in [Some(&mut stop.elapsed), stop.asked_since.as_mut()].into_iter().flatten() {
            *since = since.plus(time).min(Millis(60_000));
        }
    }
}

fn rule(holds: bool, name: &str) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(name.to_string()) }
}

fn cannot_end(worlds: &[World], backwards: &[Vec<usize>]) -> Option<usize> {
    let mut ends: Vec<bool> = worlds.iter().map(|world| world.exited).collect();
    let mut queue: Vec<usize> = (0..worlds.len()).filter(|at| ends[*at]).collect();
    while let Some(at) = queue.pop() {
        for from in &backwards[at] {
            if !core::mem::replace(&mut ends[*from], true) {
                queue.push(*from);
            }
        }
    }
    ends.iter().position(|ends| !ends)
}

fn trace(came_from: &[Option<(usize, Move)>], mut at: usize, last: Move, broken: &str) -> String {
    let mut moves = vec![last];
    while let Some((from, step)) = came_from[at] {
        moves.push(step);
        at = from;
    }
    let mut text = format!("broken: {broken}\n");
    for (number, Move { step, no_process }) in moves.iter().rev().enumerate() {
        let refused = if *no_process { " (no new process)" } else { "" };
        writeln!(text, "{number:3}. {step:?}{refused}").expect("a String takes everything");
    }
    text
}

fn hook(point: HookPoint, timeout: Option<u64>, on_failure: OnFailure) -> Hook {
    Hook { point, command: vec!["hook".into()], timeout: timeout.map(Millis), on_failure }
}

/// HUP is forwarded, USR1 rewritten, QUIT dropped, TERM and INT ask for a stop.
fn config(hooks: Vec<Hook>) -> Config {
    let mut config = Config::plain();
    config.hooks = hooks;
    config.leftover_timeout = Millis(200);
    config.service.stop_timeout = Some(Millis(300));
    config.service.stop_signal = INT;
    config.signals.extend([(INT, SignalRule::Stop), (QUIT, SignalRule::Drop), (USR1, SignalRule::Forward(USR2))]);
    config.grace_period = config.budget().total();
    config
}

/// `at_start`: what follows when a hook at a start fails.
fn every_hook(at_start: OnFailure) -> Vec<Hook> {
    vec![
        hook(HookPoint::PreStart, Some(100), OnFailure::Continue),
        hook(HookPoint::PreStart, Some(200), at_start),
        hook(HookPoint::PostStart, Some(200), at_start),
        hook(HookPoint::PreStop, Some(200), OnFailure::Continue),
        hook(HookPoint::PreStop, Some(100), OnFailure::Continue),
        hook(HookPoint::PostStop, Some(200), OnFailure::Continue),
        hook(HookPoint::PostStop, Some(100), OnFailure::Continue),
    ]
}

/// Explores, and returns what was seen.
fn explore(config: &Config, nature: Nature) -> BTreeSet<String> {
    let mut checker = Checker { config, nature, seen: BTreeSet::new() };
    match checker.run() {
        Ok(states) => std::println!("{nature:?}, {} hooks: {states} states", config.hooks.len()),
        Err(broken) => panic!("{broken}"),
    }
    checker.seen
}

fn assert_seen(seen: &BTreeSet<String>, expected: &[&str]) {
    for what in expected {
        assert!(seen.contains(*what), "never seen: {what}\nseen: {seen:#?}");
    }
}

#[test]
fn friendly_children() {
    let seen = explore(&config(every_hook(OnFailure::Abort)), Nature::Friendly);
    assert_seen(
        &seen,
        &[
            "exit 0",
            "exit 3",
            "exit 125",
            "exit 127",
            "exit 130",
            "exit 137",
            "exit 143",
            "forwarded SIGHUP",
            "forwarded SIGUSR2",
            "held signals delivered",
            "asked again",
            "pre-start hook",
            "post-start hook",
            "pre-stop hook",
            "post-stop hook",
            "phase Ended",
        ],
    );
}

#[test]
fn stubborn_children() {
    let seen = explore(&config(every_hook(OnFailure::Continue)), Nature::Stubborn);
    assert_seen(
        &seen,
        &["exit 137", "note FinalSignal", "note LeftoversKilled", "note HookTimedOut(HookId(1))", "phase Ended"],
    );
}

#[test]
fn undead_children() {
    let seen = explore(&config(every_hook(OnFailure::Continue)), Nature::Undead);
    assert_seen(&seen, &["exit 137", "note Unkillable(Main)", "note Unkillable(Leftovers)", "phase Ended"]);
}

#[test]
fn without_hooks() {
    for nature in [Nature::Friendly, Nature::Stubborn, Nature::Undead] {
        let seen = explore(&config(vec![]), nature);
        assert_seen(&seen, &["phase Running", "phase Ended"]);
    }
}

#[test]
fn a_hook_without_a_timeout() {
    for point in [HookPoint::PreStart, HookPoint::PostStart] {
        let config = config(vec![hook(point, None, OnFailure::Continue)]);
        let seen = explore(&config, Nature::Friendly);
        assert_seen(&seen, &["exit 0", "phase Running", "phase Ended"]);
        let seen = explore(&config, Nature::Stubborn);
        assert_seen(&seen, &["phase Ended"]);
        assert_eq!(seen.contains("note HookTimedOut(HookId(0))"), point == HookPoint::PreStart, "a stop hurries it");
    }
}

#[test]
fn without_a_config() {
    let seen = explore(&Config::plain(), Nature::Friendly);
    assert_seen(&seen, &["exit 0", "exit 137", "forwarded SIGHUP", "forwarded SIGUSR1", "phase LeftoversKilled"]);
    let seen = explore(&Config::plain(), Nature::Stubborn);
    assert!(!seen.contains("note FinalSignal"), "without a config nobody knows how long the platform waits");
}
