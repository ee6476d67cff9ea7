//! `wigwag prove` without the rest of `wigwag`, which takes minutes to build.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use wigwag_prove::{Part, Prove};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Prove(Prove),
    #[command(flatten)]
    Part(Part),
}

fn main() -> ExitCode {
    let (text, code) = match Cli::parse().command {
        Command::Part(part) => return part.run(),
        Command::Prove(prove) => match prove.run() {
            Ok((text, is_right)) => (text, u8::from(!is_right)),
            Err(error) => (format!("{error:?}\n"), 4),
        },
    };
    let _ = io::stdout().write_all(text.as_bytes());
    ExitCode::from(code)
}
