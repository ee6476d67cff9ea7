//! Who says what has happened: we, in our words, or the tool whose place we take, in its own.

use alloc::format;

use rustix::{io::Errno, process::Pid};
use wigwag_core::{
    Config, Millis, Note, Outcome, Process, ServiceId, Signal, Target,
    config::{Reaction, Session, Task},
};

use crate::{
    journal::{Entry, Format, Journal, Level},
    personality::{self, Fact},
    report,
    sys::{
        error::sentence,
        log, process,
        signals::Received,
        spawn::{self, Obstacle, Program},
    },
    tally::Tally,
};

/// In whose words it is said.
#[derive(Clone, Copy)]
pub enum Voice {
    Ours(Journal),
    Tools(personality::Voice),
}

#[derive(Clone, Copy)]
pub struct Reporter<'s> {
    config: &'s Config,
    voice: Voice,
    /// Asked for once: it is a system call.
    own_pid: i32,
}

impl<'s> Reporter<'s> {
    pub fn new(config: &'s Config, voice: Voice) -> Self {
        Self { config, voice, own_pid: process::own_pid() }
    }

    /// What hooks say by, if it is ours.
    pub fn journal(&self) -> Option<Journal> {
        match self.voice {
            Voice::Ours(journal) => Some(journal),
            Voice::Tools(_) => None,
        }
    }

    /// Signals cannot be received.
    pub fn deaf(&self, errno: Errno) {
        let why = format!("cannot receive signals, or what services say: {}", sentence(errno));
        match self.voice {
            Voice::Ours(journal) => journal.problem(&why),
            // None of them has words for it.
            Voice::Tools(_) => Journal::new(Level::Problems, Format::Text).problem(&why),
        }
    }

    /// Processes that are left behind do not come to us, although they should.
    pub fn no_subreaper(&self, errno: Errno) {
        match self.voice {
            Voice::Ours(journal) => {
                let why = sentence(errno);
                journal.problem(&format!("processes that are left behind are not waited for: no subreaper: {why}"));
            }
            Voice::Tools(_) => self.tell(Fact::NoSubreaper { errno: errno.raw_os_error() }),
        }
    }

    /// We are not PID 1.
    pub fn not_first(&self, subreaper: bool) {
        self.tell(Fact::NotFirst { subreaper });
    }

    /// The terminal was let go of, by its session's leader or another, or was not.
    pub fn terminal_left(&self, result: Result<bool, Errno>) {
        self.tell(match result {
            Ok(leader) => Fact::TerminalLeft { leader },
            Err(errno) => Fact::TerminalKept { errno: errno.raw_os_error() },
        });
    }

    pub fn started(&self, process: Process, program: &Program, pid: Pid) {
        match self.voice {
            Voice::Ours(journal) => {
                journal.say(level(process), || report::started(self.config, process, pid));
            }
            Voice::Tools(_) => {
                self.tell(Fact::Spawned { program: program.name(), pid: pid.as_raw_pid() });
                if program.session == Session::Session {
                    self.tell(Fact::SessionMade);
                }
            }
        }
    }

    /// There was no process to be had.
    pub fn not_started(&self, process: Process, errno: Errno) {
        match self.voice {
            Voice::Ours(journal) => {
                let who = report::process(self.config, process);
                let why = if errno == Errno::AGAIN { "the limit of processes is reached" } else { sentence(errno) };
                journal.problem(&format!("cannot start {who}: {why}"));
            }
            Voice::Tools(_) => self.tell(Fact::NoProcess { errno: errno.raw_os_error() }),
        }
    }

    /// The process could not execute its program.
    pub fn not_executed(&self, program: &Program, pid: Pid, obstacle: Obstacle) {
        match self.voice {
            Voice::Ours(journal) => journal.problem(&spawn::explain(program, obstacle)),
            Voice::Tools(_) => {
                let (pid, errno) = (pid.as_raw_pid(), obstacle.errno.raw_os_error());
                self.tell(Fact::NotExecuted { program: program.name(), pid, errno });
            }
        }
    }

    /// There may be somebody to reap.
    pub fn child_signal(&self) {
        self.tell(Fact::Received(Signal::CHLD));
    }

    /// What was reaped is one that we have started, or an orphan.
    pub fn reaped(&self, pid: Pid, outcome: Outcome, process: Option<Process>) {
        match (self.voice, process) {
            (Voice::Ours(journal), None) => journal.say(Level::Everything, || report::reaped(pid, outcome)),
            // Its end is said when the machine is told.
            (Voice::Ours(_), Some(_)) => {}
            (Voice::Tools(_), _) => {
                self.tell(Fact::Reaped { pid: pid.as_raw_pid(), outcome, is_main: process.is_some() });
            }
        }
    }

