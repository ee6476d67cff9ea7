//! tini 0.19.0, which Docker calls docker-init.

use alloc::{
    format,
    string::{String, ToString as _},
    vec,
    vec::Vec,
};

use wigwag_core::{
    Outcome, Signal,
    config::{KillMode, Reaction, Session},
};

use super::{
    Call, FAILURE, Fact, Line, Personality, Request, Tool, Voice, config, faults,
    getopt::{self, Given, Order, Syntax},
    integer, last_component, rules, shown, words,
};
use crate::quirks::{Quirks, Subreaper, signals};

/// `docker info` reads it.
const VERSION: &str = "tini version 0.19.0";

const LICENSE: &str = "wigwag-init, in the place of tini. MIT License: see the file LICENSE of wigwag.\n";

const SYNTAX: Syntax = Syntax {
    short: &[
        (b'h', false),
        (b's', false),
        (b'p', true),
        (b'v', false),
        (b'w', false),
        (b'g', false),
        (b'e', true),
        (b'l', false),
    ],
    long: &[],
    order: Order::Permuted,
};

const ENOENT: i32 = 2;
const ESRCH: i32 = 3;
const EACCES: i32 = 13;

/// Each level is said when the verbosity is above its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Warn,
    Info,
    Debug,
    Trace,
}

impl Level {
    fn is_said_at(self, verbosity: i64) -> bool {
        let above = match self {
            Self::Warn => 0,
            Self::Info => 1,
            Self::Debug => 2,
            Self::Trace => 3,
        };
        verbosity > above
    }

    fn line(self, pid: i32, text: &str) -> Line {
        match self {
            Self::Warn => Line::error(format!("[WARN  tini ({pid})] {text}\n")),
            Self::Info => Line::out(format!("[INFO  tini ({pid})] {text}\n")),
            Self::Debug => Line::out(format!("[DEBUG tini ({pid})] {text}\n")),
            Self::Trace => Line::out(format!("[TRACE tini ({pid})] {text}\n")),
        }
    }
}

fn fatal(pid: i32, text: &str) -> Line {
    Line::error(format!("[FATAL tini ({pid})] {text}\n"))
}

pub(super) fn read(call: &Call) -> Request {
    // Only when it is alone, since short options are all that it has.
    if call.words == [b"--version"] {
        return Request::Say(Line::out(format!("{VERSION}\n")), 0);
    }
    let (options, operands) = getopt::parse(&SYNTAX, call);
    let mut verbosity = 1_i64;
    let mut tells_reaped = false;
    let mut kill_mode = KillMode::Process;
    let mut quirks = Quirks { not_taken: faults(), tool: Some(Tool::Tini), ..Quirks::default() };
    let mut expected = Vec::new();
    for option in options {
        match option {
            Given::Option(b'h', _) => return Request::Say(Line::out(usage(call)), 0),
            Given::Option(b'l', _) => return Request::Say(Line::out(LICENSE), 0),
            Given::Option(b's', _) => quirks.subreaper = Subreaper::Must,
            Given::Option(b'v', _) => verbosity = verbosity.saturating_add(1),
            Given::Option(b'w', _) => tells_reaped = true,
            Given::Option(b'g', _) => kill_mode = KillMode::Group,
            Given::Option(b'p', value) => match signal(value) {
                Some(signal) => quirks.parent_death = Some(signal),
                None => return invalid(call, "-p", value),
            },
            Given::Option(b'e', value) => match status(value) {
                Some(status) => expected.push((status, 0)),
                None => return invalid(call, "-e", value),
            },
            Given::Option(..) => {}
            Given::Wrong(why) => return Request::Say(Line::error(format!("{why}{}", usage(call))), FAILURE),
        }
    }
    if operands.is_empty() {
        return Request::Say(Line::error(usage(call)), FAILURE);
    }
    if call.has("TINI_SUBREAPER") {
        quirks.subreaper = Subreaper::Must;
    }
    if call.has("TINI_KILL_PROCESS_GROUP") {
        kill_mode = KillMode::Group;
    }
    if let Some(value) = call.variable("TINI_VERBOSITY") {
        verbosity = integer::leading(value).map_or(0, |(number, _)| number);
    }
    let mut config = config(kill_mode, Session::Group);
    config.exit_codes = expected;
    // So that it is never stopped when it touches the terminal.
    config.signals = rules(signals([Signal::TTIN, Signal::TTOU].map(Signal::number)), Reaction::Drop);
    Request::Run(
        Personality {
            config,
            command: operands.into_iter().map(<[u8]>::to_vec).collect(),
            voice: Voice { tool: Tool::Tini, level: verbosity, tells_reaped },
            greeting: Vec::new(),
            quirks,
        }
        .into(),
    )
}

