//! What is wrong with a text, and where.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};
use core::fmt;

use super::Value;

/// How many problems are told; whoever has more of them has one that he should know first.
const MOST: usize = 20;

/// How much of a line is shown on either side of a problem.
const WIDTH: usize = 100;

/// How much of a sentence is shown: it may have a text of the config in it.
const LONGEST: usize = 500;

/// Something that is wrong, as it is shown after the name of the file: `:7:15: the sentence`, then the line and a caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(String);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What was found until now.
#[derive(Default)]
pub struct Problems {
    /// The places in the text, and sentences.
    told: Vec<(usize, String)>,
    more: usize,
}

impl Problems {
    /// Whether what comes now is only counted.
    pub fn is_full(&self) -> bool {
        self.told.len() >= MOST
    }

    /// Something is wrong at this place.
    pub fn say(&mut self, at: usize, sentence: &dyn fmt::Display) {
        if self.is_full() {
            self.more = self.more.saturating_add(1);
        } else {
            self.told.push((at, sentence.to_string()));
        }
    }

    /// The value is of another kind.
    pub fn mismatch(&mut self, value: &Value, expected: &str) {
        self.say(value.at, &format_args!("expected {expected}, found {}", value.noun()));
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.told.len().saturating_add(self.more)
    }

    /// For people.
    pub fn shown(self, text: &str) -> Vec<Problem> {
        let mut shown: Vec<_> = self.told.iter().map(|(at, sentence)| show(text, *at, sentence)).collect();
        if self.more > 0 {
            shown.push(Problem(format!(": and {} more", self.more)));
        }
        shown
    }
}

fn show(text: &str, at: usize, sentence: &str) -> Problem {
    let sentence: String = sentence.chars().take(LONGEST).collect();
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let number = before.bytes().filter(|byte| *byte == b'\n').count().saturating_add(1);
    let start = before.rsplit('\n').next().unwrap_or_default();
    let end = after.split('\n').next().unwrap_or_default();
    let column = start.chars().count().saturating_add(1);
    // A control character would move the caret away from its place.
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    let hidden = column.saturating_sub(1).saturating_sub(WIDTH);
    let line: String = start.chars().skip(hidden).chain(end.chars().take(WIDTH)).map(visible).collect();
    let indent = column.saturating_sub(hidden);
    Problem(format!(":{number}:{column}: {sentence}\n  {}\n  {:>indent$}", line.trim_end(), '^'))
}
