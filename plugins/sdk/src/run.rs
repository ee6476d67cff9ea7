//! Commands that the spec names. PID 1 runs them, as a hook runs, never the plugin. Grant:
//! `commands = { NAME = ["program", "argument"] }`.

use alloc::vec::Vec;

use crate::{Millis, Outcome, Result, host};

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// How it ended.
    pub outcome: Outcome,
    /// What it wrote to standard output: the first 64 KiB.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error: the first 64 KiB.
    pub stderr: Vec<u8>,
    /// Whether it wrote more.
    pub truncated: bool,
}

impl Output {
    /// One that ended with this status, and wrote nothing.
    pub fn exited(status: u8) -> Self {
        Self { outcome: Outcome::Exited(status), stdout: Vec::new(), stderr: Vec::new(), truncated: false }
    }
}

/// Runs the command of that name, and waits for its end. Arguments are added to those of the spec, if that has
/// `arguments = true` for it. It has until `timeout` is over, and no longer than the call; then it is killed, with all
/// that it started.
///
/// # Errors
/// It is not granted.
pub fn run(command: &str, arguments: &[&str], timeout: Option<Millis>) -> Result<Output> {
    host::run(command, arguments, timeout)
}
