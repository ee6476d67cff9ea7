//! Being another init: its options, environment variables, messages and exit codes, so that this binary can stand in its
//! place. What a tool does was found out by running it: tini 0.19.0, dumb-init 1.2.5, catatonit 0.1.7.
//!
//! All three end as soon as the program has ended, and leave what it left behind to the kernel. What else they do is data
//! here, carried out by the shell. Some of it is better than in the original, on purpose:
//!
//! - An inherited ignored SIGCHLD does not make tini and catatonit hang.
//! - A signal that may not be sent (EPERM) does not end tini, nor does a closed standard input.
//! - Signals that come before the program runs reach it; of tini -g and dumb-init they are lost, because there is no
//!   process group yet.
//! - Real-time signals go through dumb-init as any other. What was queued with a signal is passed on, but not to a group.
//! - Ctrl-Z does not leave the program of tini stopped for ever: as PID 1 it is continued, as a shell's job tini stops too.
//! - dumb-init -c does not send its last SIGTERM to the pid of a process that is gone.
//! - catatonit does not fail when the program is another user's, or ends, before it has looked.
//! - dumb-init's `-r` takes no number that is right only modulo 2^32.
//! - tini does not wake every second; so it does not trace `No child to reap` every second.
//! - The working directory is not held by tini and catatonit, and the terminal is given back at the end when the init is
//!   a shell's job.
//! - tini -e does not turn a fork that failed into success.
//! - In messages, bytes that are no UTF-8 are replaced.

mod catatonit;
mod dumb_init;
mod getopt;
mod integer;
mod tini;
mod words;

use alloc::{
    boxed::Box,
    collections::BTreeMap,
    string::{String, ToString as _},
    vec::Vec,
};

use wigwag_core::{
    Config, Outcome, Signal, SignalSet,
    config::{Execution, KillMode, Reaction, Session, SignalRule, Wait},
};

use crate::{
    quirks::{Quirks, signals},
    sys::log::Stream,
};

/// The exit code of each of them for bad arguments, and when there is no process to be had.
pub const FAILURE: u8 = 1;

/// An init whose place is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Tini,
    DumbInit,
    Catatonit,
}

/// By which names they are called. Engines mount theirs under names of their own: Docker `/sbin/docker-init`, Podman
/// `/run/podman-init`.
const NAMES: [(&str, Tool); 6] = [
    ("tini", Tool::Tini),
    ("tini-static", Tool::Tini),
    ("docker-init", Tool::Tini),
    ("dumb-init", Tool::DumbInit),
    ("catatonit", Tool::Catatonit),
    ("podman-init", Tool::Catatonit),
];

impl Tool {
    /// The tool of this name, which may be a path.
    pub fn named(path: &[u8]) -> Option<Self> {
        let name = last_component(path);
        NAMES.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, tool)| *tool)
    }

    /// Every name, for the message about one that is not known.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// What the tool would do when it is called like this.
    pub fn read(self, call: &Call) -> Request {
        match self {
            Self::Tini => tini::read(call),
            Self::DumbInit => dumb_init::read(call),
            Self::Catatonit => catatonit::read(call),
        }
    }

    /// The exit code of its child when the program cannot be executed, by errno.
    pub fn exec_failure(self, errno: i32) -> u8 {
        match self {
            Self::Tini => tini::exec_failure(errno),
            Self::DumbInit => dumb_init::EXEC_FAILURE,
            Self::Catatonit => FAILURE,
        }
    }
}

fn last_component(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// How the init is called.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// By what name: the first of the arguments, or what `--as` says.
    pub name: &'a [u8],
    /// The arguments that follow.
    pub words: &'a [&'a [u8]],
    /// `NAME=value` entries.
    pub environment: &'a [&'a [u8]],
    /// The init's own pid, for messages.
    pub pid: i32,
}

impl<'a> Call<'a> {
    fn variable(&self, name: &str) -> Option<&'a [u8]> {
        self.environment.iter().find_map(|entry| entry.strip_prefix(name.as_bytes())?.strip_prefix(b"="))
    }

    /// Whether there is such a variable; an empty one is one.
    fn has(&self, name: &str) -> bool {
        self.variable(name).is_some()
    }

    fn shown_name(&self) -> String {
        shown(self.name)
    }
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).to_string()
}

/// What a call asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// To start the program and be its init.
    Run(Box<Personality>),
    /// To say this and end with this code.
    Say(Line, u8),
}

/// Something to write. It ends with the end of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub stream: Stream,
    pub text: String,
}

impl Line {
    fn out(text: impl Into<String>) -> Self {
        Self { stream: Stream::Out, text: text.into() }
    }

    fn error(text: impl Into<String>) -> Self {
        Self { stream: Stream::Error, text: text.into() }
    }
}

/// What a tool does with the program that it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Personality {
    pub config: Config,
    /// Program and arguments; none when there is no program, only orphans to reap.
    pub command: Vec<Vec<u8>>,
    pub voice: Voice,
    /// What it says before it does anything.
    pub greeting: Vec<Line>,
    pub quirks: Quirks,
}

