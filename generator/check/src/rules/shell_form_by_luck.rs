//! A shell form that works because this `/bin/sh` executes its last command in its place.

use std::ops::Range;

use crate::report::Report;

rule!(
    Note,
    "shell-form-by-luck",
    "a shell form that works because this `/bin/sh` executes its last command in its place"
);

/// A shell form under bash or `BusyBox`.
pub fn find(keyword: &str, (file, span): (&str, &Range<usize>), report: &mut Report) {
    report.find(
        &RULE,
        (file, span),
        format!(
            "this {keyword} works because this image's `/bin/sh` executes a last command in its place; others do not"
        ),
        format!("write it as a JSON array, `{keyword} [\"program\", \"argument\"]`, or begin it with `exec`"),
    );
}