fn invalid(call: &Call, option: &str, value: &[u8]) -> Request {
    Request::Say(fatal(call.pid, &format!("Not a valid option for {option}: {}", shown(value))), FAILURE)
}

/// The first name of a signal that POSIX knows, in capitals, with `SIG`.
fn signal(name: &[u8]) -> Option<Signal> {
    let name = str::from_utf8(name).ok()?;
    let signal: Signal = name.parse().ok()?;
    // STKFLT, IO and PWR are Linux's own; what follows SYS has no name of its own.
    let is_known = !matches!(signal.number(), 16 | 29 | 30 | 32..);
    (is_known && signal.to_string() == name).then_some(signal)
}

/// As strtol(3) reads it, to the end. Nothing at all is 0.
fn status(text: &[u8]) -> Option<u8> {
    match integer::leading(text) {
        None if text.is_empty() => Some(0),
        Some((number, b"")) => u8::try_from(number).ok(),
        None | Some(_) => None,
    }
}

fn usage(call: &Call) -> String {
    let name = shown(last_component(call.name));
    format!(
        "\
{name} ({VERSION})
Usage: {name} [OPTIONS] PROGRAM -- [ARGS] | --version

Runs PROGRAM and is its init: signals are forwarded, orphans reaped. This is wigwag-init in the place of tini.

Options:

  --version: Print the version and exit; only when it stands alone.
  -h: Print this and exit.
  -s: Be a subreaper, so that orphans come here although this is not PID 1.
  -p SIGNAL: Get SIGNAL, such as SIGKILL, when the parent ends.
  -v: Say more; up to three times.
  -w: Warn when an orphan is reaped.
  -g: Send signals to the process group of PROGRAM.
  -e CODE: Exit with 0 instead of CODE (0 to 255); may be repeated.
  -l: Print the license and exit.

Environment:

  TINI_SUBREAPER: As -s.
  TINI_VERBOSITY: How much is said (default: 1).
  TINI_KILL_PROCESS_GROUP: As -g.

"
    )
}

/// The forked child exits with it.
pub(super) fn exec_failure(errno: i32) -> u8 {
    match errno {
        ENOENT => 127,
        EACCES => 126,
        _ => FAILURE,
    }
}

