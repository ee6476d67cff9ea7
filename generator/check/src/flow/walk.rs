//! Walks every path through a script.

use std::collections::BTreeMap;

use super::becoming;
use super::inspect::{Found, inspect, signals_itself, trap_action, trap_exit};
use super::shapes::{asks_for_arguments, is_always_true, is_exit, is_of_variables, polls};
use super::state::{Action, Args, Candidate, End, How, Position, State, either};
use super::work::{self, Work};
use super::{Check, Mode};
use crate::launchers::{Effect, launch};
use crate::pid1::Sh;
use crate::rules::unreachable_after_exec;
use crate::script::read::{Place, read};
use crate::script::syntax::{Command, Item, Joint, List, Pipeline, Simple, Span, Word};

/// How deep functions may call each other.
const CALLS: u32 = 12;
/// How many commands are looked at, all in all.
const STEPS: u32 = 50_000;

/// Functions, by name.
pub type Functions<'s> = BTreeMap<&'s str, &'s Command>;

/// A walk through one script.
pub struct Walk<'s, 'c, 'd> {
    pub check: &'c mut Check<'d>,
    pub mode: Mode,
    pub functions: Functions<'s>,
    pub candidates: Vec<Candidate>,
    pub actions: Vec<Action>,
    pub ends: Vec<End>,
    /// Where the innermost loops are left, and the innermost functions.
    breaks: Vec<Option<State>>,
    returns: Vec<Option<State>>,
    steps: u32,
    /// Whether the path ended in an `exec` just now.
    has_executed: bool,
}

/// Every function that is defined anywhere in a script.
pub fn functions<'s>(list: &'s List, found: &mut Functions<'s>) {
    for command in list.commands() {
        defined(command, found);
    }
}

fn defined<'s>(command: &'s Command, found: &mut Functions<'s>) {
    match command {
        Command::Function { name, body } => {
            found.insert(name, body);
            defined(body, found);
        }
        Command::Group(list) | Command::For { body: list } => functions(list, found),
        Command::If { arms, otherwise } => {
            for (_, body) in arms {
                functions(body, found);
            }
            if let Some(body) = otherwise {
                functions(body, found);
            }
        }
        Command::Loop { body, .. } => functions(body, found),
        Command::Case { arms, .. } => arms.iter().for_each(|arm| functions(&arm.body, found)),
        Command::Simple(_) | Command::Subshell(_) | Command::Test(_) | Command::Coprocess(_) => {}
    }
}

impl<'s, 'c, 'd> Walk<'s, 'c, 'd> {
    pub fn new(check: &'c mut Check<'d>, mode: Mode, functions: Functions<'s>) -> Self {
        Self {
            check,
            mode,
            functions,
            candidates: Vec::new(),
            actions: Vec::new(),
            ends: Vec::new(),
            breaks: Vec::new(),
            returns: Vec::new(),
            steps: 0,
            has_executed: false,
        }
    }

    /// Walks through a whole script.
    pub fn run(&mut self, list: &List, state: State) {
        if let Some(state) = self.list(list, state, true) {
            self.ends.push(End { state, how: How::Over });
        }
    }

    /// Whether all was walked.
    pub fn is_complete(&self) -> bool {
        self.steps < STEPS
    }

    fn sh(&self) -> Sh {
        self.check.surroundings.sh
    }

    fn list(&mut self, list: &List, mut state: State, is_tail: bool) -> Option<State> {
        for (at, item) in list.0.iter().enumerate() {
            let is_last = at + 1 == list.0.len();
            self.has_executed = false;
            let Some(next) = self.item(item, state, is_tail && is_last) else {
                if std::mem::take(&mut self.has_executed)
                    && let Some(dead) = list.0.get(at + 1)
                    && !is_exit(dead)
                {
                    self.check.find(unreachable_after_exec::find(&dead.span()));
                }
                return None;
            };
            state = next;
        }
        Some(state)
    }

    fn item(&mut self, item: &Item, state: State, is_tail: bool) -> Option<State> {
        if item.is_background {
            return Some(self.background(item, state));
        }
        let mut before = self.pipeline(&item.first, state, is_tail && item.rest.is_empty());
        for (at, (joint, pipeline)) in item.rest.iter().enumerate() {
            let Some(state) = before else {
                if std::mem::take(&mut self.has_executed) {
                    self.check.find(unreachable_after_exec::find(&pipeline.span()));
                }
                return None;
            };
            let after = self.pipeline(pipeline, state.clone(), is_tail && at + 1 == item.rest.len());
            self.has_executed = false;
            before = Some(match (joint, after) {
                (_, None) => state,
                // Where the second is not run, the first one has failed.
                (Joint::And, Some(after)) => {
                    let mut merged = after.clone().or(state);
                    if !after.last.is_empty() {
                        merged.last = after.last;
                    }
                    merged
                }
                (Joint::Or, Some(after)) => state.or(after),
            });
        }
        before
    }

