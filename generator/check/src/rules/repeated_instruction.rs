//! An ENTRYPOINT or CMD that a later one replaces.

use crate::{dockerfile::Image, report::Report};

rule!(Warning, "repeated-instruction", "an ENTRYPOINT or CMD that a later one replaces");

/// Instructions that others replace.
pub fn check(image: &Image, file: &str, report: &mut Report) {
    for (first, _) in &image.repeated {
        report.find(
            &RULE,
            (file, first),
            "this has no effect: the same instruction follows in this stage, and only the last one counts",
            "take it away, or do both in an entrypoint script that ends in `exec \"$@\"`",
        );
    }
}
