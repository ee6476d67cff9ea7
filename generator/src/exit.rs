//! How this program ends.

use std::{fmt::Write as _, path::Path, process::ExitCode};

use wigwag_core::exit_code::OWN_FAILURE;

/// The exit codes; `wigwag run` has the service's own besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Ok = 0,
    Differs = 1,
    Usage = 2,
    Spec = 3,
    Io = 4,
    Module = 5,
    Failed = 6,
}

impl Exit {
    const ALL: [(Self, &str); 7] = [
        (Self::Ok, "all went well"),
        (Self::Differs, "`build --check` found differences, or `check` or `prove` something that is wrong"),
        (Self::Usage, "the command line is wrong"),
        (Self::Spec, "the spec has errors"),
        (Self::Io, "something could not be read or written"),
        (Self::Module, "a file is no plugin, or none for this wigwag"),
        (Self::Failed, "`plugin test`: the plugin cannot be called, failed, or decided what it may not"),
    ];

    /// The section of `--help`.
    pub fn help() -> String {
        let mut help = String::from("Exit codes:\n");
        for (exit, meaning) in Self::ALL {
            let _ = writeln!(help, "  {}  {meaning}", exit as u8);
        }
        let _ = write!(
            help,
            "\n`wigwag run` ends with the status of what it ran, or {OWN_FAILURE} if it could not be started."
        );
        help
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why it did not go well.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    pub message: String,
}

impl Failure {
    /// All of them as one, if there are any: with the worst of their codes.
    pub fn all(failures: Vec<Self>) -> Option<Self> {
        let exit = failures.iter().map(|failure| failure.exit).max_by_key(|exit| *exit as u8)?;
        let messages: Vec<String> = failures.into_iter().map(|failure| failure.message).collect();
        Some(Self { exit, message: messages.join("\n\n") })
    }

    /// What is wrong, without saying that something is.
    pub fn sentence(&self) -> &str {
        self.message.strip_prefix("error: ").unwrap_or(&self.message)
    }

    /// The spec has these errors.
    pub fn spec(diagnostics: &str) -> Self {
        Self { exit: Exit::Spec, message: diagnostics.trim_end().to_string() }
    }

    /// Something could not be read or written.
    pub fn io(message: impl Into<String>) -> Self {
        Self { exit: Exit::Io, message: format!("error: {}", message.into()) }
    }

    /// The file is no plugin.
    pub fn module(path: &Path, sentence: &str) -> Self {
        Self { exit: Exit::Module, message: format!("error: `{}`: {sentence}", path.display()) }
    }

    /// The plugin failed.
    pub fn plugin(sentence: &str) -> Self {
        Self { exit: Exit::Failed, message: format!("error: the plugin cannot be called: {sentence}") }
    }

    /// The command line asks for what is not possible.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: format!("error: {}", message.into()) }
    }
}

impl From<String> for Failure {
    /// What the pure half refuses, it refuses because of the spec.
    fn from(message: String) -> Self {
        Self { exit: Exit::Spec, message: format!("error: {message}") }
    }
}
