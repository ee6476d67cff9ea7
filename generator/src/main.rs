//! `wigwag`: from one spec to a container that stops correctly.

mod cli;
mod namespace;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
