//! PID 1 for containers. The decisions are in `wigwag-core`; this is the shell that carries them out.

// `std` would cost more than all the rest, in size, memory and time. And its start would open closed descriptors, ignore
// SIGPIPE and handle SIGSEGV before we could look: what the platform gave must reach the service as it is. `sys::entry` is
// the start instead.
#![cfg_attr(not(test), no_std)]
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

extern crate alloc;

mod args;
mod children;
mod report;
mod run;
mod settings;
mod sys;
mod text;

use sys::entry::Given;
use wigwag_core::exit_code;

/// The whole life of the init; returns its exit code.
fn main(given: Given) -> u8 {
    let args = match args::parse(given.args) {
        Ok(args::Parsed::Run(args)) => args,
        Ok(args::Parsed::Print(text)) => {
            report::print(&text);
            return 0;
        }
        Err(error) => {
            report::line(&error);
            return exit_code::OWN_FAILURE;
        }
    };
    let verbose = args.verbose;
    match settings::load(args, given.environment) {
        Ok(settings) => run::run(&settings, given.mask, verbose),
        Err(problems) => {
            for problem in problems {
                report::line(&problem);
            }
            exit_code::OWN_FAILURE
        }
    }
}
