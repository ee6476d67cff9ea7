//! What a text says, before anybody asks what it means.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString as _},
    vec::Vec,
};
use core::fmt;

/// A value, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Its first byte in the text.
    pub at: usize,
    /// What it says.
    pub kind: Kind,
}

/// What a value says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `"text"`
    Text(String),
    /// No number in a config is below 0.
    Number(u64),
    /// `true` or `false`
    Flag(bool),
    /// `[1, 2]`, or the tables of several `[[header]]`.
    List(Vec<Value>),
    /// `{ key = 1 }`, or what follows a `[header]`.
    Table(Table),
}

/// Keys and their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What made it.
    pub origin: Origin,
    /// By key.
    pub entries: BTreeMap<String, Entry>,
}

/// What made a table: it decides what may be added to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// A `[header]` of its own, or the beginning of the text.
    #[default]
    Header,
    /// The header of a table in it.
    Implied,
    /// A dotted key.
    Dotted,
    /// Braces.
    Braces,
}

/// A key's place and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key's first byte in the text; in a table that is to be written, its place among the others.
    pub at: usize,
    /// What it says.
    pub value: Value,
}

impl Value {
    /// A value that is to be written.
    pub fn new(kind: Kind) -> Self {
        Self { at: 0, kind }
    }

    /// A text that is to be written.
    pub fn text(text: &dyn fmt::Display) -> Self {
        Self::new(Kind::Text(text.to_string()))
    }

    /// What it is, in words.
    pub fn noun(&self) -> String {
        let noun = match &self.kind {
            Kind::Text(text) => return format!("\"{}\"", quoted(text)),
            Kind::Number(_) => "a number",
            Kind::Flag(_) => "`true` or `false`",
            Kind::List(_) => "a list",
            Kind::Table(_) => "a table",
        };
        noun.to_string()
    }
}

/// As it is shown in a message: on one line, and not endless.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let rest = if text.chars().nth(LONGEST).is_some() { "…" } else { "" };
    text.chars().take(LONGEST).flat_map(char::escape_debug).chain(rest.chars()).collect()
}

impl Table {
    /// An empty one.
    pub fn of(origin: Origin) -> Self {
        Self { origin, entries: BTreeMap::new() }
    }

    /// Adds a key that is to be written, behind the others.
    pub fn push(&mut self, key: &str, value: Value) {
        let at = self.entries.len();
        self.entries.insert(key.into(), Entry { at, value });
    }
}
