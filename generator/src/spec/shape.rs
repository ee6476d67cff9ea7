//! What a value can be, as data: for editors, which complete a spec, and for the reference.

use std::ops::RangeInclusive;

use super::table::Table;

/// What a value can be. It takes everything that is read, and may take more: what only the model knows is not in it.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A string.
    Text,
    /// A string that matches a regular expression.
    Pattern(String),
    /// One of these strings.
    Word(Vec<String>),
    /// A whole number.
    Integer(RangeInclusive<i64>),
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An array.
    List(fn() -> Shape),
    /// A table whose keys are the user's names.
    Named {
        /// What a name can be, as a string.
        name: Box<Shape>,
        /// What each has.
        value: fn() -> Shape,
    },
    /// A table with certain keys.
    Table(Table),
    /// One of these.
    Any(Vec<Shape>),
    /// A shape that stands at several places, and its name.
    Common(&'static str, fn() -> Shape),
}

impl Shape {
    /// One of these strings.
    pub fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Word(words.into_iter().map(String::from).collect())
    }

    /// A string that matches this from its first to its last character.
    pub fn pattern(expression: &str) -> Self {
        Self::Pattern(format!("^({expression})$"))
    }
}
