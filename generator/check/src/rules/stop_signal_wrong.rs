//! A stop signal that does not stop this program.

use std::ops::Range;

use wigwag_core::Signal;
use wigwag_presets::{Does, Preset};

use crate::report::Report;

rule!(Error, "stop-signal-wrong", "a stop signal that does not stop this program");

/// A signal that the program does not take for a stop, as far as that is known.
pub fn check(preset: &Preset, signal: Signal, place: (&str, &Range<usize>), report: &mut Report) {
    let Some(other) = preset.signal(signal) else { return };
    match other.does {
        Does::Stop | Does::FastStop => {}
        Does::Reload | Does::Reopen | Does::Upgrade | Does::Quiet | Does::Dump | Does::Nothing | Does::Harm => report
            .find(
                &RULE,
                place,
                format!("{signal} does not stop {}: {}", preset.title, other.effect),
                format!("{} stops it: {}", preset.stop.signal, preset.stop.effect),
            ),
    }
}