    fn pipeline(&mut self, pipeline: &Pipeline, state: State, is_tail: bool) -> Option<State> {
        match pipeline.commands.as_slice() {
            [command] => self.command(command, state, is_tail && !pipeline.is_negated),
            commands => {
                let found = commands.iter().filter_map(|command| inspect(command, &self.functions, self.sh()));
                let found = found.reduce(Found::better);
                Some(self.foreground(found, Position::Pipeline, state))
            }
        }
    }

    /// Notes what runs in a process of its own while the shell waits.
    fn foreground(&mut self, found: Option<Found>, place: Position, mut state: State) -> State {
        if let Some(found) = found.filter(|found| found.work != Work::Short) {
            state.last = [self.candidate(found, place, false)].into();
            state.keeps_alive = None;
        }
        state
    }

    fn candidate(&mut self, found: Found, place: Position, is_last: bool) -> usize {
        let Found { words, span, work, has_exec } = found;
        self.candidates.push(Candidate { words, span, place, work, has_exec, is_last, unknown: None });
        self.candidates.len() - 1
    }

    fn background(&mut self, item: &Item, mut state: State) -> State {
        let sh = self.sh();
        let commands = item.pipelines().flat_map(|pipeline| &pipeline.commands);
        let found = commands.filter_map(|command| inspect(command, &self.functions, sh)).reduce(Found::better);
        if let Some(found) = found.filter(|found| found.work != Work::Short) {
            let job = self.candidate(found, Position::Background, false);
            state.jobs.insert(job);
            state.last.clear();
            state.waits = (0, None);
        }
        state
    }

    fn command(&mut self, command: &Command, state: State, is_tail: bool) -> Option<State> {
        self.steps = self.steps.saturating_add(1).saturating_add(state.weight());
        if !self.is_complete() {
            return Some(state);
        }
        let is_tail_inside = is_tail && self.mode.shell() == Some(Sh::Busybox);
        match command {
            Command::Simple(simple) => self.simple(simple, state, is_tail),
            Command::Group(list) => self.list(list, state, is_tail_inside),
            Command::Subshell(list) => {
                let found = list.commands().filter_map(|command| inspect(command, &self.functions, self.sh()));
                let found = found.reduce(Found::better);
                Some(self.foreground(found, Position::Subshell, state))
            }
            Command::If { arms, otherwise } => {
                let mut rest = Some(state);
                let mut merged = None;
                for (condition, body) in arms {
                    let Some(state) = rest else { break };
                    let after = self.list(condition, state, false);
                    let known =
                        |state: State| if asks_for_arguments(condition) { forget_arguments(state) } else { state };
                    rest = after.map(known);
                    if let Some(state) = rest.clone() {
                        let end = self.list(body, state, is_tail_inside);
                        merged = either(merged, end);
                    }
                }
                let rest = match (rest, otherwise) {
                    (Some(state), Some(body)) => self.list(body, state, is_tail_inside),
                    (rest, _) => rest,
                };
                either(merged, rest)
            }
            Command::Loop { condition, body } => self.repeat(condition, body, state),
            Command::For { body } => {
                self.breaks.push(None);
                let once = self.list(body, state.clone(), false);
                let left = self.breaks.pop().flatten();
                either(Some(state), either(once, left))
            }
            Command::Case { word, arms } => {
                let state = if word.raw.contains(['1', '@', '#', '*']) { forget_arguments(state) } else { state };
                let takes_all = arms.iter().any(|arm| arm.patterns.iter().any(|pattern| pattern.raw == "*"));
                let mut merged = if takes_all { None } else { Some(state.clone()) };
                let mut falling = None;
                for arm in arms {
                    let begin = either(Some(state.clone()), falling.take());
                    let end = begin.and_then(|begin| self.list(&arm.body, begin, is_tail_inside));
                    if arm.falls_through { falling = end } else { merged = either(merged, end) }
                }
                either(merged, falling)
            }
            Command::Function { .. } => Some(state),
            Command::Test(_) => Some(state),
            Command::Coprocess(command) => {
                let mut state = state;
                let found = inspect(command, &self.functions, self.sh());
                if let Some(found) = found.filter(|found| found.work != Work::Short) {
                    let job = self.candidate(found, Position::Background, false);
                    state.jobs.insert(job);
                }
                Some(state)
            }
        }
    }

