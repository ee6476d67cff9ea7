//! A shell form under a `/bin/sh` that stays as PID 1.

use std::ops::Range;

use crate::report::Report;

rule!(Error, "shell-form", "a shell form under a `/bin/sh` that stays as PID 1");

/// A shell form under dash.
pub fn find(keyword: &str, (file, span): (&str, &Range<usize>), report: &mut Report) {
    report.find(
        &RULE,
        (file, span),
        format!(
            "this image's `/bin/sh` starts what this {keyword} says as its child, and does not pass the stop signal on"
        ),
        format!("write it as a JSON array, `{keyword} [\"program\", \"argument\"]`, or begin it with `exec`"),
    );
}
