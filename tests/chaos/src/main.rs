//! Random containers under random faults: `cargo chaos`. What a round does is chosen in `plan`, done in `round`, and judged in
//! `judge`, each without the others.

mod container;
mod inside;
mod journal;
mod judge;
mod launcher;
mod options;
mod plan;
mod random;
mod report;
mod round;
mod run;
mod sentinel;
mod story;
mod totals;

use std::{
    env,
    io::{Write, stdout},
    process::ExitCode,
};

use scenarios::Result;

fn main() -> Result<ExitCode> {
    let mut words = env::args();
    let name = words.next().unwrap_or_default();
    let mut words = words.peekable();
    if words.next_if(|word| word == inside::INSIDE).is_some() {
        inside::run(&name, words)?;
        return Ok(ExitCode::SUCCESS);
    }
    if words.next_if(|word| word == launcher::LAUNCHER).is_some() {
        return launcher::run(words);
    }
    let Some(options) = options::parse(words)? else {
        write!(stdout(), "{}", options::HELP)?;
        return Ok(ExitCode::SUCCESS);
    };
    run::run(&options)
}
