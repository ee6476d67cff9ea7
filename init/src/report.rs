//! What the init says, on stderr. It never waits for a reader: a line that does not fit into a full pipe is lost.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};
#[cfg(freestanding)]
use core::fmt::{self, Write as _};

use wigwag_core::{Config, HookId, Note, Outcome, Process, Target};

use crate::sys::log::{self, Stream};

/// Lines up to this length are written whole or not at all (`PIPE_BUF` of pipe(7)).
const LONGEST: usize = 4096;

/// One line, or a paragraph of a few.
pub fn line(text: &str) {
    log::write(Stream::Error, &whole(text));
}

fn whole(text: &str) -> Vec<u8> {
    let mut line = format!("wigwag-init: {}\n", text.trim_end()).into_bytes();
    if line.len() > LONGEST {
        line.truncate(LONGEST);
        line.pop();
        line.push(b'\n');
    }
    line
}

/// Why there is no way on. Without memory: none may be had.
#[cfg(freestanding)]
pub fn last_words(why: impl fmt::Display) {
    let mut line = Bounded { bytes: [0; 256], length: 0 };
    // What does not fit is left out.
    let _ = write!(line, "wigwag-init: cannot go on: {why}");
    let _ = line.write_str("\n");
    log::write(Stream::Error, line.bytes.get(..line.length).unwrap_or_default());
}

/// Text in a place of its own.
#[cfg(freestanding)]
struct Bounded {
    bytes: [u8; 256],
    length: usize,
}

#[cfg(freestanding)]
impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.length..).unwrap_or_default();
        for (place, byte) in room.iter_mut().zip(text.bytes()) {
            *place = byte;
            self.length = self.length.saturating_add(1);
        }
        Ok(())
    }
}

/// What was asked for, on stdout.
pub fn print(text: &str) {
    log::write(Stream::Out, text.as_bytes());
}

/// What the core has to tell.
pub fn note(config: &Config, note: Note) {
    line(&match note {
        Note::HookFailed(id, outcome) => format!("{} failed: {}", hook(config, id), how(outcome)),
        Note::HookTimedOut(id) => format!("{} had no time left and was killed", hook(config, id)),
        Note::FinalSignal => {
            let service = &config.service;
            format!("`{}` had no time left after {} and was killed", service.name, service.stop_signal)
        }
        Note::LeftoversKilled => "processes that were left behind had no time left and were killed".to_string(),
        Note::Unkillable(target) => {
            let whom = match target {
                Target::Main => process(config, Process::Main),
                Target::Hook(id) => hook(config, id),
                Target::Leftovers => "a process that was left behind".to_string(),
            };
            format!("{whom} is not gone yet, after SIGKILL; going on without it")
        }
    });
}

/// A process as the user knows it.
pub fn process(config: &Config, process: Process) -> String {
    match process {
        Process::Main => format!("`{}`", config.service.name),
        Process::Hook(id) => hook(config, id),
    }
}

fn hook(config: &Config, id: HookId) -> String {
    match config.hook(id) {
        Some(hook) => {
            let command = hook.command.first().map_or("", String::as_str);
            format!("{} hook `{}`", hook.point.name(), command.escape_debug())
        }
        None => format!("hook {}", id.0),
    }
}

/// How it ended.
pub fn how(outcome: Outcome) -> String {
    match outcome {
        Outcome::Exited(status) => format!("exit status {status}"),
        Outcome::Killed(signal) => format!("killed by {signal}"),
        Outcome::NotStarted(_) => "not started".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_to_what_a_pipe_takes_whole() {
        assert_eq!(whole("a\n\n"), b"wigwag-init: a\n");
        let fits = "x".repeat(LONGEST - "wigwag-init: \n".len());
        assert_eq!(whole(&fits), format!("wigwag-init: {fits}\n").into_bytes());
        assert_eq!(whole(&format!("{fits}y")), whole(&fits));
    }
}
