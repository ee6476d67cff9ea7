//! A shell form in an image whose `/bin/sh` is not known.

use std::ops::Range;

use crate::report::Report;

rule!(Warning, "shell-form-unknown-shell", "a shell form in an image whose `/bin/sh` is not known");

/// A shell form under who knows what.
pub fn find(keyword: &str, (file, span): (&str, &Range<usize>), report: &mut Report) {
    report.find(
        &RULE,
        (file, span),
        format!(
            "whether what this {keyword} says gets the stop signal depends on the image's `/bin/sh`, which is not known"
        ),
        format!("write it as a JSON array, `{keyword} [\"program\", \"argument\"]`, or begin it with `exec`"),
    );
}
