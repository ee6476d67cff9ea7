//! Starts a container or a command, stops it, and tells what happened.
//!
//! [`Prove`] is what people ask; each run is a process of its own (`run`), in which a `tracer`, or where that is not
//! possible a `watcher`, writes a [`record`]. [`subject`] finds the program in it, [`verdict`] judges, [`report`] tells:
//! these three look at nothing but the record.

#![warn(missing_docs)]
#![deny(unsafe_code)]

mod book;
mod command;
mod engine;
mod guard;
mod launchers;
pub mod namespace;
mod output;
mod probe;
mod procfs;
pub mod record;
pub mod report;
mod run;
mod settings;
pub mod subject;
mod sys;
pub mod text;
mod tracer;
pub mod verdict;
mod watcher;

pub use command::{Form, Part, Prove};

/// Why it could not be done.
#[derive(Debug)]
pub enum Error {
    /// The command line asks for what is not possible.
    Usage(String),
    /// Something could not be run, read or written.
    Io(String),
}
