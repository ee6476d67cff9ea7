//! How a config is written: the part of TOML that it needs, read and written by one definition of each key.
//!
//! A struct lists its keys once, in [`Record::fields`]. The reader goes through that list to fill a blank in from a tree,
//! which the parser made of the text; the writer goes through the same list to make such a tree, which the printer makes
//! text again. What is not a struct says in [`Form`] how it is written.

mod parser;
mod printer;
mod problem;
mod reader;
mod scanner;
mod similar;
#[cfg(test)]
mod tests;
pub(crate) mod tree;
pub(crate) mod values;
mod writer;

use alloc::{string::String, vec::Vec};

pub use self::problem::Problem;
pub(crate) use self::{
    problem::Problems,
    tree::{Kind, Value},
    values::{text, words},
};

/// What can be written in a config.
pub trait Form: Sized {
    /// The value that is written there. `None` when something is wrong with it, which was said.
    fn read(value: &Value, problems: &mut Problems) -> Option<Self>;

    /// How it is written, if that takes a key at all.
    fn write(&self) -> Option<Value>;
}

/// What is written as a table with certain keys. Its default is the blank that is filled in.
pub trait Record: Clone + Default {
    /// Goes through its keys, in the order in which they are written.
    fn fields(&mut self, fields: &mut impl Fields);
}

/// Somebody who goes through the keys of a record.
pub trait Fields {
    /// A key that is always there.
    fn required<T: Form>(&mut self, key: &'static str, field: &mut T);

    /// A key that is there if it says something else than the blank.
    fn optional<T: Form>(&mut self, key: &'static str, field: &mut T);
}

/// Reads a text.
///
/// # Errors
/// The first thing that is not TOML, or not the part of it that is read; or else everything that is wrong with the values.
pub fn read<T: Form>(text: &str) -> Result<T, Vec<Problem>> {
    let mut problems = Problems::default();
    let value = parser::parse(text, &mut problems).and_then(|tree| T::read(&tree, &mut problems));
    value.ok_or_else(|| problems.shown(text))
}

/// The text that is read as this.
pub fn write<T: Form>(value: &T) -> String {
    value.write().map(|tree| printer::shown(&tree)).unwrap_or_default()
}
