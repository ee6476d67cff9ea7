//! A stop signal that cuts what the program is doing.

use std::ops::Range;

use wigwag_core::Signal;
use wigwag_presets::{Does, Flight, Preset};

use crate::report::Report;

rule!(Warning, "stop-signal-cuts", "a stop signal that cuts what the program is doing");

/// A signal that cuts what another one would let the program finish.
pub fn check(preset: &Preset, signal: Signal, place: (&str, &Range<usize>), report: &mut Report) {
    let is_fast = preset.signal(signal).is_some_and(|other| other.does == Does::FastStop);
    if is_fast && preset.stop.in_flight != Flight::Cut {
        let effect = preset.signal(signal).map_or("", |other| other.effect.as_str());
        report.find(
            &RULE,
            place,
            format!("the stop signal is {signal}, which stops {} at once: {effect}", preset.title),
            format!("`STOPSIGNAL {}`: {}", preset.stop.signal, preset.stop.effect),
        );
    }
}
