//! dumb-init 1.2.5.

use alloc::{collections::BTreeMap, format, string::String, vec, vec::Vec};

use wigwag_core::{
    Outcome, Signal, SignalSet, Source,
    config::{KillMode, Reaction, Session, SignalRule},
};

use super::{
    Call, FAILURE, Fact, Line, Personality, Request, Tool, Voice, config,
    getopt::{self, Given, Order, Syntax},
    integer, shown, words,
};
use crate::quirks::{ChildMask, Quirks, STOPPERS, signals};

const VERSION: &str = "dumb-init v1.2.5";

/// The exit code of its child, whatever the errno.
pub(super) const EXEC_FAILURE: u8 = 2;

const SYNTAX: Syntax = Syntax {
    short: &[(b'c', false), (b'r', true), (b'v', false), (b'h', false), (b'V', false)],
    long: &[("help", b'h'), ("single-child", b'c'), ("rewrite", b'r'), ("verbose", b'v'), ("version", b'V')],
    order: Order::First,
};

/// The last signal that can be rewritten.
const LAST: u8 = 31;

const BAD_REWRITE: &str = "\
Usage: -r option takes <signum>:<signum>, where <signum> is between 1 and 31.
This option can be specified multiple times.
Use --help for full usage.
";

pub(super) fn read(call: &Call) -> Request {
    let (options, operands) = getopt::parse(&SYNTAX, call);
    let mut debug = false;
    let mut single_child = false;
    let mut rewrites = BTreeMap::new();
    for option in options {
        match option {
            Given::Option(b'h', _) => return Request::Say(Line::error(help(call)), 0),
            Given::Option(b'V', _) => return Request::Say(Line::error(format!("{VERSION}\n")), 0),
            Given::Option(b'c', _) => single_child = true,
            Given::Option(b'v', _) => debug = true,
            Given::Option(b'r', value) => match rewrite(value) {
                Some((signal, reaction)) => {
                    rewrites.insert(signal, SignalRule::always(reaction));
                }
                None => return Request::Say(Line::error(BAD_REWRITE), FAILURE),
            },
            Given::Option(..) => {}
            Given::Wrong(why) => return Request::Say(Line::error(why), FAILURE),
        }
    }
    if operands.is_empty() {
        return Request::Say(Line::error(usage(call)), FAILURE);
    }
    let mut greeting = Vec::new();
    if call.variable("DUMB_INIT_DEBUG") == Some(b"1") {
        debug = true;
        greeting.push(line("Running in debug mode."));
    }
    if call.variable("DUMB_INIT_SETSID") == Some(b"0") {
        single_child = true;
        if debug {
            greeting.push(line("Not running in setsid mode."));
        }
    }
    let mut config = if single_child {
        config(KillMode::Process, Session::Inherit)
    } else {
        // In its session the program's group is an orphan, which only SIGSTOP stops.
        for stopper in STOPPERS.into_iter().filter_map(Signal::new) {
            rewrites.entry(stopper).or_insert(SignalRule::always(Reaction::Forward(Signal::STOP)));
        }
        config(KillMode::Group, Session::Session)
    };
    config.signals = rewrites;
    let farewell = config.reaction(Signal::TERM, Source::Process);
    Request::Run(
        Personality {
            config,
            command: operands.into_iter().map(<[u8]>::to_vec).collect(),
            voice: Voice { tool: Tool::DumbInit, level: i64::from(debug), tells_reaped: false },
            greeting,
            quirks: Quirks {
                mask: ChildMask::Empty,
                reset: signals(1..=LAST),
                hand_off: if single_child { SignalSet::default() } else { signals([1, 18]) },
                suspended_by: signals(STOPPERS),
                farewell: Some(farewell),
                tool: Some(Tool::DumbInit),
                ..Quirks::default()
            },
        }
        .into(),
    )
}

/// As sscanf(3) reads `%d:%d`: blanks and signs may stand before the numbers, and anything behind them.
fn rewrite(text: &[u8]) -> Option<(Signal, Reaction)> {
    let (from, rest) = integer::leading(text)?;
    let (to, _) = integer::leading(rest.strip_prefix(b":")?)?;
    let number = |number: i64| u8::try_from(number).ok().filter(|number| *number <= LAST);
    let reaction = Signal::new(number(to)?).map_or(Reaction::Drop, Reaction::Forward);
    Some((Signal::new(number(from)?)?, reaction))
}

fn usage(call: &Call) -> String {
    let name = call.shown_name();
    format!("Usage: {name} [option] program [args]\nTry {name} --help for full usage.\n")
}

