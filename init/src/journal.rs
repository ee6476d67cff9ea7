//! What the init says, on stderr: one line for each thing that happened, as text or as JSON. It never waits for a reader:
//! a line that does not fit into a full pipe is lost.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};
use core::fmt::Write as _;

use wigwag_core::Millis;

use crate::sys::{clock, log};

/// Lines up to this length are written whole or not at all (`PIPE_BUF` of pipe(7)).
const LONGEST: usize = 4096;

/// An object that is cut is none: its message and its other texts, of which one at most is long, get this much of it.
const LONGEST_MESSAGE: usize = 3000;
const LONGEST_FIELD: usize = 600;

/// How much is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What went wrong.
    #[default]
    Problems,
    /// How a stop went.
    Summary,
    /// What happens to services and hooks, and every signal.
    Events,
    /// Also every orphan that is reaped.
    Everything,
}

/// In which form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Text,
    Json,
}

/// What is said of one thing that happened.
#[derive(Debug)]
pub struct Entry {
    /// What kind of thing, for machines.
    event: &'static str,
    /// A sentence, for people.
    message: String,
    /// Its parts, for machines.
    fields: Vec<(&'static str, Value)>,
}

#[derive(Debug)]
enum Value {
    Text(String),
    Number(u64),
}

impl Entry {
    pub fn new(event: &'static str, message: String) -> Self {
        Self { event, message, fields: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, text: impl core::fmt::Display) -> Self {
        self.fields.push((name, Value::Text(text.to_string())));
        self
    }

    pub fn with_number(mut self, name: &'static str, number: impl Into<u64>) -> Self {
        self.fields.push((name, Value::Number(number.into())));
        self
    }
}

/// Says things.
#[derive(Clone, Copy, Debug)]
pub struct Journal {
    level: Level,
    format: Format,
    /// When we were started.
    start: Millis,
}

impl Journal {
    pub fn new(level: Level, format: Format) -> Self {
        Self { level, format, start: clock::now() }
    }

    /// Something went wrong: one line, or a paragraph of a few.
    pub fn problem(&self, text: &str) {
        self.say(Level::Problems, || Entry::new("problem", text.to_string()));
    }

    /// So did all of these.
    pub fn problems(&self, texts: &[String]) {
        for text in texts {
            self.problem(text);
        }
    }

    /// Says it, if that much is to be said.
    pub fn say(&self, level: Level, entry: impl FnOnce() -> Entry) {
        if level <= self.level {
            self.write(level, entry);
        }
    }

