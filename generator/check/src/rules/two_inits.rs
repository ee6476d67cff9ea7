//! An init of the platform before an init of the image.

use std::ops::Range;

use crate::report::Report;

rule!(Warning, "two-inits", "an init of the platform before an init of the image");

/// An init that the platform is asked for, before one of the image.
pub fn find(own: &str, place: (&str, &Range<usize>), report: &mut Report) {
    report.find(
        &RULE,
        place,
        format!("the image starts an init of its own, `{own}`: this is a second one"),
        "take `init: true` away: that of the image goes with it wherever it is started",
    );
}
