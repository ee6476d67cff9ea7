//! Finds in Dockerfiles, entrypoint scripts and manifests why a container would not stop as it should.
//!
//! Text in, findings out: nothing here reads a file, starts a process or looks at the environment.

#![warn(missing_docs)]
#![forbid(unsafe_code)]

mod check;
pub mod command;
pub mod context;
pub mod dockerfile;
mod duration;
mod flow;
pub mod kind;
mod launchers;
pub mod manifest;
pub mod pid1;
pub mod report;
pub mod rules;
pub mod script;
pub mod suppression;
pub mod yaml;

use std::ops::Range;

pub use self::{check::check, flow::is_shell, kind::Kind, launchers::is_launcher, report::Report};
/// What can be found: a kind of mistake. Each is a file in `rules`, with its documentation beside it.
#[derive(Debug)]
pub struct Rule {
    /// How it is called, in suppressions too: `no-exec`.
    pub id: &'static str,
    /// What it says, in a sentence.
    pub summary: &'static str,
    /// What is found, why it is wrong, how to mend it, with examples, in Markdown.
    pub doc: &'static str,
    /// How bad it is.
    pub severity: Severity,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It works here, by luck.
    Note,
    /// It may go wrong.
    Warning,
    /// The container does not stop as it should.
    Error,
}

/// Something that was found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The kind of mistake.
    pub rule: &'static Rule,
    /// The name of the file that it stands in.
    pub file: String,
    /// Where it stands in that file, in bytes.
    pub span: Range<usize>,
    /// What is wrong here.
    pub message: String,
    /// What would be right.
    pub help: String,
}
