//! A program that may not die of its stop signal when it is PID 1.

use std::ops::Range;

use wigwag_presets::{Duty, Preset};

use crate::report::Report;

rule!(Warning, "needs-init", "a program that may not die of its stop signal when it is PID 1");

/// Programs that need an init unless this is one of their arguments.
const UNLESS: [(&str, &[&str]); 1] = [("haproxy", &["-W", "-Ws", "-D"])];

/// A program that is PID 1.
pub fn check(preset: &Preset, words: &[String], is_whole: bool, place: (&str, &Range<usize>), report: &mut Report) {
    let unless = UNLESS.iter().find(|(name, _)| *name == preset.name);
    let needs = match unless {
        Some((_, arguments)) => is_whole && !words.iter().any(|word| arguments.contains(&word.as_str())),
        None => preset.init.is == Duty::Required,
    };
    if needs {
        report.find(
            &RULE,
            place,
            format!("as PID 1, {} may not stop: {}", preset.title, preset.init.reason),
            "an init before it: `ENTRYPOINT [\"/sbin/wigwag-init\", \"--\"]`, `docker run --init`, or `init: true` in a Compose file",
        );
    }
}
