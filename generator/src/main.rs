//! `wigwag`: from one spec to a container that stops correctly.

#![forbid(unsafe_code)]

mod build;
mod check;
mod checked;
mod cli;
mod completions;
mod exit;
mod input;
mod man;
mod new;
mod output;
mod plugin;
mod preset;
mod prove;
mod run;
mod schema;
mod supplies;
mod targets;
mod terminal;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
