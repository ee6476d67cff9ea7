//! catatonit 0.1.7, which Podman calls podman-init.

use alloc::{format, vec, vec::Vec};

use wigwag_core::{
    Outcome, Signal,
    config::{KillMode, Reaction, Session},
};

use super::{
    Call, FAILURE, Fact, Line, Personality, Request, Tool, Voice, config, faults,
    getopt::{self, Given, Order, Syntax},
    rules, shown, words,
};
use crate::quirks::{ChildMask, Quirks, STOPPERS, Subreaper, signals};

/// In the form of tini's, for `docker info`.
const VERSION: &str = "tini version 0.1.7_catatonit\n";

const LICENSE: &str = "wigwag-init, in the place of catatonit. MIT License: see the file LICENSE of wigwag.\n";

const USAGE: &str = "usage: catatonit [-ghLPV] [--] <progname> [<arguments>...]\n";

const HELP: &str = "
Runs the program and is its init. This is wigwag-init in the place of catatonit.

options:
  -g              Send signals to the process group of the program.
  -h              Print this and exit.
  -L              Print the license and exit.
  -P              Run no program: reap orphans until SIGTERM or SIGINT comes.
  -V, --version   Print the version and exit.
";

const SYNTAX: Syntax = Syntax {
    short: &[(b'g', false), (b'h', false), (b'L', false), (b'P', false), (b'V', false)],
    long: &[("version", b'V')],
    order: Order::Permuted,
};

pub(super) fn read(call: &Call) -> Request {
    if call.has("CATATONIT_LOG") {
        return Request::Say(error(call.pid, "CATATONIT_LOG is reserved for future use"), FAILURE);
    }
    let (options, operands) = getopt::parse(&SYNTAX, call);
    let mut kill_mode = KillMode::Process;
    let mut pauses = false;
    for option in options {
        match option {
            Given::Option(b'h', _) => return Request::Say(Line::error(format!("{USAGE}{HELP}")), 0),
            Given::Option(b'L', _) => return Request::Say(Line::out(LICENSE), 0),
            Given::Option(b'V', _) => return Request::Say(Line::out(VERSION), 0),
            Given::Option(b'g', _) => kill_mode = KillMode::Group,
            Given::Option(b'P', _) => pauses = true,
            Given::Option(..) => {}
            Given::Wrong(why) => return Request::Say(Line::error(format!("{why}{USAGE}")), FAILURE),
        }
    }
    if operands.is_empty() && !pauses {
        let mut line = error(call.pid, "missing program name");
        line.text.push_str(USAGE);
        return Request::Say(line, FAILURE);
    }
    let mut config = config(kill_mode, Session::Group);
    if pauses {
        // Nobody is there to be forwarded anything.
        config.services.clear();
        let ends = [Signal::TERM, Signal::INT];
        config.signals = rules(signals(ends.map(Signal::number)), Reaction::Stop);
        config.exit_codes = ends.map(|signal| (wigwag_core::exit_code::of_signal(signal), 0)).into();
    } else {
        config.signals = rules(signals(STOPPERS), Reaction::Drop);
    }
    let operands = if pauses { Vec::new() } else { operands };
    Request::Run(
        Personality {
            config,
            command: operands.into_iter().map(<[u8]>::to_vec).collect(),
            voice: Voice { tool: Tool::Catatonit, level: i64::from(call.has("CATATONIT_DEBUG")), tells_reaped: false },
            greeting: Vec::new(),
            quirks: Quirks {
                not_taken: faults(),
                mask: ChildMask::InheritedAnd(signals(STOPPERS)),
                subreaper: Subreaper::Must,
                hands_on_listen_pid: true,
                closes_descriptors: true,
                tool: Some(Tool::Catatonit),
                ..Quirks::default()
            },
        }
        .into(),
    )
}

fn error(pid: i32, text: &str) -> Line {
    Line::error(format!("ERROR (catatonit:{pid}): {text}\n"))
}

