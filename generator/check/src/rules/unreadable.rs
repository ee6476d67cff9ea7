//! A file that cannot be read as what it is.

use std::ops::Range;

use crate::report::Report;

rule!(Error, "unreadable", "a file that cannot be read as what it is");

/// What a parser says.
pub fn find(what: &str, why: &str, place: (&str, &Range<usize>), report: &mut Report) {
    report.find(
        &RULE,
        place,
        format!("this is no {what}: {why}"),
        "`--as KIND` says what a file is, if it is something else",
    );
}