pub(super) fn lines(voice: &Voice, pid: i32, fact: Fact) -> Vec<Line> {
    let said = |level: Level, text: &dyn Fn() -> String| {
        let line = level.is_said_at(voice.level).then(|| level.line(pid, &text()));
        line.into_iter().collect::<Vec<_>>()
    };
    match fact {
        Fact::NotFirst { subreaper: true } => said(Level::Trace, &|| "Registered as child subreaper".into()),
        Fact::NotFirst { subreaper: false } => said(Level::Warn, &|| NOT_REAPING.into()),
        Fact::NoSubreaper { errno } => {
            vec![fatal(pid, &format!("Failed to register as child subreaper: {}", words::error(errno)))]
        }
        Fact::Spawned { program, pid } => {
            said(Level::Info, &|| format!("Spawned child process '{}' with pid '{pid}'", shown(program)))
        }
        Fact::Received(Signal::CHLD) => said(Level::Debug, &|| "Received SIGCHLD".into()),
        Fact::Handled(signal, Reaction::Forward(_)) => {
            said(Level::Debug, &|| format!("Passing signal: '{}'", words::signal(signal)))
        }
        Fact::Undelivered { errno: ESRCH, .. } => said(Level::Warn, &|| "Child was dead when forwarding signal".into()),
        Fact::Undelivered { errno, .. } => {
            said(Level::Warn, &|| format!("Unexpected error when forwarding signal: '{}'", words::error(errno)))
        }
        Fact::Reaped { pid: child, outcome, is_main } => {
            let mut lines = said(Level::Debug, &|| format!("Reaped child with pid: '{child}'"));
            lines.extend(match outcome {
                _ if !is_main && voice.tells_reaped => {
                    said(Level::Warn, &|| format!("Reaped zombie process with pid={child}"))
                }
                _ if !is_main => Vec::new(),
                Outcome::Killed(signal) => said(Level::Info, &|| {
                    let name = words::signal(signal);
                    format!("Main child exited with signal (with signal '{name}')")
                }),
                Outcome::Exited(_) | Outcome::NotStarted(_) => {
                    said(Level::Info, &|| format!("Main child exited normally (with status '{}')", outcome.code()))
                }
            });
            lines
        }
        Fact::Childless => said(Level::Trace, &|| "No child to wait".into()),
        Fact::NotExecuted { program, pid, errno } => {
            vec![fatal(pid, &format!("exec {} failed: {}", shown(program), words::error(errno)))]
        }
        Fact::NoProcess { errno } => vec![fatal(pid, &format!("fork failed: {}", words::error(errno)))],
        Fact::Ends(_) => said(Level::Trace, &|| "Exiting: child has exited".into()),
        Fact::TerminalLeft { .. } | Fact::TerminalKept { .. } | Fact::HandedOff(_) | Fact::Suspends => Vec::new(),
        Fact::SessionMade | Fact::Received(_) | Fact::Handled(..) => Vec::new(),
    }
}

