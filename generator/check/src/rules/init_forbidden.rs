//! An init before a program that must be PID 1.

use std::ops::Range;

use wigwag_presets::{Duty, Preset};

use crate::report::Report;

rule!(Error, "init-forbidden", "an init before a program that must be PID 1");

/// A program under an init.
pub fn check(preset: &Preset, place: (&str, &Range<usize>), report: &mut Report) {
    if preset.init.is == Duty::Forbidden {
        report.find(
            &RULE,
            place,
            format!("{} must be PID 1 itself: {}", preset.title, preset.init.reason),
            "take the init away",
        );
    }
}