    #[inline(never)] // link.ld: what is said stands apart from who says it
    fn write(&self, level: Level, entry: impl FnOnce() -> Entry) {
        let entry = entry();
        let line = match self.format {
            Format::Text if self.level < Level::Events => plain(&entry),
            Format::Text => timed(&entry, clock::now().minus(self.start)),
            Format::Json => json(&entry, level, clock::wall()),
        };
        log::write(log::Stream::Error, whole(&line).as_bytes());
    }
}

fn plain(entry: &Entry) -> String {
    format!("wigwag-init: {}", entry.message.trim_end())
}

/// With the seconds since the start, as dmesg(1) has them.
fn timed(entry: &Entry, time: Millis) -> String {
    format!("wigwag-init: [{}] {}", seconds(time), entry.message.trim_end())
}

/// `1.250`.
pub fn seconds(time: Millis) -> String {
    format!("{}.{:03}", time.0 / 1_000, time.0 % 1_000)
}

/// One object: `time` as in RFC 3339, `level`, `event`, `message`, and what belongs to the event.
fn json(entry: &Entry, level: Level, time: Millis) -> String {
    let level = match level {
        Level::Problems => "warning",
        Level::Summary => "info",
        Level::Events | Level::Everything => "debug",
    };
    let mut line =
        format!("{{\"time\":\"{}\",\"level\":\"{level}\",\"event\":\"{}\",\"message\":", rfc3339(time), entry.event);
    quote(&mut line, entry.message.trim_end(), LONGEST_MESSAGE);
    for (name, value) in &entry.fields {
        let _ = write!(line, ",\"{name}\":");
        match value {
            Value::Text(text) => quote(&mut line, text, LONGEST_FIELD),
            Value::Number(number) => line.push_str(&number.to_string()),
        }
    }
    line.push('}');
    line
}

/// A string as RFC 8259 has it; what goes beyond `most` bytes is left out.
fn quote(line: &mut String, text: &str, most: usize) {
    line.push('"');
    let end = line.len().saturating_add(most);
    for c in text.chars() {
        if line.len() >= end {
            break;
        }
        match c {
            '"' | '\\' => line.extend(['\\', c]),
            '\n' => line.push_str("\\n"),
            c if c.is_control() => drop(write!(line, "\\u{:04x}", u32::from(c))),
            c => line.push(c),
        }
    }
    line.push('"');
}

/// A time since 1970 in UTC: `2026-01-31T23:59:59.999Z`. The days are counted as Howard Hinnant's `civil_from_days` does:
/// years that begin in March have the leap day at their end.
fn rfc3339(time: Millis) -> String {
    let seconds = time.0 / 1_000;
    let of_day = seconds % 86_400;
    let days = (seconds / 86_400).saturating_add(719_468);
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let leap_days = day_of_era / 1_460;
    let without = day_of_era.saturating_add(day_of_era / 36_524);
    let year_of_era = without.saturating_sub(leap_days).saturating_sub(day_of_era / 146_096) / 365;
    let before = (year_of_era.saturating_mul(365).saturating_add(year_of_era / 4)).saturating_sub(year_of_era / 100);
    let day_of_year = day_of_era.saturating_sub(before);
    let shifted_month = day_of_year.saturating_mul(5).saturating_add(2) / 153;
    let day = day_of_year.saturating_sub(shifted_month.saturating_mul(153).saturating_add(2) / 5).saturating_add(1);
    let month = if shifted_month < 10 { shifted_month.saturating_add(3) } else { shifted_month.saturating_sub(9) };
    let year = era.saturating_mul(400).saturating_add(year_of_era).saturating_add(u64::from(month <= 2));
    let (hours, minutes, seconds) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{:03}Z", time.0 % 1_000)
}

/// With its newline, and no longer than a pipe takes whole.
fn whole(line: &str) -> String {
    let mut end = line.len().min(LONGEST.saturating_sub(1));
    while !line.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    format!("{}\n", line.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_to_what_a_pipe_takes_whole() {
        assert_eq!(whole("a"), "a\n");
        let fits = "x".repeat(LONGEST - 1);
        assert_eq!(whole(&fits), format!("{fits}\n"));
        assert_eq!(whole(&format!("{fits}y")), whole(&fits));
        assert_eq!(whole(&format!("{}ä", "x".repeat(LONGEST - 2))).len(), LONGEST - 1);
    }

    #[test]
    fn an_entry_in_each_form() {
        let entry =
            Entry::new("ended", "`we\"b` ended:\n\tx\n".into()).with("process", "we\"b").with_number("pid", 7_u32);
        assert_eq!(plain(&entry), "wigwag-init: `we\"b` ended:\n\tx");
        assert_eq!(timed(&entry, Millis(61_005)), "wigwag-init: [61.005] `we\"b` ended:\n\tx");
        assert_eq!(
            json(&entry, Level::Events, Millis(0)),
            r#"{"time":"1970-01-01T00:00:00.000Z","level":"debug","event":"ended","message":"`we\"b` ended:\n\u0009x","process":"we\"b","pid":7}"#
        );
    }

    #[test]
    fn an_object_is_never_cut() {
        let long = "\u{1}".repeat(LONGEST);
        let entry = Entry::new("ended", long.clone()).with("process", long).with_number("pid", u32::MAX);
        let line = json(&entry, Level::Problems, Millis(0));
        assert_eq!(whole(&line), format!("{line}\n"));
        assert!(line.ends_with("\\u0001\",\"pid\":4294967295}"), "{line}");
    }

    #[test]
    fn times_are_those_of_a_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399, "2000-02-28T23:59:59.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (951_868_800, "2000-03-01T00:00:00.000Z"),
            (1_709_164_800, "2024-02-29T00:00:00.000Z"),
            (1_798_761_599, "2026-12-31T23:59:59.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(rfc3339(Millis(seconds * 1_000)), expected);
        }
    }
}
