//! A shell form in an image without a shell.

use crate::{
    dockerfile::{Image, Sh, Start},
    report::Report,
};

rule!(Error, "no-shell", "a shell form in an image without a shell");

/// A shell form that nobody reads; says whether it is one.
pub fn check(image: &Image, keyword: &str, start: &Start, file: &str, report: &mut Report) -> bool {
    let is_without = image.sh() == Sh::Missing;
    if is_without {
        report.find(
            &RULE,
            (file, &start.span),
            format!("this {keyword} is for a shell, and the image has none"),
            format!("write it as a JSON array: `{keyword} [\"/program\", \"argument\"]`"),
        );
    }
    is_without
}