fn help(call: &Call) -> String {
    let name = call.shown_name();
    format!(
        "\
{VERSION}
Usage: {name} [option] command [[arg] ...]

Runs the command and is its init: signals are forwarded, orphans reaped. This is wigwag-init in the place of dumb-init.

Options, before the command:
   -c, --single-child   Leave the command in this session, and send signals to it alone.
   -r, --rewrite s:r    Send signal r when signal s comes; with 0 as r, nothing. May be repeated.
   -v, --verbose        Say on stderr what happens.
   -h, --help           Print this and exit.
   -V, --version        Print the version and exit.
"
    )
}

fn line(text: &str) -> Line {
    Line::error(format!("[dumb-init] {text}\n"))
}

pub(super) fn lines(voice: &Voice, fact: Fact) -> Vec<Line> {
    let is_failure = matches!(fact, Fact::NotExecuted { .. } | Fact::NoProcess { .. });
    if voice.level == 0 && !is_failure {
        return Vec::new();
    }
    let errno = |errno| format!("(errno={errno} {})", words::error(errno));
    let texts = match fact {
        Fact::TerminalLeft { leader: true } => {
            vec![String::from("Detached from controlling tty, ignoring the first SIGHUP and SIGCONT we receive.")]
        }
        Fact::TerminalLeft { leader: false } => {
            vec![String::from("Detached from controlling tty, but was not session leader.")]
        }
        Fact::TerminalKept { errno: number } => {
            vec![format!("Unable to detach from controlling tty {}.", errno(number))]
        }
        Fact::Spawned { pid, .. } => vec![format!("Child spawned with PID {pid}.")],
        Fact::SessionMade => vec![String::from("setsid complete.")],
        Fact::Received(signal) => vec![format!("Received signal {}.", signal.number())],
        Fact::HandedOff(signal) => vec![format!("Ignoring tty hand-off signal {}.", signal.number())],
        Fact::Handled(signal, reaction) => handled(signal, reaction),
        Fact::Suspends => vec![String::from("Suspending self due to TTY signal.")],
        Fact::Reaped { pid, outcome: Outcome::Killed(signal), .. } => {
            vec![format!("A child with PID {pid} was terminated by signal {}.", signal.number())]
        }
        Fact::Reaped { pid, outcome, .. } => {
            vec![format!("A child with PID {pid} exited with exit status {}.", outcome.code())]
        }
        Fact::Ends(code) => vec![format!("Child exited with status {code}. Goodbye.")],
        Fact::NotFirst { .. } | Fact::NoSubreaper { .. } | Fact::Undelivered { .. } | Fact::Childless => Vec::new(),
        Fact::NotExecuted { program, errno, .. } => vec![format!("{}: {}", shown(program), words::error(errno))],
        Fact::NoProcess { .. } => vec![String::from("Unable to fork. Exiting.")],
    };
    texts.iter().map(|text| line(text)).collect()
}

