//! Who is who: the pids of the processes that the core speaks of by name.

use alloc::vec::Vec;

use rustix::{io::Errno, process::Pid};
use wigwag_core::{Failure, Outcome, Process};

use crate::sys::spawn::{ExecResult, Spawned};

/// The processes that were started and are not reaped yet.
#[derive(Default)]
pub struct Children(Vec<Child>);

struct Child {
    process: Process,
    pid: Pid,
    exec: Exec,
}

/// What is known of the child's exec.
enum Exec {
    /// Nothing yet; the descriptor will tell.
    Pending(Spawned),
    Done,
    Failed(Errno),
}

impl Children {
    pub fn add(&mut self, process: Process, spawned: Spawned) {
        self.0.push(Child { process, pid: spawned.pid(), exec: Exec::Pending(spawned) });
    }

    /// The pid, while it is not reaped: a reaped pid may be somebody else's by now.
    pub fn pid(&self, process: Process) -> Option<Pid> {
        self.0.iter().find(|child| child.process == process).map(|child| child.pid)
    }

    /// The children whose exec is still to be heard of.
    pub fn pending(&self) -> impl Iterator<Item = &Spawned> {
        self.0.iter().filter_map(|child| match &child.exec {
            Exec::Pending(spawned) => Some(spawned),
            Exec::Done | Exec::Failed(_) => None,
        })
    }

    /// Looks what became of pending execs; the processes that execute their program now.
    pub fn started(&mut self) -> Vec<Process> {
        self.0.iter_mut().filter_map(|child| child.learn().then_some(child.process)).collect()
    }

    /// Takes a reaped child off the list: who it was, how it ended, and the errno of a failed exec. `None` for an orphan.
    pub fn reaped(&mut self, pid: Pid, outcome: Outcome) -> Option<(Process, Outcome, Option<Errno>)> {
        let at = self.0.iter().position(|child| child.pid == pid)?;
        let mut child = self.0.swap_remove(at);
        child.learn();
        Some(match child.exec {
            Exec::Failed(errno) => (child.process, Outcome::NotStarted(failure(errno)), Some(errno)),
            Exec::Pending(_) | Exec::Done => (child.process, outcome, None),
        })
    }
}

impl Child {
    /// Whether its program is found to be executed, for the first time.
    fn learn(&mut self) -> bool {
        let Exec::Pending(spawned) = &self.exec else { return false };
        match spawned.result() {
            ExecResult::Pending => false,
            ExecResult::Done => {
                self.exec = Exec::Done;
                true
            }
            ExecResult::Failed(errno) => {
                self.exec = Exec::Failed(errno);
                false
            }
        }
    }
}

/// 127 or 126, as sh(1) tells them apart.
fn failure(errno: Errno) -> Failure {
    if errno == Errno::NOENT || errno == Errno::NOTDIR { Failure::NotFound } else { Failure::NotExecutable }
}
