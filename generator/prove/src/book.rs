//! Writes the record while it happens.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use crate::{
    procfs,
    record::{Image, Moment, Process, Record, State},
    sys::Pid,
};

/// The record so far, and who is who in it.
#[derive(Debug)]
pub struct Book {
    /// What was seen.
    pub record: Record,
    /// PID 1, as it is called out here.
    pub first: Pid,
    /// When something was started or ended last.
    pub changed: Instant,
    zero: Instant,
    /// Living processes, and where in the record they are.
    living: HashMap<Pid, usize>,
}

impl Book {
    /// Of a container with this PID 1.
    pub fn new(first: Pid) -> Self {
        let now = Instant::now();
        let mut book = Self { record: Record::default(), first, changed: now, zero: now, living: HashMap::new() };
        book.born(first);
        book
    }

    /// The entrypoint is executed now: times count from here.
    pub fn start(&mut self) {
        self.zero = Instant::now();
    }

    /// The time.
    pub fn now(&self) -> Moment {
        Moment(self.zero.elapsed())
    }

    /// Whether this process is known, and not over.
    pub fn knows(&self, pid: Pid) -> bool {
        self.living.contains_key(&pid)
    }

    /// Whoever lives.
    pub fn living(&self) -> Vec<Pid> {
        let mut living: Vec<Pid> = self.living.keys().copied().collect();
        living.sort_unstable();
        living
    }

    /// The entry of a living process.
    pub fn process(&mut self, pid: Pid) -> Option<&mut Process> {
        self.record.processes.get_mut(*self.living.get(&pid)?)
    }

    /// There is a new process.
    pub fn born(&mut self, pid: Pid) {
        if self.knows(pid) {
            return;
        }
        let status = procfs::status(pid).unwrap_or_default();
        let parent = procfs::status(status.parent).filter(|_| pid != self.first).map_or(0, |parent| parent.inner);
        let born = if pid == self.first { Moment(Duration::ZERO) } else { self.now() };
        self.living.insert(pid, self.record.processes.len());
        self.record.processes.push(Process { pid: status.inner, parent, born, outer: pid, ..Process::default() });
        self.changed = Instant::now();
    }

    /// A process runs another program, of which it has done nothing yet.
    pub fn executes(&mut self, pid: Pid) {
        let at = self.now();
        let status = procfs::status(pid).unwrap_or_default();
        let image = Image {
            at,
            arguments: procfs::arguments(pid),
            environment: procfs::environment(pid),
            blocked: procfs::signals(status.blocked),
            ignored: procfs::signals(status.ignored),
            descriptors: procfs::descriptors(pid),
            uid: status.uid,
        };
        if let Some(process) = self.process(pid) {
            // It was looked at in the middle of its execve(2).
            process.images.pop_if(|last| last.arguments.is_empty());
            process.images.push(image);
        }
        self.changed = Instant::now();
    }

    /// A process is over.
    pub fn ends(&mut self, pid: Pid, end: crate::record::End) {
        let now = self.now();
        if let Some(process) = self.process(pid) {
            // The probe may have told it itself.
            process.ended.get_or_insert((now, end));
        }
        self.living.remove(&pid);
        self.changed = Instant::now();
        if pid == self.first {
            self.record.ended = Some(now);
            self.record.status = Some(end);
        }
    }

    /// Looks at everybody, zombies too: they are over, but not gone.
    pub fn look(&mut self, mut tell: impl FnMut(&mut Process, State)) {
        let first = self.first;
        for process in &mut self.record.processes {
            let Some(status) = procfs::status(process.outer).filter(|status| status.inner == process.pid) else {
                continue;
            };
            let state = State {
                state: status.state,
                parent: status.parent,
                is_child_of_first: status.parent == first,
                blocked: procfs::signals(status.blocked),
                ignored: procfs::signals(status.ignored),
                caught: procfs::signals(status.caught),
                pending: procfs::signals(status.pending),
            };
            tell(process, state);
        }
    }

    /// What everybody has used of the processor, and whether somebody would like to go on right now.
    pub fn work(&self) -> (u64, bool) {
        let is_busy = |pid: &Pid| procfs::status(*pid).is_some_and(|status| matches!(status.state, 'R' | 'D'));
        (self.living.keys().map(|pid| procfs::ticks(*pid)).sum(), self.living.keys().any(is_busy))
    }

    /// PID 1 begins to end, or is about to be killed.
    pub fn last_look(&mut self) {
        self.look(|process, state| process.at_end = Some(state));
    }
}
