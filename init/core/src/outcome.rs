//! How a process ended, and the exit code that says so.

use crate::{Signal, exit_code};

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It called exit with this status.
    Exited(u8),
    /// A signal ended it.
    Killed(Signal),
    /// The program never ran.
    NotStarted(Failure),
}

/// Why a program never ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// There is no such file.
    NotFound,
    /// The file is there and cannot be executed.
    NotExecutable,
    /// The kernel refused a process: no memory, too many processes.
    NoProcess,
}

impl Outcome {
    /// Whether the work was done: exit status 0.
    pub fn is_success(self) -> bool {
        self == Self::Exited(0)
    }

    /// The exit code by the convention of sh(1): the status, 128+n for signal n, 127 and 126 for a program that is not
    /// there or cannot be executed; 125, as timeout(1) and docker-run(1) use it, when no process could be made.
    pub fn code(self) -> u8 {
        match self {
            Self::Exited(status) => status,
            Self::Killed(signal) => exit_code::of_signal(signal),
            Self::NotStarted(Failure::NotFound) => exit_code::NOT_FOUND,
            Self::NotStarted(Failure::NotExecutable) => exit_code::NOT_EXECUTABLE,
            Self::NotStarted(Failure::NoProcess) => exit_code::OWN_FAILURE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_sh() {
        for (outcome, code) in [
            (Outcome::Exited(0), 0),
            (Outcome::Exited(255), 255),
            (Outcome::Killed(Signal::TERM), 143),
            (Outcome::Killed(Signal::RTMAX), 192),
            (Outcome::NotStarted(Failure::NotFound), 127),
            (Outcome::NotStarted(Failure::NotExecutable), 126),
            (Outcome::NotStarted(Failure::NoProcess), 125),
        ] {
            assert_eq!(outcome.code(), code, "{outcome:?}");
            assert_eq!(outcome.is_success(), code == 0, "{outcome:?}");
        }
    }
}
