//! A stop signal that nobody can handle, or that is none.

use wigwag_core::Signal;

use crate::{dockerfile::Word, report::Report};

rule!(Error, "stop-signal-invalid", "a stop signal that nobody can handle, or that is none");

/// The signal, if it is one that can be handled.
pub fn check(word: &Word, file: &str, report: &mut Report) -> Option<Signal> {
    let help = "the signal that the program takes for a stop, `SIGTERM` for most; `wigwag preset list` has others";
    match word.value.parse::<Signal>() {
        Ok(signal @ (Signal::KILL | Signal::STOP)) => {
            report.find(&RULE, (file, &word.span), format!("no program can handle {signal}"), help);
            None
        }
        Ok(signal) => Some(signal),
        Err(error) => {
            report.find(&RULE, (file, &word.span), error.to_string(), help);
            None
        }
    }
}
