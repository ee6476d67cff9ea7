//! What is in a part of a script that runs in a process of its own, or in a trap.

use super::becoming;
use super::state::Exit;
use super::walk::Functions;
use super::work::{self, Work};
use crate::pid1::Sh;
use crate::script::read::{Place, read};
use crate::script::syntax::{Command, List, Simple, Span, Word};

/// A command that is found somewhere.
#[derive(Debug)]
pub struct Found {
    pub words: Vec<Word>,
    pub span: Span,
    pub work: Work,
    pub has_exec: bool,
}

impl Found {
    /// Which of two in a row is more likely what it is all for.
    pub fn better(self, other: Self) -> Self {
        let of = |found: &Self| (found.has_exec && found.work != Work::Short, found.work);
        if of(&other) >= of(&self) { other } else { self }
    }
}

/// The command in it that is most likely what it is for.
pub fn inspect(command: &Command, functions: &Functions, sh: Sh) -> Option<Found> {
    let mut best = None;
    look(command, functions, sh, 0, &mut best);
    best
}

fn look(command: &Command, functions: &Functions, sh: Sh, depth: u32, best: &mut Option<Found>) {
    let mut see = |simple: &Simple| {
        if let Some(found) = found(simple, functions, sh, depth) {
            *best = Some(match best.take() {
                Some(other) => other.better(found),
                None => found,
            });
        }
        false
    };
    command.any(&mut see);
}

fn found(simple: &Simple, functions: &Functions, sh: Sh, depth: u32) -> Option<Found> {
    let words = becoming::plain(&simple.words);
    let (first, args) = words.split_first()?;
    if let Some(body) = functions.get(first.known()).filter(|_| depth < 4) {
        let mut best = None;
        look(body, functions, sh, depth + 1, &mut best);
        return best.map(|found| Found { span: simple.span.clone(), ..found });
    }
    let has_exec = first.known() == "exec";
    let words = if has_exec { becoming::after_options_of_exec(args) } else { words };
    if is_builtin(words) {
        return None;
    }
    let work = if work::keeps_alive(words) { Work::Short } else { work::of(words, sh) };
    Some(Found { words: words.to_vec(), span: simple.span.clone(), work, has_exec })
}

fn is_builtin(words: &[Word]) -> bool {
    let Some(first) = words.first() else { return true };
    matches!(first.known(), "." | "source" | "eval" | "return" | "exit" | "set" | "unset" | "export" | "trap")
}

/// Whether a trap's action tells anybody, and whether it waits until they are gone.
pub fn trap_action(text: &str, functions: &Functions, depth: u32) -> (bool, bool) {
    match read(text, &Place::Within(0..0)) {
        Ok(list) => action(&list, functions, depth),
        // What is not understood may do anything.
        Err(_) => (true, true),
    }
}

fn action(list: &List, functions: &Functions, depth: u32) -> (bool, bool) {
    let (mut forwards, mut waits) = (false, false);
    list.any(&mut |simple| {
        let (tells, stays) = step(simple, functions, depth);
        // What is waited for before anybody is told is another thing.
        waits |= stays && (forwards || tells);
        forwards |= tells;
        false
    });
    (forwards, waits)
}

fn step(simple: &Simple, functions: &Functions, depth: u32) -> (bool, bool) {
    let words = becoming::plain(&simple.words);
    let Some((first, args)) = words.split_first() else { return (false, false) };
    match first.known() {
        "kill" | "pkill" | "killall" => {
            let says = |wanted: &[&str]| args.iter().any(|word| wanted.contains(&word.known()));
            (!says(&["-0", "-9", "-KILL", "-SIGKILL", "KILL", "SIGKILL", "9"]), false)
        }
        "wait" => (false, true),
        name => {
            let Some(body) = functions.get(name).filter(|_| depth < 6) else { return other(words) };
            let (mut forwards, mut waits) = (false, false);
            body.any(&mut |simple| {
                let (tells, stays) = step(simple, functions, depth + 1);
                waits |= stays;
                forwards |= tells;
                false
            });
            (forwards, waits)
        }
    }
}

/// Some other program may be asked to stop things, and mostly waits: `redis-cli shutdown`, `apachectl stop`.
fn other(words: &[Word]) -> (bool, bool) {
    let stops = words.iter().skip(1).any(|word| {
        matches!(word.known(), "stop" | "shutdown" | "quit" | "graceful-stop" | "-s" | "terminate" | "--stop")
    });
    let may_stop = stops || work::of(words, Sh::Unknown) != Work::Short;
    (may_stop, may_stop)
}

/// How a trap's action ends the shell, if it does.
pub fn trap_exit(text: &str, functions: &Functions) -> Option<Exit> {
    let list = read(text, &Place::Within(0..0)).ok()?;
    let mut exit = None;
    let mut see = |simple: &Simple| {
        if simple.words.first().is_some_and(|word| word.known() == "exit") {
            exit = exit.or(Some(if simple.words.len() == 1 { Exit::Plain } else { Exit::Code }));
        }
        false
    };
    list.any(&mut |simple| match simple.words.first().and_then(|word| functions.get(word.known())) {
        Some(body) => body.any(&mut see),
        None => see(simple),
    });
    exit
}

/// Whether a trap's action sends a signal to the shell too, which then runs the trap, again and again.
pub fn signals_itself(text: &str, functions: &Functions) -> bool {
    let Ok(list) = read(text, &Place::Within(0..0)) else { return false };
    let (mut has_reset, mut is_so) = (false, false);
    let mut see = |simple: &Simple| {
        let first = simple.words.first().map(Word::known).unwrap_or_default();
        has_reset |= first == "trap";
        is_so |= first == "kill"
            && !has_reset
            && simple.words.last().is_some_and(|last| matches!(last.raw.as_str(), "0" | "-$$"));
        false
    };
    list.any(&mut |simple| match simple.words.first().and_then(|word| functions.get(word.known())) {
        Some(body) => body.any(&mut see),
        None => see(simple),
    });
    is_so
}