fn handled(signal: Signal, reaction: Reaction) -> Vec<String> {
    let from = signal.number();
    let to = match reaction {
        Reaction::Forward(signal) => signal.number(),
        Reaction::Drop | Reaction::Stop | Reaction::Hook => 0,
    };
    let what = if to == 0 {
        format!("Not forwarding signal {to} to children (ignored).")
    } else {
        format!("Forwarded signal {to} to children.")
    };
    let translated = (from != to).then(|| format!("Translating signal {from} to {to}."));
    translated.into_iter().chain([what]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::log::Stream;

    fn request(words: &[&str], environment: &[&[u8]]) -> Request {
        let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
        read(&Call { name: b"/bin/dumb-init", words: &words, environment, pid: 7 })
    }

    fn personality(words: &[&str], environment: &[&[u8]]) -> Personality {
        match request(words, environment) {
            Request::Run(personality) => *personality,
            Request::Say(line, _) => panic!("{line:?}"),
        }
    }

    fn said(words: &[&str]) -> (String, u8) {
        match request(words, &[]) {
            Request::Say(Line { stream: Stream::Error, text }, code) => (text, code),
            Request::Say(..) | Request::Run(_) => panic!("{words:?}"),
        }
    }

    #[test]
    fn options_end_at_the_command() {
        let found = personality(&["-c", "--verb", "sh", "-c", "x"], &[]);
        assert_eq!(found.command, ["sh", "-c", "x"].map(|word| word.as_bytes().to_vec()));
        assert_eq!(found.voice.level, 1);
        assert_eq!(found.config.services[0].kill_mode, KillMode::Process);
        assert_eq!(found.config.services[0].execution.session, Session::Inherit);
        assert_eq!(personality(&["--", "-x"], &[]).command, [b"-x".to_vec()]);
    }

    #[test]
    fn what_stops_a_job_becomes_sigstop_in_a_session_of_its_own() {
        let reactions = |found: &Personality| {
            STOPPERS.map(|number| found.config.reaction(Signal::new(number).unwrap(), Source::Process))
        };
        let stop = Reaction::Forward(Signal::STOP);
        let found = personality(&["x"], &[]);
        assert_eq!(reactions(&found), [stop; 3]);
        assert_eq!(found.config.services[0].kill_mode, KillMode::Group);
        assert_eq!(found.config.services[0].execution.session, Session::Session);
        let own = personality(&["-r", "21:0", "x"], &[]);
        assert_eq!(reactions(&own), [stop, Reaction::Drop, stop]);
        let single = personality(&["-c", "x"], &[]);
        assert_eq!(reactions(&single), STOPPERS.map(|number| Reaction::Forward(Signal::new(number).unwrap())));
    }

    #[test]
    fn the_last_rewrite_of_a_signal_counts() {
        let found = personality(&["-r15:1", "--rew", "15:2", "--rewrite=1:9", "x"], &[]);
        assert_eq!(found.config.reaction(Signal::TERM, Source::Terminal), Reaction::Forward(Signal::INT));
        assert_eq!(found.config.reaction(Signal::HUP, Source::Process), Reaction::Forward(Signal::KILL));
        assert_eq!(found.quirks.farewell, Some(Reaction::Forward(Signal::INT)));
        assert_eq!(personality(&["-r15:0", "x"], &[]).quirks.farewell, Some(Reaction::Drop));
        assert_eq!(personality(&["x"], &[]).quirks.farewell, Some(Reaction::Forward(Signal::TERM)));
    }

    #[test]
    fn rewrites_are_read_leniently() {
        let to = |number| Reaction::Forward(Signal::new(number).unwrap());
        for (text, expected) in [
            ("15:9junk", Some((15, to(9)))),
            ("  15: +9", Some((15, to(9)))),
            ("1:2x:3", Some((1, to(2)))),
            ("15:-0", Some((15, Reaction::Drop))),
            ("31:31", Some((31, to(31)))),
            ("9:1", Some((9, to(1)))),
            ("15 :9", None),
            ("15", None),
            ("15:", None),
            ("0:1", None),
            ("32:1", None),
            ("1:32", None),
            ("1:-1", None),
            ("4294967297:1", None),
            ("TERM:INT", None),
            ("", None),
        ] {
            let expected = expected.map(|(from, reaction)| (Signal::new(from).unwrap(), reaction));
            assert_eq!(rewrite(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn variables_have_one_value_that_counts() {
        let found = personality(&["x"], &[b"DUMB_INIT_DEBUG=1", b"DUMB_INIT_SETSID=0"]);
        assert_eq!(found.config.services[0].execution.session, Session::Inherit);
        let greeting: Vec<String> = found.greeting.into_iter().map(|line| line.text).collect();
        assert_eq!(greeting, ["[dumb-init] Running in debug mode.\n", "[dumb-init] Not running in setsid mode.\n"]);
        let found = personality(&["x"], &[b"DUMB_INIT_DEBUG=true", b"DUMB_INIT_SETSID="]);
        assert_eq!((found.voice.level, found.quirks.hand_off), (0, signals([1, 18])));
    }

    #[test]
    fn everything_is_said_on_stderr() {
        assert_eq!(said(&["-V", "-x"]), ("dumb-init v1.2.5\n".into(), 0));
        assert_eq!(said(&["-x", "-V"]), ("/bin/dumb-init: invalid option -- 'x'\n".into(), 1));
        let (help, code) = said(&["--help"]);
        assert!(
            help.starts_with("dumb-init v1.2.5\nUsage: /bin/dumb-init [option] command [[arg] ...]\n") && code == 0
        );
        let usage = "Usage: /bin/dumb-init [option] program [args]\nTry /bin/dumb-init --help for full usage.\n";
        assert_eq!(said(&["-v", "--"]), (usage.into(), 1));
        assert_eq!(said(&["-r", "x", "--help"]), (BAD_REWRITE.into(), 1));
    }

    #[test]
    fn a_signal_is_told_with_what_becomes_of_it() {
        let told = |level, fact| {
            let voice = Voice { tool: Tool::DumbInit, level, tells_reaped: false };
            voice.lines(1, fact).into_iter().map(|line| line.text).collect::<String>()
        };
        let to = |signal| Fact::Handled(Signal::TERM, Reaction::Forward(signal));
        assert_eq!(told(0, to(Signal::TERM)), "");
        assert_eq!(told(1, to(Signal::TERM)), "[dumb-init] Forwarded signal 15 to children.\n");
        assert_eq!(
            told(1, to(Signal::INT)),
            "[dumb-init] Translating signal 15 to 2.\n[dumb-init] Forwarded signal 2 to children.\n"
        );
        assert_eq!(
            told(1, Fact::Handled(Signal::TERM, Reaction::Drop)),
            "[dumb-init] Translating signal 15 to 0.\n[dumb-init] Not forwarding signal 0 to children (ignored).\n"
        );
        assert_eq!(
            told(0, Fact::NotExecuted { program: b"/x", pid: 2, errno: 2 }),
            "[dumb-init] /x: No such file or directory\n"
        );
    }
}
