//! The command line.

use std::{ffi::OsString, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::namespace;

#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a command as PID 1 of a new PID namespace, and ends as it ends.
    #[command(hide = true)]
    Pid1 {
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
    #[command(hide = true, name = namespace::INSIDE)]
    Inside(namespace::Inside),
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Pid1 { command } => namespace::run(&command),
        Command::Inside(inside) => inside.exec(),
    }
}
