//! What a plugin has others do.

use wigwag_core::{Millis, Outcome, Signal, plugin::message::Level};

/// How much of each output of a command a plugin is given.
pub const OUTPUT: usize = 64 << 10;

/// Who logs, sends signals and runs commands for a plugin: `wigwag-init` at the other end of a socket
/// ([`Channel`](crate::channel::Channel)), or a test. What is asked of it is granted.
pub trait Supervisor {
    /// Logs a line.
    ///
    /// # Errors
    /// It cannot be asked any more.
    fn log(&mut self, level: Level, text: String) -> Result<(), Interrupted>;

    /// Sends a signal to a service, or says why not. The call ends at `end`.
    ///
    /// # Errors
    /// There was no answer.
    fn signal(&mut self, service: &str, signal: Signal, end: Millis) -> Result<Result<(), String>, Interrupted>;

    /// Runs a command until `until`, when it is killed, or says why not. The call ends at `end`.
    ///
    /// # Errors
    /// There was no answer.
    fn run(
        &mut self,
        command: &str,
        arguments: Vec<String>,
        until: Millis,
        end: Millis,
    ) -> Result<Result<Output, String>, Interrupted>;
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// How it ended.
    pub outcome: Outcome,
    /// What it wrote to standard output, the first [`OUTPUT`] bytes.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error, the first [`OUTPUT`] bytes.
    pub stderr: Vec<u8>,
    /// Whether it wrote more.
    pub truncated: bool,
}

/// Why a call cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interrupted {
    /// Its time is over.
    Timeout,
    /// Whoever was asked is gone, or says something senseless.
    Lost(String),
}

impl From<Interrupted> for wasmtime::Error {
    fn from(interrupted: Interrupted) -> Self {
        match interrupted {
            Interrupted::Timeout => wasmtime::Trap::Interrupt.into(),
            Interrupted::Lost(text) => Self::msg(text),
        }
    }
}
