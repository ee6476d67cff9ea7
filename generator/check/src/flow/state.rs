//! What is known at a place in a script: what has happened on the paths that lead there.

use std::collections::BTreeSet;

use super::work::Work;
use crate::script::syntax::{Span, Word};

/// What may have happened before.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Commands in the foreground that nothing of weight has followed, by number.
    pub last: BTreeSet<usize>,
    /// What was started beside the script, by number.
    pub jobs: BTreeSet<usize>,
    /// Whether a job has been told something, so that it is looked after.
    pub is_told: bool,
    /// What a stop signal does to the shell.
    pub trap: Trap,
    /// How often a job is waited for, and where first.
    pub waits: (u32, Option<Span>),
    /// Whether the last thing was to wait.
    pub has_just_waited: bool,
    /// Where something goes on for ever, for nothing.
    pub keeps_alive: Option<Span>,
    /// What was started by something that ends at once, and where.
    pub left: Option<(&'static str, Span)>,
    /// The file that was sourced, which may have defined anything.
    pub sourced: Option<String>,
    pub args: Args,
    /// Where an `exec "$@"` had nothing to execute.
    pub executed_nothing: Option<Span>,
}

/// What a stop signal does.
#[derive(Clone, Debug, Default)]
pub struct Trap {
    /// Traps that are set for it, by number.
    pub set: BTreeSet<usize>,
}

/// Whether the script has arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Args {
    /// Those that it was started with, if any.
    #[default]
    Unknown,
    /// Those that it was started with; there are some.
    Given,
    /// None.
    Empty,
    /// Those that it has set itself.
    Own,
}

/// A command that may be what the container is for.
#[derive(Debug)]
pub struct Candidate {
    pub words: Vec<Word>,
    pub span: Span,
    pub place: Position,
    pub work: Work,
    /// Whether there is an `exec` before it.
    pub has_exec: bool,
    /// Whether the shell may execute it in its own place.
    pub is_last: bool,
    /// Why nobody knows what it is.
    pub unknown: Option<String>,
}

/// Where a command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    Foreground,
    Pipeline,
    Subshell,
    Background,
}

/// A trap for a stop signal.
#[derive(Debug)]
pub struct Action {
    pub span: Span,
    /// Whether it tells anybody.
    pub forwards: bool,
    /// Whether it waits until they are gone.
    pub waits: bool,
    /// Whether it ends the shell, and how.
    pub exit: Option<Exit>,
    /// Whether it tells the shell too.
    pub signals_itself: bool,
}

/// How a trap ends the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// With a code.
    Code,
    /// Without one: most shells take that of the command that the trap has interrupted.
    Plain,
}

/// How a path through the script ends.
#[derive(Debug)]
pub struct End {
    pub state: State,
    pub how: How,
}

#[derive(Debug, PartialEq, Eq)]
pub enum How {
    /// There is nothing more.
    Over,
    /// `exit`, and not for a failure.
    Exit,
    /// It executes a program, if its name is known.
    Exec(String),
}

impl State {
    /// What it costs to carry it on, in steps: paths that meet again and again make it grow.
    pub fn weight(&self) -> u32 {
        let numbers = self.last.len() + self.jobs.len() + self.trap.set.len();
        u32::try_from(numbers / 64).unwrap_or(u32::MAX)
    }

    /// What is known where two paths meet.
    pub fn or(mut self, other: Self) -> Self {
        self.last.extend(other.last);
        self.jobs.extend(other.jobs);
        self.trap.set.extend(other.trap.set);
        self.has_just_waited &= other.has_just_waited;
        self.is_told |= other.is_told;
        if other.waits.0 > self.waits.0 {
            self.waits = other.waits;
        }
        self.keeps_alive = self.keeps_alive.or(other.keeps_alive);
        self.left = self.left.or(other.left);
        self.sourced = self.sourced.or(other.sourced);
        self.executed_nothing = self.executed_nothing.or(other.executed_nothing);
        if self.args != other.args {
            self.args = Args::Unknown;
        }
        self
    }
}

/// Where paths meet, some of which may end before.
pub fn either(one: Option<State>, other: Option<State>) -> Option<State> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.or(other)),
        (one, other) => one.or(other),
    }
}