pub(super) fn lines(voice: &Voice, own_pid: i32, fact: Fact) -> Vec<Line> {
    let failure = |pid, what, errno| vec![error(pid, &format!("{what}: {}", words::error(errno)))];
    let line = |level: &str, text: &str| vec![Line::error(format!("{level} (catatonit:{own_pid}): {text}\n"))];
    match fact {
        Fact::NotExecuted { pid, errno, .. } => failure(pid, "failed to exec pid1", errno),
        Fact::NoProcess { errno } => failure(own_pid, "failed to fork child", errno),
        Fact::NoSubreaper { errno } => failure(own_pid, "failed to set child-reaper as non-pid1", errno),
        // Only errors are said without being asked for.
        _ if voice.level == 0 => Vec::new(),
        Fact::Spawned { program, pid } => line("DEBUG", &format!("pid1 ({pid}) spawned: {}", shown(program))),
        Fact::Handled(_, Reaction::Drop) => line("DEBUG", "ignoring kernel attempting to stop us: tty has TOSTOP set"),
        Fact::Undelivered { signal, pid, errno } => {
            let (number, why) = (signal.number(), words::error(errno));
            line("WARN", &format!("forwarding of signal {number} to pid1 ({pid}) failed: {why}"))
        }
        Fact::Reaped { is_main: false, pid, outcome: Outcome::Killed(signal) } => {
            line("DEBUG", &format!("child process {pid} exited due to signal {}", signal.number()))
        }
        Fact::Reaped { is_main: false, pid, outcome } => {
            line("DEBUG", &format!("child process {pid} exited with code {}", outcome.code()))
        }
        Fact::Childless => line("DEBUG", "got ECHILD: no children left to monitor"),
        Fact::Reaped { .. } | Fact::Received(_) | Fact::Handled(..) | Fact::HandedOff(_) => Vec::new(),
        Fact::NotFirst { .. } | Fact::TerminalLeft { .. } | Fact::TerminalKept { .. } => Vec::new(),
        Fact::SessionMade | Fact::Suspends | Fact::Ends(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use wigwag_core::{Action, Event, Machine, Millis, Source};

    use super::*;
    use crate::sys::log::Stream;

    fn request(line: &str, environment: &[&[u8]]) -> Request {
        let words: Vec<&[u8]> = line.split(' ').filter(|word| !word.is_empty()).map(str::as_bytes).collect();
        read(&Call { name: b"/x/catatonit", words: &words, environment, pid: 7 })
    }

    fn personality(line: &str, environment: &[&[u8]]) -> Personality {
        match request(line, environment) {
            Request::Run(personality) => *personality,
            Request::Say(line, _) => panic!("{line:?}"),
        }
    }

    fn said(line: &str, environment: &[&[u8]]) -> (Stream, String, u8) {
        match request(line, environment) {
            Request::Say(line, code) => (line.stream, line.text, code),
            Request::Run(personality) => panic!("{personality:?}"),
        }
    }

    #[test]
    fn options_are_taken_from_everywhere_but_behind_two_dashes() {
        for line in ["-V", "--version", "--v", "true -V", "-PV"] {
            assert_eq!(said(line, &[]), (Stream::Out, "tini version 0.1.7_catatonit\n".into(), 0), "{line}");
        }
        let found = personality("-g -- true -V", &[]);
        assert_eq!(found.command, [b"true".to_vec(), b"-V".to_vec()]);
        assert_eq!(found.config.services[0].kill_mode, KillMode::Group);
    }

    #[test]
    fn what_is_wrong_is_followed_by_the_usage() {
        for (line, why) in [
            ("", "ERROR (catatonit:7): missing program name"),
            ("-g", "ERROR (catatonit:7): missing program name"),
            ("-x true", "/x/catatonit: invalid option -- 'x'"),
            ("--help", "/x/catatonit: unrecognized option '--help'"),
            ("--version=3", "/x/catatonit: option '--version' doesn't allow an argument"),
        ] {
            assert_eq!(said(line, &[]), (Stream::Error, format!("{why}\n{USAGE}"), 1), "{line}");
        }
        let reserved = "ERROR (catatonit:7): CATATONIT_LOG is reserved for future use\n";
        assert_eq!(said("-V", &[b"CATATONIT_LOG="]), (Stream::Error, reserved.into(), 1));
        let (stream, text, code) = said("-h", &[]);
        assert!(stream == Stream::Error && text.starts_with(USAGE) && code == 0);
    }

    #[test]
    fn a_pause_ends_well_with_term_and_int_only() {
        let found = personality("-P true", &[]);
        assert_eq!(found.command, Vec::<Vec<u8>>::new());
        for (signal, expected) in
            [(Signal::TERM, vec![Action::Exit(0)]), (Signal::INT, vec![Action::Exit(0)]), (Signal::HUP, vec![])]
        {
            let mut machine = Machine::new(&found.config);
            let mut orders = Vec::new();
            machine.start(Millis(0), &mut orders);
            machine.handle(Millis(1), Event::Alone, &mut orders);
            assert!(machine.takes(signal));
            machine.handle(Millis(2), Event::Signal(signal, Source::Process), &mut orders);
            assert_eq!(orders, expected, "{signal}");
            assert_eq!(machine.deadline(), None);
        }
    }

    #[test]
    fn warnings_are_said_when_asked_for() {
        let told = |line: &str, environment: &[&[u8]], fact| {
            let lines = personality(line, environment).voice.lines(1, fact);
            lines.into_iter().map(|line| line.text).collect::<String>()
        };
        let spawned = Fact::Spawned { program: b"sh", pid: 2 };
        assert_eq!(told("sh", &[], spawned), "");
        assert_eq!(told("sh", &[b"CATATONIT_DEBUG="], spawned), "DEBUG (catatonit:1): pid1 (2) spawned: sh\n");
        let failed = Fact::NotExecuted { program: b"/x", pid: 2, errno: 2 };
        assert_eq!(told("/x", &[], failed), "ERROR (catatonit:2): failed to exec pid1: No such file or directory\n");
    }
}
