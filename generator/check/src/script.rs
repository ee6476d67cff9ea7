//! Entrypoint scripts: for sh and bash.

use crate::pid1::{Document, Started, Surroundings};

/// Checks a script that is a container's entrypoint.
pub fn check(document: Document, surroundings: &Surroundings) -> Started {
    let _ = (document, surroundings);
    Started::default()
}
