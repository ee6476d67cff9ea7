//! An exhaustive check: every order in which a small kernel can answer the machine, breadth first, so that the trace of
//! a broken rule is a shortest one.
//!
//! Four kinds of rule: **safety** holds in every step; **can end**: from every state some way leads to the end; **must
//! end**: from the begin of a stop, never later than the grace period, whatever the children do; **is seen**: what is
//! meant to happen does happen somewhere, since a machine that does nothing breaks no other rule.
//!
//! The rules do not look at the machine's state, its phase excepted. They compare its orders with what somebody outside
//! would expect, who knows the config, the events and the time: `world.rs` is what is known, `foresight.rs` what an event
//! means, `orders.rs` and `stop_rules.rs` which orders are right, `times.rs` when, `rules.rs` what must hold afterwards.
//! `kernel.rs` is whoever carries the orders out.

use alloc::{
    collections::{BTreeSet, VecDeque},
    format,
    rc::Rc,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use core::{
    fmt::Write as _,
    hash::{BuildHasherDefault, Hasher},
};
use std::collections::{HashMap, HashSet};

mod configs;
mod foresight;
mod kernel;
mod one_plugin;
mod one_service;
mod orders;
mod plugins;
mod rules;
mod several_services;
mod stop_rules;
mod times;
mod world;

use configs::Case;
use plugins::{AskedSeen, HostSeen, LaterSeen};
use rules::rule;
use world::{BORN, Began, Child, Current, Left, PostStart, ReadySeen, ServiceSeen, StopSeen, Told, World};

use super::{
    services::{Life, Probe, ServiceState},
    *,
};
use crate::{Failure, Source, config::*};

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

use Nature::{Friendly, Stubborn, Undead};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Begin,
    Event(Event),
    /// Somebody sends the init a signal.
    Send(Signal, Source),
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

/// What happened somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Seen {
    Exit(u8),
    Forward(ServiceId, Signal),
    Note(Note),
    Start(Process),
    /// A signal waited in the kernel's queue and was then taken.
    Queued(Signal),
    /// A service was asked to stop, after half of its time or because it was ready.
    Held(ServiceId),
    AskedAgain(ServiceId),
    LeftoversAsked(Signal),
    Call(HookId),
    Later(ServiceId, Signal),
}

struct Checker<'c> {
    case: &'c Case,
    config: &'c Config,
    nature: Nature,
    seen: HashSet<Seen>,
}

type Broken = String;

/// Everything that can happen, as far as it is known.
#[derive(Default)]
struct Graph {
    worlds: Vec<Rc<World>>,
    known: HashMap<Rc<World>, usize, BuildHasherDefault<Quick>>,
    came_from: Vec<Option<(usize, Move)>>,
    backwards: Vec<Vec<usize>>,
    queue: VecDeque<usize>,
}

/// Nobody chooses our states so that they collide.
#[derive(Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(u64::from(number));
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}

impl Graph {
    fn add(&mut self, world: World, from: Option<(usize, Move)>) {
        let at = if let Some(at) = self.known.get(&world) {
            *at
        } else {
            let at = self.worlds.len();
            let world = Rc::new(world);
            self.worlds.push(Rc::clone(&world));
            self.known.insert(world, at);
            self.came_from.push(from);
            self.backwards.push(vec![]);
            self.queue.push_back(at);
            at
        };
        if let Some((from, _)) = from {
            self.backwards[at].push(from);
        }
    }

    /// A state from which there is no way to the end.
    fn cannot_end(&self) -> Option<usize> {
        let mut ends: Vec<bool> = self.worlds.iter().map(|world| world.exited).collect();
        let mut queue: Vec<usize> = (0..ends.len()).filter(|at| ends[*at]).collect();
        while let Some(at) = queue.pop() {
            for from in &self.backwards[at] {
                if !core::mem::replace(&mut ends[*from], true) {
                    queue.push(*from);
                }
            }
        }
        ends.iter().position(|ends| !ends)
    }

    fn trace(&self, mut at: usize, last: Option<Move>, broken: &str) -> String {
        let mut moves: Vec<Move> = last.into_iter().collect();
        while let Some((from, step)) = self.came_from[at] {
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
}

impl Checker<'_> {
    /// Explores everything; the number of states and of moves between them, or a shortest trace to a broken rule.
    fn run(&mut self) -> Result<(usize, usize), String> {
        let mut graph = Graph::default();
        let mut moves = 0_usize;
        graph.add(World::new(self.config), None);
        while let Some(at) = graph.queue.pop_front() {
            let world = Rc::clone(&graph.worlds[at]);
            for step in self.steps(&world, at == 0) {
                for no_process in [false, true] {
                    let next = Move { step, no_process };
                    let mut world = World::clone(&world);
                    let spawned = match self.apply(&mut world, next) {
                        Ok(spawned) => spawned,
                        Err(broken) => return Err(graph.trace(at, Some(next), &broken)),
                    };
                    graph.add(world, Some((at, next)));
                    moves = moves.saturating_add(1);
                    // What starts nobody is the same when nobody can be started.
                    if !spawned {
                        break;
                    }
                }
            }
        }
        match graph.cannot_end() {
            Some(stuck) if self.nature == Friendly => Err(graph.trace(stuck, None, "from here it cannot end")),
            Some(_) | None => Ok((graph.worlds.len(), moves)),
        }
    }
}

/// Explores, and returns what was seen.
fn explore(case: &Case, nature: Nature) -> HashSet<Seen> {
    assert_eq!(case.config.problems(), Vec::<String>::new());
    let mut checker = Checker { case, config: &case.config, nature, seen: HashSet::new() };
    let begin = std::time::Instant::now();
    match checker.run() {
        Ok((states, moves)) => {
            let name = std::thread::current().name().unwrap_or_default().to_string();
            std::println!("{name}, {nature:?}: {states} states, {moves} moves, {:?}", begin.elapsed());
        }
        Err(broken) => panic!("{nature:?}: {broken}"),
    }
    checker.seen
}

fn assert_seen(seen: &HashSet<Seen>, expected: &[Seen]) {
    for what in expected {
        assert!(seen.contains(what), "never seen: {what:?}\nseen: {seen:?}");
    }
}