    fn repeat(&mut self, condition: &List, body: &List, state: State) -> Option<State> {
        let is_endless = is_always_true(condition);
        let mut state = self.list(condition, state, false)?;
        if polls(condition) {
            state.waits = (2, state.waits.1.or_else(|| condition.span()));
        }
        let before = state.waits.0;
        self.breaks.push(None);
        let entered = if is_endless { State { last: [].into(), ..state.clone() } } else { state.clone() };
        let once = self.list(body, entered, false).map(|mut once| {
            if once.waits.0 > before {
                once.waits.0 += 1;
            }
            once
        });
        let left = self.breaks.pop().flatten();
        if !is_endless {
            return either(either(Some(state), once), left);
        }
        // A loop that is left when something is there is not what goes on for ever.
        if let Some(mut state) = once.filter(|once| left.is_none() || !once.last.is_empty()) {
            if state.last.is_empty() && state.waits.0 == 0 && state.keeps_alive.is_none() {
                state.keeps_alive = body.span().filter(|_| state.trap.set.is_empty());
            }
            self.ends.push(End { state, how: How::Over });
        }
        left
    }

    fn simple(&mut self, simple: &Simple, mut state: State, is_tail: bool) -> Option<State> {
        for list in &simple.substitutions {
            let found = list.commands().filter_map(|command| inspect(command, &self.functions, self.sh()));
            if let Some(found) = found.filter(|found| found.has_exec).reduce(Found::better) {
                state = self.foreground(Some(found), Position::Subshell, state);
            }
        }
        let words = becoming::plain(&simple.words);
        let Some((first, args)) = words.split_first() else {
            state.has_just_waited = false;
            return Some(state);
        };
        // `exit` and `exit $?` end with what was before.
        state.has_just_waited &= first.known() == "exit" && args.iter().all(|code| code.unquoted() == "$?");
        match first.known() {
            "exec" => return self.exec(args, &simple.span, state),
            "exit" => {
                let is_failure =
                    args.first().is_some_and(|code| code.literal.as_deref().is_some_and(|code| code != "0"));
                if !is_failure {
                    self.ends.push(End { state, how: How::Exit });
                }
                return None;
            }
            "return" => {
                match self.returns.last_mut() {
                    Some(left) => *left = either(left.take(), Some(state)),
                    None => self.ends.push(End { state, how: How::Exit }),
                }
                return None;
            }
            "break" => {
                if let Some(left) = self.breaks.last_mut() {
                    *left = either(left.take(), Some(state));
                    return None;
                }
            }
            "trap" => self.trap(args, &simple.span, &mut state),
            "wait" => {
                state.waits = (state.waits.0 + 1, state.waits.1.or_else(|| Some(simple.span.clone())));
                state.last.clear();
                state.has_just_waited = true;
            }
            "kill" | "pkill" | "killall" => state.is_told = true,
            "set" => {
                let own = args.iter().position(|word| word.known() == "--" || !word.known().starts_with(['-', '+']));
                if own.is_some() {
                    state.args = Args::Own;
                }
            }
            "shift" => state = forget_arguments(state),
            "eval" => return self.eval(args, &simple.span, state, is_tail),
            "." | "source" => {
                let file = args.first().map(Word::unquoted).unwrap_or_default();
                if !is_of_variables(&file) {
                    state.sourced = Some(file);
                }
            }
            name => {
                if let Some(body) = self.functions.get(name).copied() {
                    return self.call(body, state);
                }
                return Some(self.external(words, &simple.span, state, is_tail));
            }
        }
        Some(state)
    }

    fn call(&mut self, body: &Command, state: State) -> Option<State> {
        if u32::try_from(self.returns.len()).unwrap_or(CALLS) >= CALLS {
            return Some(state);
        }
        // Its arguments are its own.
        let args = state.args;
        self.returns.push(None);
        let breaks = std::mem::take(&mut self.breaks);
        let end = self.command(body, State { args: Args::Own, ..state }, false);
        self.breaks = breaks;
        let left = self.returns.pop().flatten();
        either(end, left).map(|state| State { args, ..state })
    }