const NOT_REAPING: &str = "Tini is not running as PID 1 and isn't registered as a child subreaper.\n\
    Zombie processes will not be re-parented to Tini, so zombie reaping won't work.\n\
    To fix the problem, use the -s option or set the environment variable TINI_SUBREAPER to register Tini as a child \
    subreaper, or run Tini as PID 1.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::log::Stream;

    fn request(line: &str, environment: &[&[u8]]) -> Request {
        let words: Vec<&[u8]> = line.split(' ').filter(|word| !word.is_empty()).map(str::as_bytes).collect();
        read(&Call { name: b"/sbin/tini", words: &words, environment, pid: 7 })
    }

    fn personality(line: &str, environment: &[&[u8]]) -> Personality {
        match request(line, environment) {
            Request::Run(personality) => *personality,
            Request::Say(line, _) => panic!("{line:?}"),
        }
    }

    fn said(line: &str) -> (Stream, String, u8) {
        match request(line, &[]) {
            Request::Say(line, code) => (line.stream, line.text, code),
            Request::Run(personality) => panic!("{personality:?}"),
        }
    }

    #[test]
    fn the_version_must_stand_alone() {
        assert_eq!(said("--version"), (Stream::Out, "tini version 0.19.0\n".into(), 0));
        let (stream, text, code) = said("x --version");
        assert_eq!((stream, code), (Stream::Error, 1));
        assert!(
            text.starts_with("/sbin/tini: invalid option -- '-'\ntini (tini version 0.19.0)\nUsage: tini [OPTIONS]")
        );
    }

    #[test]
    fn options_are_taken_from_everywhere_but_behind_two_dashes() {
        let found = personality("-sgw -e3 -p SIGKILL sh -v -e 143 -- -c x", &[]);
        assert_eq!(found.command, ["sh", "-c", "x"].map(|word| word.as_bytes().to_vec()));
        assert_eq!(found.config.exit_codes, [(3, 0), (143, 0)]);
        assert_eq!(found.config.services[0].kill_mode, KillMode::Group);
        assert_eq!(found.quirks.parent_death, Some(Signal::KILL));
        assert!(found.quirks.subreaper == Subreaper::Must && found.voice.tells_reaped);
        assert_eq!(found.voice.level, 2);
        let posix = personality("-s sh -v -c", &[b"POSIXLY_CORRECT=1"]);
        assert_eq!(posix.command.len(), 3);
    }

    #[test]
    fn variables_count_by_being_there() {
        let found = personality("-vvv x", &[b"TINI_SUBREAPER=", b"TINI_KILL_PROCESS_GROUP=0", b"TINI_VERBOSITY="]);
        assert_eq!(found.quirks.subreaper, Subreaper::Must);
        assert_eq!(found.config.services[0].kill_mode, KillMode::Group);
        assert_eq!(found.voice.level, 0);
        assert_eq!(personality("x", &[b"TINI_VERBOSITY= 3x"]).voice.level, 3);
    }

    #[test]
    fn every_signal_but_two_is_forwarded() {
        let config = personality("x", &[]).config;
        for signal in Signal::all() {
            let expected = if [21, 22].contains(&signal.number()) { Reaction::Drop } else { Reaction::Forward(signal) };
            assert_eq!(config.reaction(signal, wigwag_core::Source::Process), expected, "{signal}");
        }
    }

    #[test]
    fn values_are_checked_in_the_order_of_the_options() {
        for (line, says) in [
            ("-p SIGX -h", "-p: SIGX"),
            ("-p TERM x", "-p: TERM"),
            ("-p 15 x", "-p: 15"),
            ("-p SIGPWR x", "-p: SIGPWR"),
            ("-p SIGIOT x", "-p: SIGIOT"),
            ("-p SIGRTMIN x", "-p: SIGRTMIN"),
            ("-e 256 x", "-e: 256"),
            ("-e -1 x", "-e: -1"),
            ("-e 3x x", "-e: 3x"),
            ("-e -- x", "-e: --"),
        ] {
            let text = format!("[FATAL tini (7)] Not a valid option for {says}\n");
            assert_eq!(said(line), (Stream::Error, text, 1), "{line}");
        }
        assert_eq!(said("-h -e x").2, 0);
        assert_eq!(said("-xh").2, 1);
        for (text, expected) in [("", Some(0)), (" 7", Some(7)), ("+255", Some(255)), ("-0", Some(0)), (" ", None)] {
            assert_eq!(status(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(Signal::all().filter(|known| signal(known.to_string().as_bytes()).is_some()).count(), 28);
    }

    #[test]
    fn without_a_program_the_usage_is_said() {
        for line in ["", "-s", "-s --", "-x", "-p"] {
            let (stream, text, code) = said(line);
            assert!(text.contains("Usage: tini ") && stream == Stream::Error && code == 1, "{line}");
        }
        assert_eq!(said("-h").0, Stream::Out);
    }

    #[test]
    fn failed_execs_have_three_codes() {
        assert_eq!([2, 13, 20].map(exec_failure), [127, 126, 1]);
    }

    #[test]
    fn the_more_is_asked_for_the_more_is_said() {
        let end = |level, is_main| {
            let voice = Voice { tool: Tool::Tini, level, tells_reaped: true };
            let fact = Fact::Reaped { pid: 9, outcome: Outcome::Killed(Signal::KILL), is_main };
            voice.lines(1, fact).into_iter().map(|line| line.text).collect::<String>()
        };
        let debug = "[DEBUG tini (1)] Reaped child with pid: '9'\n";
        let info = "[INFO  tini (1)] Main child exited with signal (with signal 'Killed')\n";
        let warn = "[WARN  tini (1)] Reaped zombie process with pid=9\n";
        assert_eq!(end(1, true), "");
        assert_eq!(end(2, true), info);
        assert_eq!(end(3, true), format!("{debug}{info}"));
        assert_eq!(end(0, false), "");
        assert_eq!(end(1, false), warn);
        assert_eq!(end(4, false), format!("{debug}{warn}"));
    }
}
