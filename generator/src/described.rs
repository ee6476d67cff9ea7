//! The spec described, from the same definitions that it is read by.

mod doc;
mod examples;
pub mod reference;
pub mod schema;
mod section;

pub use doc::{capital, default};

use crate::spec::Table;

/// Every table of a spec, each once.
pub fn tables() -> Vec<Table> {
    section::sections().into_iter().map(|section| section.table).collect()
}
