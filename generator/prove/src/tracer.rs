//! Sees everything, by ptrace(2): who is started, what is executed, which signal is taken, how each one ends.
//!
//! A tracer that seizes, and passes on every signal as it came, changes little: stops by job control stay stops
//! (`PTRACE_LISTEN`), PID 1 is still asked by the kernel whether it has a handler, and exit codes are the kernel's. Two
//! things differ: a process that is traced cannot be traced by another one ([`Record::interfered`](crate::record::Record::interfered)), and a system call
//! that any signal interrupts is interrupted by one that is ignored, too.

use std::collections::HashMap;

use nix::{
    errno::Errno,
    libc,
    sys::ptrace::{self, Options},
    unistd,
};
use wigwag_core::Signal;

use crate::{
    book::Book,
    launchers, namespace,
    procfs::{self, has},
    record::{Delivery, Effect, End, Sender},
    sys::{self, Change, Pid},
};

/// Traces every process of the container.
#[derive(Debug)]
pub struct Tracer {
    /// What it saw.
    pub book: Book,
    /// The process of each traced thread.
    tasks: HashMap<Pid, Pid>,
    /// Whether the entrypoint is executed already.
    is_started: bool,
}

fn options() -> Options {
    Options::PTRACE_O_EXITKILL | events()
}

fn events() -> Options {
    Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_TRACEEXIT
}

impl Tracer {
    /// Of a process that is about to become PID 1 and to execute the entrypoint. It is killed with this process.
    pub fn before_start(first: Pid) -> nix::Result<Self> {
        ptrace::seize(unistd::Pid::from_raw(first), options())?;
        let mut tracer = Self { book: Book::new(first), tasks: HashMap::from([(first, first)]), is_started: false };
        tracer.book.record.is_traced = true;
        Ok(tracer)
    }

    /// Of a container that runs already.
    pub fn attach(first: Pid) -> nix::Result<Self> {
        let namespace = procfs::namespace(first).ok_or(Errno::ESRCH)?;
        let mut tracer = Self { book: Book::new(first), tasks: HashMap::new(), is_started: true };
        tracer.book.record.is_traced = true;
        tracer.book.record.unknown.push(
            "the container had begun when it was looked at: arguments, masks and descriptors are those of that moment"
                .to_string(),
        );
        // Whoever is made meanwhile by somebody who is not seized yet is found the next time.
        loop {
            let before = tracer.tasks.len();
            for pid in procfs::processes() {
                if procfs::namespace(pid).as_ref() == Some(&namespace) {
                    tracer.seize(pid)?;
                }
            }
            if tracer.tasks.len() == before {
                return Ok(tracer);
            }
        }
    }

    fn seize(&mut self, pid: Pid) -> nix::Result<()> {
        for thread in procfs::threads(pid) {
            if self.tasks.contains_key(&thread) {
                continue;
            }
            match ptrace::seize(unistd::Pid::from_raw(thread), events()) {
                Ok(()) => drop(self.tasks.insert(thread, pid)),
                Err(Errno::ESRCH) => continue,
                Err(error) => return Err(error),
            }
            if thread == pid {
                self.book.born(pid);
                self.book.executes(pid);
            }
        }
        Ok(())
    }

