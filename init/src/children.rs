//! Who is who: the pids of the processes that the core speaks of by name.

use alloc::vec::Vec;

use rustix::{
    fd::{AsFd as _, BorrowedFd},
    process::Pid,
};
use wigwag_core::{Outcome, Process};

use crate::sys::spawn::{ExecResult, Obstacle, Spawned};

/// The processes that were started and are not reaped yet.
#[derive(Default)]
pub struct Children(Vec<Child>);

/// Whose process it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// One that the core knows.
    Known(Process),
    /// A command that a plugin has run.
    Command,
}

struct Child {
    role: Role,
    pid: Pid,
    exec: Exec,
}

/// What is known of the child's exec.
enum Exec {
    /// Nothing yet; the descriptor will tell.
    Pending(Spawned),
    Done,
    Failed(Obstacle),
}

impl Children {
    pub fn add(&mut self, role: Role, spawned: Spawned) {
        self.0.push(Child { role, pid: spawned.pid(), exec: Exec::Pending(spawned) });
    }

    /// The pid, while it is not reaped: a reaped pid may be somebody else's by now.
    pub fn pid(&self, process: Process) -> Option<Pid> {
        self.0.iter().find(|child| child.role == Role::Known(process)).map(|child| child.pid)
    }

    /// Where what became of an exec is to be heard.
    pub fn pending(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.0.iter().filter_map(|child| match &child.exec {
            Exec::Pending(spawned) => Some(spawned.as_fd()),
            Exec::Done | Exec::Failed(_) => None,
        })
    }

    /// Looks what became of pending execs; the processes that execute their program now.
    pub fn started(&mut self) -> Vec<Process> {
        let learned = self.0.iter_mut().filter_map(|child| child.learn().then_some(child.role));
        learned.filter_map(|role| if let Role::Known(process) = role { Some(process) } else { None }).collect()
    }

    /// Takes a reaped child off the list: who it was, how it ended, and what kept it from its exec. `None` for an orphan.
    pub fn reaped(&mut self, pid: Pid, outcome: Outcome) -> Option<(Role, Outcome, Option<Obstacle>)> {
        let at = self.0.iter().position(|child| child.pid == pid)?;
        let mut child = self.0.swap_remove(at);
        child.learn();
        Some(match child.exec {
            Exec::Failed(obstacle) => (child.role, Outcome::NotStarted(obstacle.failure()), Some(obstacle)),
            Exec::Pending(_) | Exec::Done => (child.role, outcome, None),
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
            ExecResult::Failed(obstacle) => {
                self.exec = Exec::Failed(obstacle);
                false
            }
        }
    }
}
