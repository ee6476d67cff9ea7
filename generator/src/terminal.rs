//! What is said on standard error.

use std::io::{IsTerminal, Write};

use crate::exit::Failure;

/// Whether what is said on standard error is coloured.
pub fn colour() -> bool {
    colour_for(&std::io::stderr())
}

/// Whether it is coloured: as `NO_COLOR` and `CLICOLOR_FORCE` say, or if a terminal shows it.
pub fn colour_for(stream: &impl IsTerminal) -> bool {
    let says = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && (says("CLICOLOR_FORCE") || stream.is_terminal())
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
pub fn say(message: &str) {
    let _ = writeln!(std::io::stderr(), "{message}");
}