    /// Sees everything that has happened since.
    pub fn see(&mut self) -> nix::Result<()> {
        loop {
            match sys::wait() {
                Ok(Some((pid, change))) => self.change(pid, change),
                Ok(None) | Err(Errno::ECHILD) => return Ok(()),
                Err(Errno::EINTR) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn change(&mut self, task: Pid, change: Change) {
        match change {
            Change::Exited(code) => self.gone(task, End::Exited(code)),
            Change::Killed(signal) => {
                self.gone(task, Signal::new(signal).map_or(End::Unseen, End::Killed));
            }
            Change::Stopped { signal, event } => {
                // Its maker's event may come later, or not at all if the maker was killed.
                self.adopt(task);
                let goes_on = match event {
                    0 => self.delivery(task, signal),
                    libc::PTRACE_EVENT_STOP if is_group_stop(signal) => sys::listen(task),
                    _ => {
                        self.event(task, event);
                        sys::resume(task, 0)
                    }
                };
                // It fails for one that was killed meanwhile, whose end is still to come.
                let _ = goes_on;
            }
        }
    }

    fn event(&mut self, task: Pid, event: i32) {
        let message = ptrace::getevent(unistd::Pid::from_raw(task)).ok().and_then(|number| Pid::try_from(number).ok());
        match event {
            libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK | libc::PTRACE_EVENT_CLONE => {
                if let Some(new) = message {
                    self.adopt(new);
                }
            }
            libc::PTRACE_EVENT_EXEC => {
                if let Some(former) = message.filter(|former| *former != task) {
                    self.tasks.remove(&former);
                }
                self.executes(task);
            }
            libc::PTRACE_EVENT_EXIT if task == self.book.first => {
                self.book.record.ending.get_or_insert(self.book.now());
                if self.book.record.killed.is_none() {
                    self.book.last_look();
                }
            }
            _ => {}
        }
    }

    fn executes(&mut self, pid: Pid) {
        if !self.is_started {
            // What prepares it is not it.
            if namespace::is_inside(pid) {
                return;
            }
            self.is_started = true;
            self.book.start();
        }
        self.book.executes(pid);
        self.look_for_tracers(pid);
    }

    fn look_for_tracers(&mut self, pid: Pid) {
        let image = self.book.process(pid).and_then(|process| process.images.last());
        let tracer = image.and_then(|image| image.arguments.first()).filter(|name| launchers::is_tracer(name)).cloned();
        if tracer.is_some() {
            self.book.record.interfered = tracer;
        }
    }

    fn adopt(&mut self, task: Pid) {
        if self.tasks.contains_key(&task) {
            return;
        }
        // One that is gone has been or will be told of as gone.
        let Some(status) = procfs::status(task) else { return };
        self.tasks.insert(task, status.process);
        if status.process == task {
            self.book.born(task);
        }
    }

    fn gone(&mut self, task: Pid, end: End) {
        self.tasks.remove(&task);
        // The leader's end is told when its last thread is gone.
        self.book.ends(task, end);
    }

    fn delivery(&mut self, task: Pid, number: i32) -> nix::Result<()> {
        if let Some(signal) = u8::try_from(number).ok().and_then(Signal::new) {
            let process = self.tasks.get(&task).copied().unwrap_or(task);
            let is_first = process == self.book.first;
            let status = procfs::status(task).unwrap_or_default();
            let to = procfs::status(process).map_or(status.inner, |status| status.inner);
            let from = match sys::sender(task) {
                Ok((code, 0)) if code <= 0 => Sender::Platform,
                Ok((code, pid)) if code <= 0 => Sender::Process(pid),
                _ => Sender::Kernel,
            };
            let effect = effect(signal, status.caught, status.ignored, is_first);
            let at = self.book.now();
            self.book.record.deliveries.push(Delivery { at, to, signal, from, effect });
        }
        sys::resume(task, number)
    }
}

fn effect(signal: Signal, caught: u64, ignored: u64, is_first: bool) -> Effect {
    let is_ignored_by_default =
        !signal.ends_by_default() && ![Signal::STOP, Signal::TSTP, Signal::TTIN, Signal::TTOU].contains(&signal);
    if has(caught, signal) {
        Effect::Caught
    } else if has(ignored, signal) || is_ignored_by_default {
        Effect::Ignored
    } else if is_first && signal != Signal::STOP {
        Effect::Dropped
    } else {
        Effect::Default
    }
}

fn is_group_stop(signal: i32) -> bool {
    [libc::SIGSTOP, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU].contains(&signal)
}