/// What the shell reports, for the tool to put into its words.
#[derive(Clone, Copy, Debug)]
pub enum Fact<'a> {
    /// The init is not PID 1; orphans come to it, or do not.
    NotFirst { subreaper: bool },
    /// They should, and cannot, for this errno; the init ends.
    NoSubreaper { errno: i32 },
    /// The terminal was let go of, by its session's leader or another.
    TerminalLeft { leader: bool },
    /// It was not, for this errno.
    TerminalKept { errno: i32 },
    /// The program's process was forked.
    Spawned { program: &'a [u8], pid: i32 },
    /// The program has a session of its own.
    SessionMade,
    /// A signal came, or SIGCHLD.
    Received(Signal),
    /// The first one after the terminal was let go of.
    HandedOff(Signal),
    /// It is passed on, as the config says, as far as that can be done.
    Handled(Signal, Reaction),
    /// The signal could not be sent to the program, of this pid.
    Undelivered { signal: Signal, pid: i32, errno: i32 },
    /// The init stops itself.
    Suspends,
    /// A process was reaped.
    Reaped { pid: i32, outcome: Outcome, is_main: bool },
    /// None is there any more to be reaped.
    Childless,
    /// The program's process, of this pid, could not execute it.
    NotExecuted { program: &'a [u8], pid: i32, errno: i32 },
    /// There is no process to be had.
    NoProcess { errno: i32 },
    /// The init ends.
    Ends(u8),
}

/// How much a tool says, and in which words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voice {
    pub tool: Tool,
    level: i64,
    /// Whether reaped orphans are worth a warning.
    tells_reaped: bool,
}

impl Voice {
    /// What the tool says about it, when the init's pid is this.
    #[inline(never)] // link.ld
    pub fn lines(&self, own_pid: i32, fact: Fact) -> Vec<Line> {
        match self.tool {
            Tool::Tini => tini::lines(self, own_pid, fact),
            Tool::DumbInit => dumb_init::lines(self, fact),
            Tool::Catatonit => catatonit::lines(self, own_pid, fact),
        }
    }
}

/// What the three have in common: every signal is passed on, nothing is a stop, and the program's end is the end.
fn config(kill_mode: KillMode, session: Session) -> Config {
    let mut config = Config { stop_signal: None, wait: Wait::Leave, ..Config::plain() };
    for service in &mut config.services {
        service.kill_mode = kill_mode;
        service.execution = Execution { session, ..Execution::default() };
    }
    config
}

/// These signals all do this, wherever they come from. A map that is collected would bring a sort along.
fn rules(signals: SignalSet, reaction: Reaction) -> BTreeMap<Signal, SignalRule> {
    let mut rules = BTreeMap::new();
    let mut signals = signals;
    while let Some(signal) = signals.pop() {
        rules.insert(signal, SignalRule::always(reaction));
    }
    rules
}

/// Signals that tini and catatonit leave to their default action: those of faults.
fn faults() -> SignalSet {
    signals([4, 5, 6, 7, 8, 11, 31])
}

#[cfg(test)]
mod tests {
    use wigwag_core::{Action, Event, Machine, Millis, Process, ServiceId, Source};

    use super::*;

    /// What the core orders when the program is there, these signals come, and then it ends, leaving others behind.
    fn orders(tool: Tool, words: &[&[u8]], received: &[Signal], end: Outcome) -> Vec<Action> {
        let call = Call { name: b"", words, environment: &[], pid: 1 };
        let Request::Run(personality) = tool.read(&call) else { panic!("{words:?}") };
        let mut machine = Machine::new(&personality.config);
        let (mut orders, main) = (Vec::new(), Process::Service(ServiceId(0)));
        machine.start(Millis(0), &mut orders);
        assert_eq!(core::mem::take(&mut orders), [Action::Spawn(main)]);
        machine.handle(Millis(1), Event::Started(main), &mut orders);
        for signal in received {
            assert!(machine.takes(*signal));
            machine.handle(Millis(2), Event::Signal(*signal, Source::Process), &mut orders);
        }
        assert_eq!(machine.deadline(), None);
        machine.handle(Millis(3), Event::Exited(main, end), &mut orders);
        orders
    }

    #[test]
    fn a_signal_is_passed_on_and_the_programs_end_is_the_end() {
        let main = ServiceId(0);
        let received = [Signal::TERM, Signal::TERM, Signal::INT, Signal::RTMAX];
        for tool in [Tool::Tini, Tool::DumbInit, Tool::Catatonit] {
            let mut expected: Vec<_> = received.iter().map(|signal| Action::Forward(main, *signal)).collect();
            expected.push(Action::Exit(143));
            assert_eq!(orders(tool, &[b"x"], &received, Outcome::Killed(Signal::TERM)), expected, "{tool:?}");
        }
    }

    #[test]
    fn codes_and_signals_become_others() {
        assert_eq!(orders(Tool::Tini, &[b"-e143", b"x"], &[], Outcome::Killed(Signal::TERM)), [Action::Exit(0)]);
        assert_eq!(
            orders(Tool::DumbInit, &[b"-r15:9", b"-r1:0", b"x"], &[Signal::TERM, Signal::HUP], Outcome::Exited(2)),
            [Action::Forward(ServiceId(0), Signal::KILL), Action::Exit(2)]
        );
    }

    #[test]
    fn a_tool_is_known_by_its_last_name() {
        for (path, tool) in [
            ("tini", Some(Tool::Tini)),
            ("/usr/bin/tini-static", Some(Tool::Tini)),
            ("/sbin/docker-init", Some(Tool::Tini)),
            ("./dumb-init", Some(Tool::DumbInit)),
            ("/run/podman-init", Some(Tool::Catatonit)),
            ("catatonit", Some(Tool::Catatonit)),
            ("wigwag-init", None),
            ("/tini/", None),
            ("", None),
        ] {
            assert_eq!(Tool::named(path.as_bytes()), tool, "{path}");
        }
    }

    #[test]
    fn an_empty_variable_is_one() {
        let environment: [&[u8]; 3] = [b"AB=1", b"A=", b"A=2"];
        let call = Call { name: b"", words: &[], environment: &environment, pid: 1 };
        assert_eq!(call.variable("A"), Some(&b""[..]));
        assert!(!call.has("B") && call.has("AB"));
    }
}
