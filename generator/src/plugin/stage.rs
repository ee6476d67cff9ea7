//! Who stands in for the init: says what a plugin asks for, and runs the commands that it may.

use std::{
    cell::RefCell,
    io::{self, Read},
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    process::{Child, Command, ExitStatus, Stdio},
    rc::Rc,
    sync::mpsc::channel,
    thread::{self, JoinHandle},
    time::Duration,
};

use nix::{
    errno::Errno,
    sys::signal::{Signal as Kill, killpg},
    unistd::Pid,
};
use wigwag_core::{
    Failure, Millis, Outcome, Signal,
    config::Allow,
    plugin::message::{Level, ServiceInfo},
};
use wigwag_host::{Interrupted, Output, Supervisor, clock, supervisor::OUTPUT};

/// What a plugin asked for in a call, a line each.
pub type Requests = Rc<RefCell<Vec<String>>>;

/// A supervisor that signals nobody.
pub struct Stage {
    pub allow: Allow,
    pub services: Vec<ServiceInfo>,
    pub requests: Requests,
}

impl Stage {
    fn say(&self, line: String) {
        self.requests.borrow_mut().push(line);
    }
}

impl Supervisor for Stage {
    fn log(&mut self, level: Level, text: String) -> Result<(), Interrupted> {
        let level = match level {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        self.say(format!("log {level}: {}", shown(&text)));
        Ok(())
    }

    fn signal(&mut self, service: &str, signal: Signal, _end: Millis) -> Result<Result<(), String>, Interrupted> {
        let found = self.services.iter().find(|known| known.name == service);
        let sent = match found {
            None => Err(format!("there is no service `{}`", shown(service))),
            Some(known) if known.pid.is_none() => Err(format!("`{}` has no process", shown(service))),
            Some(_) => Ok(()),
        };
        let what = sent.as_ref().err().map(|why| format!(": {why}")).unwrap_or_default();
        self.say(format!("signal {signal} to `{}`{what}", shown(service)));
        Ok(sent)
    }

    fn run(
        &mut self,
        command: &str,
        arguments: Vec<String>,
        until: Millis,
        _end: Millis,
    ) -> Result<Result<Output, String>, Interrupted> {
        let words = match self.allow.command(command, !arguments.is_empty()) {
            Ok(granted) => [granted.command.clone(), arguments].concat(),
            Err(denial) => return Ok(Err(denial.to_string())),
        };
        let output = run(&words, until);
        let became = output.as_ref().map_or_else(Clone::clone, |output| describe(output.outcome));
        self.say(format!("run `{}`: {}: {became}", shown(command), shown(&words.join(" "))));
        Ok(output)
    }
}

/// What a plugin says, without what a terminal would obey.
pub fn shown(text: &str) -> String {
    text.replace(char::is_control, "?")
}

fn describe(outcome: Outcome) -> String {
    match outcome {
        Outcome::Exited(status) => format!("exit status {status}"),
        Outcome::Killed(signal) => format!("killed by {signal}"),
        Outcome::NotStarted(_) => "it could not be executed".into(),
    }
}

fn run(words: &[String], until: Millis) -> Result<Output, String> {
    let Some((program, arguments)) = words.split_first() else { return Err("the command is empty".into()) };
    let mut command = Command::new(program);
    command.args(arguments).process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ok(nothing(Outcome::NotStarted(failure(&error)))),
    };
    let stdout = child.stdout.take().map(collect);
    let stderr = child.stderr.take().map(collect);
    let status = wait(child, until).map_err(|error| error.to_string())?;
    let ((stdout, more), (stderr, also)) = (collected(stdout), collected(stderr));
    Ok(Output { outcome: outcome(status), stdout, stderr, truncated: more || also })
}

fn nothing(outcome: Outcome) -> Output {
    Output { outcome, stdout: Vec::new(), stderr: Vec::new(), truncated: false }
}

fn failure(error: &io::Error) -> Failure {
    let errno = Errno::from_raw(error.raw_os_error().unwrap_or_default());
    if errno == Errno::ENOENT {
        Failure::NotFound
    } else if [Errno::EAGAIN, Errno::ENOMEM].contains(&errno) {
        Failure::NoProcess
    } else {
        Failure::NotExecutable
    }
}

/// Until it has ended, or its time is over. Then what is left of its group is killed: it would keep the outputs open.
fn wait(mut child: Child, until: Millis) -> io::Result<ExitStatus> {
    let group = i32::try_from(child.id()).map(Pid::from_raw).map_err(io::Error::other)?;
    let (sender, ended) = channel();
    thread::spawn(move || sender.send(child.wait()));
    let left = Duration::from_millis(until.minus(clock::now()).0);
    let status = ended.recv_timeout(left).or_else(|_| {
        let _ = killpg(group, Kill::SIGKILL);
        ended.recv().map_err(io::Error::other)
    });
    let _ = killpg(group, Kill::SIGKILL);
    status?
}

fn outcome(status: ExitStatus) -> Outcome {
    let killed = status.signal().and_then(|signal| u8::try_from(signal).ok()).and_then(Signal::new);
    match killed {
        Some(signal) => Outcome::Killed(signal),
        None => Outcome::Exited(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)),
    }
}

/// Reads all of it, and keeps the beginning.
fn collect(mut pipe: impl Read + Send + 'static) -> JoinHandle<(Vec<u8>, bool)> {
    thread::spawn(move || {
        let mut kept = Vec::new();
        let _ = pipe.by_ref().take(OUTPUT as u64).read_to_end(&mut kept);
        let more = io::copy(&mut pipe, &mut io::sink());
        (kept, more.is_ok_and(|more| more > 0))
    })
}

fn collected(reader: Option<JoinHandle<(Vec<u8>, bool)>>) -> (Vec<u8>, bool) {
    reader.and_then(|reader| reader.join().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str, until: Millis) -> Output {
        run(&["sh", "-c", script].map(String::from), until).unwrap()
    }

    #[test]
    fn a_command_has_its_outputs_and_its_end() {
        let output = sh("echo out; echo err >&2; exit 3", clock::NEVER);
        assert_eq!((output.outcome, output.truncated), (Outcome::Exited(3), false));
        assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"out\n"[..], &b"err\n"[..]));
        assert_eq!(sh("kill -9 $$", clock::NEVER).outcome, Outcome::Killed(Signal::KILL));
        assert_eq!(run(&["/no/such".into()], clock::NEVER).unwrap().outcome, Outcome::NotStarted(Failure::NotFound));
        assert_eq!(run(&["/".into()], clock::NEVER).unwrap().outcome, Outcome::NotStarted(Failure::NotExecutable));
    }

    #[test]
    fn more_than_it_may_write_is_left_out() {
        let output = sh("head -c 100000 /dev/zero", clock::NEVER);
        assert_eq!((output.stdout.len(), output.truncated, output.outcome), (OUTPUT, true, Outcome::Exited(0)));
    }

    #[test]
    fn a_command_without_time_is_killed_with_all_that_it_started() {
        let output = sh("sleep 1000 & echo begun; sleep 1000", clock::now().plus(Millis(200)));
        assert_eq!(output.outcome, Outcome::Killed(Signal::KILL));
    }

    #[test]
    fn who_is_left_behind_is_not_waited_for() {
        assert_eq!(sh("sleep 1000 &", clock::NEVER).outcome, Outcome::Exited(0));
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_printed() {
        assert_eq!(shown("a\u{1b}[2Jb\nc\u{9b}d"), "a?[2Jb?c?d");
    }
}
