//! Entrypoint scripts: for sh and bash.

pub(crate) mod effort;
pub(crate) mod read;
pub(crate) mod syntax;
pub(crate) mod word;

use crate::flow::Check;
use crate::pid1::{Document, Started, Surroundings};

/// Checks a script that is a container's entrypoint.
pub fn check(document: Document, surroundings: &Surroundings) -> Started {
    let mut check = Check::new(document, surroundings);
    check.script();
    check.finish()
}
