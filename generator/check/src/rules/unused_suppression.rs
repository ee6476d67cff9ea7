//! A comment that allows what is not there.

use std::ops::Range;

use crate::report::Report;

rule!(Note, "unused-suppression", "a comment that allows what is not there");

/// A rule that finds nothing here.
pub fn find(name: &str, place: (&str, &Range<usize>), report: &mut Report) {
    report.find(&RULE, place, format!("`{name}` finds nothing here"), "take the comment away");
}
