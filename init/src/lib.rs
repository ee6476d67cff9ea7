//! PID 1 for containers. The decisions are in `wigwag-core`; this is the shell that carries them out.

// `std` would cost more than all the rest, in size, memory and time. And its start would open closed descriptors, ignore
// SIGPIPE and handle SIGSEGV before we could look: what the platform gave must reach the service as it is. `sys::entry` is
// the start instead.
#![cfg_attr(not(test), no_std)]
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

extern crate alloc;

mod args;
mod children;
mod journal;
#[cfg(freestanding)]
mod last_words;
mod program;
mod report;
mod run;
mod settings;
mod sys;
mod tally;
mod text;

use alloc::{string::String, vec::Vec};

use args::{Args, Parsed};
use journal::{Format, Journal, Level};
use settings::{Settings, read_config};
use sys::{
    entry::Given,
    log::{self, Stream},
};
use wigwag_core::{exit_code, explain};

/// The whole life of the init; returns its exit code.
fn main(given: Given) -> u8 {
    let result = match args::parse(given.args) {
        Ok(Parsed::Run(Args { config, level, format, words })) => {
            // How a stop went is of interest to whoever has declared how it should.
            let usual = if config.is_some() { Level::Summary } else { Level::Problems };
            let journal = Journal::new(level.unwrap_or(usual), format);
            match Settings::load(config.as_ref(), words, given.environment) {
                Ok(settings) => return run::run(&settings, given.mask, journal),
                Err(problems) => {
                    journal.problems(&problems);
                    return exit_code::OWN_FAILURE;
                }
            }
        }
        Ok(Parsed::Print(text)) => Ok(text),
        Ok(Parsed::Explain(file)) => read_config(&file).map(|config| explain(&config)),
        Err(problem) => Err([problem].into()),
    };
    print(result)
}

fn print(result: Result<String, Vec<String>>) -> u8 {
    match result {
        Ok(text) => {
            log::write(Stream::Out, text.as_bytes());
            0
        }
        Err(problems) => {
            let journal = Journal::new(Level::Problems, Format::Text);
            journal.problems(&problems);
            exit_code::OWN_FAILURE
        }
    }
}
