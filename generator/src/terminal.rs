//! What is said on standard error.

use std::io::{IsTerminal, Write};

use crate::exit::Failure;

/// Whether diagnostics are coloured.
pub fn colour() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Says why it failed.
pub fn report(failure: &Failure) {
    say(&failure.message);
}

/// Says something on the standard error of a program that runs.
pub fn tell(message: &str) {
    say(&format!("wigwag: {message}"));
}

/// The exit code says it to whoever has no standard error that can be written to.
fn say(message: &str) {
    let _ = writeln!(std::io::stderr(), "{message}");
}
