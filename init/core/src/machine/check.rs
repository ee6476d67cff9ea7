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

mod kernel;
mod rules;
mod world;

use rules::rule;
use world::{BORN, GONE, Life, StopSeen, World, pass};

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

/// Longer than a [`Step::Freeze`]: nothing is left but what is owed to the post-stop hooks.
#[test]
fn after_a_long_freeze_leftovers_have_no_time() {
    let config = config(every_hook(OnFailure::Continue));
    let mut machine = Machine::new(&config);
    machine.state.phase = Phase::Stopping;
    machine.state.main = Main::Alive;
    machine.begin_stop(Millis::ZERO, Cause::Asked(TERM));
    let late = config.grace_period;
    machine.handle(late, Event::Exited(Process::Main, Outcome::Exited(0)), &mut vec![]);
    assert_eq!(machine.state.phase, Phase::Leftovers);
    assert!(machine.deadline().is_some_and(|deadline| deadline < late));
}

#[test]
fn a_stop_gives_a_pre_start_hook_no_more_time_than_it_had() {
    for (own, until) in [(Some(100), Millis(100)), (Some(60_000), Millis(300)), (None, Millis(300))] {
        let config = config(vec![hook(HookPoint::PreStart, own, OnFailure::Continue)]);
        let mut machine = Machine::new(&config);
        machine.start(Millis::ZERO, &mut vec![]);
        assert_eq!(machine.deadline(), own.map(Millis));
        machine.handle(Millis::ZERO, Event::Signal(TERM), &mut vec![]);
        assert_eq!(machine.deadline(), Some(until), "{own:?}");
    }
}
