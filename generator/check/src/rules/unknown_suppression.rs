//! A comment that allows a rule that there is not.

use std::ops::Range;

use crate::{report::Report, rules};

rule!(Error, "unknown-suppression", "a comment that allows a rule that there is not");

/// A name that no rule has.
pub fn find(name: &str, place: (&str, &Range<usize>), report: &mut Report) {
    let help = rules::similar(name)
        .map_or("`wigwag check --explain` lists the rules".to_string(), |similar| format!("did you mean `{similar}`?"));
    report.find(&RULE, place, format!("there is no rule `{}`", name.escape_debug()), help);
}
