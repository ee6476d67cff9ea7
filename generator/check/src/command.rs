//! Command lines in exec form: an ENTRYPOINT with its CMD, or `command` and `args` of a manifest.

use std::ops::Range;

use crate::flow::Check;
use crate::pid1::{Document, Started, Surroundings};

/// Checks a command line that the kernel starts as PID 1. A shell form is `["/bin/sh", "-c", TEXT]`.
///
/// What is found stands at `span` of the document.
pub fn check(argv: &[String], document: Document, span: &Range<usize>, surroundings: &Surroundings) -> Started {
    let mut check = Check::new(document, surroundings);
    check.command(argv, span);
    check.finish()
}
