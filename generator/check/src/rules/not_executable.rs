//! A script that nobody may execute.

use std::ops::Range;

use crate::report::Report;

rule!(Error, "not-executable", "a script that nobody may execute");

/// A script that the kernel is to start.
pub fn check(is_executable: Option<bool>, path: &str, place: (&str, &Range<usize>), report: &mut Report) {
    if is_executable == Some(false) {
        report.find(
            &RULE,
            place,
            format!("`{path}` is not executable: the container does not start, and ends with 126"),
            "`COPY --chmod=755`, or `chmod +x` in the build context",
        );
    }
}