    fn external(&mut self, words: &[Word], span: &Span, mut state: State, is_tail: bool) -> State {
        if work::keeps_alive(words) {
            state.keeps_alive = Some(span.clone());
            return state;
        }
        if let Some(launch) = launch(words, self.sh()).filter(|launch| launch.effect == Effect::Leaves) {
            let says = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.known()));
            if says(&["start", "restart"]) {
                state.left = Some((launch.name, span.clone()));
            } else if says(&["stop"]) {
                state.left = None;
            }
        }
        let work = work::of(words, self.sh());
        let is_followed = state.last.iter().any(|last| self.candidates.get(*last).is_some_and(|last| last.work > work));
        if work == Work::Short || is_followed {
            return state;
        }
        let found = Found { words: words.to_vec(), span: span.clone(), work, has_exec: false };
        let number = self.candidate(found, Position::Foreground, is_tail);
        let is_name = words.first().is_some_and(|word| !word.raw.contains(['/', '$']));
        if let (Work::Unknown, true, Some(file), Some(candidate)) =
            (work, is_name, &state.sourced, self.candidates.last_mut())
        {
            let name = words.first().map(Word::unquoted).unwrap_or_default();
            candidate.unknown = Some(format!("`{name}` may be a function of `{file}`, which is not looked at"));
        }
        state.last = [number].into();
        state.keeps_alive = None;
        state
    }

    fn exec(&mut self, args: &[Word], span: &Span, mut state: State) -> Option<State> {
        let words = becoming::after_options_of_exec(args);
        let Some(first) = words.first() else { return Some(state) };
        if words.len() == 1 && first.is_arguments() {
            match state.args {
                Args::Empty => {
                    state.executed_nothing = Some(span.clone());
                    return Some(state);
                }
                Args::Unknown => {
                    self.check.becomes(words, span, None, state.args);
                    self.ends.push(End { state: state.clone(), how: How::Exec(String::new()) });
                    return Some(state);
                }
                Args::Given | Args::Own => {}
            }
        }
        self.check.becomes(words, span, None, state.args);
        self.ends.push(End { state, how: How::Exec(becoming::program(words, self.sh())) });
        self.has_executed = true;
        None
    }

    fn eval(&mut self, args: &[Word], span: &Span, mut state: State, is_tail: bool) -> Option<State> {
        let text: Vec<String> =
            args.iter().map(|word| word.literal.clone().unwrap_or_else(|| word.unquoted())).collect();
        let text = text.join(" ");
        let is_known = text.trim_start().starts_with(|first: char| first.is_ascii_alphabetic());
        let list = read(&text, &Place::Within(span.clone())).ok().filter(|_| is_known);
        if let Some(list) = list.filter(|_| self.returns.len() + 1 < CALLS as usize) {
            self.returns.push(None);
            let end = self.list(&list, state, is_tail);
            let left = self.returns.pop().flatten();
            return either(end, left);
        }
        if !text.contains('=') && !text.trim_start().starts_with("$(") {
            let found = Found { words: args.to_vec(), span: span.clone(), work: Work::Unknown, has_exec: false };
            let number = self.candidate(found, Position::Foreground, false);
            if let Some(candidate) = self.candidates.last_mut() {
                candidate.unknown = Some("what is evaluated here is not known before it runs".to_string());
            }
            state.last = [number].into();
        }
        Some(state)
    }

    fn trap(&mut self, args: &[Word], span: &Span, state: &mut State) {
        let args = if args.first().is_some_and(|word| word.known() == "--") {
            args.get(1..).unwrap_or_default()
        } else {
            args
        };
        let Some((action, signals)) = args.split_first() else { return };
        let stops = |word: &Word| {
            let name = word.unquoted().to_ascii_uppercase();
            matches!(
                name.trim_start_matches("SIG"),
                "TERM" | "15" | "QUIT" | "3" | "USR1" | "10" | "USR2" | "12" | "WINCH" | "28"
            )
        };
        if !signals.iter().any(stops) {
            return;
        }
        state.trap.set.clear();
        if action.raw == "-" || action.literal.as_deref().is_some_and(str::is_empty) {
            return;
        }
        let text = action.literal.clone().unwrap_or_else(|| action.unquoted());
        let (forwards, waits) = trap_action(&text, &self.functions, 0);
        let exit = trap_exit(&text, &self.functions);
        let signals_itself = signals_itself(&text, &self.functions);
        self.actions.push(Action { span: span.clone(), forwards, waits, exit, signals_itself });
        state.trap.set.insert(self.actions.len() - 1);
    }
}

/// Where a script has asked for its arguments, it knows better than we do.
fn forget_arguments(state: State) -> State {
    let args = if state.args == Args::Empty { Args::Unknown } else { state.args };
    State { args, ..state }
}
