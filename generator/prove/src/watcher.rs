//! Sees what /proc shows when nothing can be traced: who is there, not what they are told or how they end. What the probe
//! writes says the rest of the probe.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process,
};

use nix::errno::Errno;
use wigwag_core::Signal;

use crate::{
    book::Book,
    namespace,
    probe::Told,
    procfs::{self, has},
    record::{Delivery, Effect, End, Sender},
    sys::{self, Change, Pid},
    text::Text,
};

/// Looks at every process of the container, again and again.
#[derive(Debug)]
pub struct Watcher {
    /// What it saw.
    pub book: Book,
    namespace: Option<PathBuf>,
    /// What each one ran when it was looked at.
    programs: HashMap<Pid, Vec<Text>>,
    is_started: bool,
    /// Whether PID 1 is a child of this process, and its end is told.
    is_child: bool,
    log: Option<BufReader<File>>,
}

impl Watcher {
    /// Of this PID 1, which may not have executed the entrypoint yet.
    pub fn new(first: Pid, why: &str, log: Option<&Path>) -> Self {
        let mut book = Book::new(first);
        book.record.unknown.push(format!(
            "{why}, so /proc was read over and over: processes that lived for less than some milliseconds, who took which \
             signal, and how a process other than PID 1 ended are not known"
        ));
        let log = log.and_then(|path| File::open(path).ok()).map(BufReader::new);
        let own = Pid::try_from(process::id()).ok();
        let is_child = procfs::status(first).map(|status| status.parent) == own;
        Self { book, namespace: None, programs: HashMap::new(), is_started: false, is_child, log }
    }

    /// Looks.
    pub fn see(&mut self) -> nix::Result<()> {
        loop {
            match sys::wait() {
                Ok(Some((pid, change))) if pid == self.book.first => {
                    let end = match change {
                        Change::Exited(code) => End::Exited(code),
                        Change::Killed(signal) => Signal::new(signal).map_or(End::Unseen, End::Killed),
                        Change::Stopped { .. } => continue,
                    };
                    self.listen();
                    self.end_others();
                    self.book.ends(pid, end);
                    return Ok(());
                }
                Ok(Some(_)) | Err(Errno::EINTR) => {}
                Ok(None) | Err(Errno::ECHILD) => break,
                Err(error) => return Err(error),
            }
        }
        self.look();
        self.listen();
        Ok(())
    }

    fn look(&mut self) {
        // The first one may not be in it yet when this begins.
        self.namespace = procfs::namespace(self.book.first).or_else(|| self.namespace.take());
        let there: Vec<Pid> = procfs::processes()
            .into_iter()
            .filter(|pid| *pid == self.book.first || procfs::namespace(*pid) == self.namespace)
            .collect();
        for pid in &there {
            let arguments = procfs::arguments(*pid);
            // A zombie has no arguments; and PID 1 is not the entrypoint from the beginning.
            if namespace::is_inside(*pid) {
                continue;
            }
            if !self.is_started {
                self.is_started = true;
                self.book.start();
            }
            self.book.born(*pid);
            if self.programs.get(pid) != Some(&arguments) {
                self.programs.insert(*pid, arguments);
                self.book.executes(*pid);
            }
        }
        for pid in self.book.living() {
            let is_over = procfs::status(pid).is_none_or(|status| status.state == 'Z');
            if !is_over || (pid == self.book.first && self.is_child) {
                continue;
            }
            if pid == self.book.first {
                self.end_others();
            }
            self.programs.remove(&pid);
            self.end(pid);
        }
    }

    fn end(&mut self, pid: Pid) {
        self.listen();
        self.book.ends(pid, End::Unseen);
    }

    fn end_others(&mut self) {
        for pid in self.book.living() {
            if pid != self.book.first {
                self.book.ends(pid, End::Unseen);
            }
        }
    }

    /// Reads what the probe has written.
    fn listen(&mut self) {
        let Some(log) = &mut self.log else { return };
        let mut line = String::new();
        while log.read_line(&mut line).is_ok_and(|count| count > 0) {
            if let Ok(told) = serde_json::from_str(&line) {
                self.book.told(told);
            }
            line.clear();
        }
    }
}

impl Book {
    /// The probe's own words, where nobody else saw it.
    fn told(&mut self, told: Told) {
        let at = self.now();
        match told {
            Told::Signal { pid, number, from } => {
                let Some(signal) = u8::try_from(number).ok().and_then(Signal::new) else { return };
                let is_caught = self.record.process(pid).and_then(|process| procfs::status(process.outer));
                let is_caught = is_caught.is_none_or(|status| has(status.caught, signal));
                let effect = if is_caught { Effect::Caught } else { Effect::Default };
                let from = if from == 0 { Sender::Platform } else { Sender::Process(from) };
                self.record.deliveries.push(Delivery { at, to: pid, signal, from, effect });
            }
            Told::Exit { pid, code } => {
                if let Some(process) = self.record.processes.iter_mut().rev().find(|process| process.pid == pid) {
                    process.ended = Some((at, End::Exited(code)));
                }
            }
        }
    }
}