    /// There is nobody left to be reaped.
    pub fn childless(&self) {
        self.tell(Fact::Childless);
    }

    pub fn ended(&self, process: Process, outcome: Outcome) {
        if let Voice::Ours(journal) = self.voice {
            journal.say(level(process), || report::ended(self.config, process, outcome));
        }
        if let Process::Probe(id) = process
            && outcome.is_success()
        {
            self.ready(id);
        }
    }

    pub fn ready(&self, id: ServiceId) {
        if let Voice::Ours(journal) = self.voice {
            journal.say(Level::Events, || report::ready(self.config, id));
        }
    }

    /// A signal that does what the config says.
    pub fn received(&self, received: &Received, reaction: impl FnOnce() -> Reaction) {
        match self.voice {
            Voice::Ours(journal) => journal.say(Level::Events, || report::received(received, reaction())),
            Voice::Tools(_) => {
                let signal = received.signal;
                self.tell(Fact::Received(signal));
                self.tell(Fact::Handled(signal, reaction()));
            }
        }
    }

    /// A signal that says that the terminal was let go of.
    pub fn handed_off(&self, signal: Signal) {
        match self.voice {
            Voice::Ours(journal) => journal.say(Level::Events, || report::handed_off(signal)),
            Voice::Tools(_) => {
                self.tell(Fact::Received(signal));
                self.tell(Fact::HandedOff(signal));
            }
        }
    }

    /// We stop ourselves.
    pub fn suspends(&self) {
        self.tell(Fact::Suspends);
    }

    pub fn sent(&self, target: Target, signal: Signal) {
        if let Voice::Ours(journal) = self.voice {
            journal.say(Level::Events, || report::sent(self.config, target, signal));
        }
    }

    /// A signal could not be sent; to whom has ended just now and will be reaped, is nothing that we would mention.
    pub fn not_sent(&self, signal: Signal, pid: Option<Pid>, errno: Errno) {
        match self.voice {
            Voice::Ours(_) if errno == Errno::SRCH => {}
            Voice::Ours(journal) => journal.problem(&format!("{signal} could not be sent: {}", sentence(errno))),
            Voice::Tools(_) => {
                let (pid, errno) = (pid.map_or(0, Pid::as_raw_pid), errno.raw_os_error());
                self.tell(Fact::Undelivered { signal, pid, errno });
            }
        }
    }

    /// What the machine has to tell.
    pub fn note(&self, note: Note) {
        // A sleep that its own time has ended is over, and has not failed.
        let is_sleep = |id| self.config.hook(id).is_some_and(|hook| matches!(hook.task, Task::Sleep(_)));
        if let Voice::Ours(journal) = self.voice
            && !matches!(note, Note::HookTimedOut(id) if is_sleep(id))
        {
            journal.say(Level::Problems, || report::note(self.config, note));
        }
    }

    /// Something about a plugin; only we have any.
    pub fn plugin(&self, level: Level, entry: impl FnOnce(&Config) -> Entry) {
        if let Voice::Ours(journal) = self.voice {
            journal.say(level, || entry(self.config));
        }
    }

    /// The group of the program that has ended is told, as by this signal.
    pub fn farewell(&self, reaction: Reaction) {
        self.tell(Fact::Handled(Signal::TERM, reaction));
    }

    /// The init ends: how the stop went, if there was one.
    pub fn ends(&self, now: Millis, code: u8, tally: &Tally) {
        match self.voice {
            Voice::Ours(journal) => {
                if let Some(entry) = tally.summary(now, self.config, code) {
                    // Whoever asked wants to know; a service that ends by itself is no news.
                    let level = if tally.was_asked() { Level::Summary } else { Level::Events };
                    journal.say(level, || entry);
                }
            }
            Voice::Tools(_) => self.tell(Fact::Ends(code)),
        }
    }

    /// In the words of the tool, if there is one.
    fn tell(&self, fact: Fact) {
        if let Voice::Tools(voice) = self.voice {
            for line in voice.lines(self.own_pid, fact) {
                log::write(line.stream, line.text.as_bytes());
            }
        }
    }
}

/// Probes come and go.
fn level(process: Process) -> Level {
    match process {
        Process::Service(_) | Process::Hook(_) | Process::Host(_) => Level::Events,
        Process::Probe(_) => Level::Everything,
    }
}
