//! PID 1 for containers. The decisions are in `wigwag-core`; this is the shell that carries them out.

// `std` would cost more than all the rest, in size, memory and time. And its start would open closed descriptors, ignore
// SIGPIPE and handle SIGSEGV before we could look: what the platform gave must reach the service as it is. `sys::entry` is
// the start instead.
#![cfg_attr(not(test), no_std)]
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

extern crate alloc;

mod args;
mod children;
mod chores;
mod journal;
#[cfg(freestanding)]
mod last_words;
mod personality;
mod plugins;
mod program;
mod quirks;
mod report;
mod reporter;
mod run;
mod settings;
mod sys;
mod tally;
mod text;

use alloc::{string::String, vec::Vec};

use args::{Args, Parsed};
use journal::{Format, Journal, Level};
use personality::{Call, Line, Request, Tool};
use quirks::Quirks;
use reporter::Voice;
use settings::{Settings, read_config};
use sys::{
    code,
    entry::Given,
    log::{self, Stream},
    process,
    signals::Mask,
};
use text::Text;
use wigwag_core::{exit_code, explain};

/// The whole life of the init; returns its exit code.
fn main(given: Given) -> u8 {
    let Given { name, args, environment, mask } = given;
    if let Some(tool) = Tool::named(name.as_bytes()) {
        return stand_in(tool, &name, &args, environment, mask);
    }
    let result = match args::parse(args) {
        Ok(Parsed::As(tool, name, words)) => return stand_in(tool, &name, &words, environment, mask),
        Ok(Parsed::Run(Args { config, level, format, words })) => {
            // How a stop went is of interest to whoever has declared how it should.
            let usual = if config.is_some() { Level::Summary } else { Level::Problems };
            let journal = Journal::new(level.unwrap_or(usual), format);
            match Settings::load(config.as_ref(), words, environment) {
                Ok(settings) => {
                    if config.is_some() {
                        code::forget_later();
                    }
                    return run::run(&settings, &Quirks::ours(), mask, Voice::Ours(journal));
                }
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

/// Does what the tool would do.
fn stand_in(tool: Tool, name: &Text, words: &[Text], environment: Vec<Text>, mask: Mask) -> u8 {
    let words: Vec<&[u8]> = words.iter().map(Text::as_bytes).collect();
    let variables: Vec<&[u8]> = environment.iter().map(Text::as_bytes).collect();
    let call = Call { name: name.as_bytes(), words: &words, environment: &variables, pid: process::own_pid() };
    let personality = match tool.read(&call) {
        Request::Run(personality) => *personality,
        Request::Say(line, code) => {
            say(&line);
            return code;
        }
    };
    personality.greeting.iter().for_each(say);
    let command = personality.command.into_iter().map(Text::from).collect();
    match Settings::new(personality.config, command, environment) {
        Ok(settings) => run::run(&settings, &personality.quirks, mask, Voice::Tools(personality.voice)),
        // It declares nothing that could be missing.
        Err(_) => personality::FAILURE,
    }
}

fn say(line: &Line) {
    log::write(line.stream, line.text.as_bytes());
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
