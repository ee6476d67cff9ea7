//! A pre-stop hook that leaves the program no time to stop.

use wigwag_core::Millis;
use wigwag_presets::Preset;

use crate::{manifest::Container, report::Report};

rule!(Error, "pre-stop-too-long", "a pre-stop hook that leaves the program no time to stop");

/// Hooks and the program's stop, in a grace period; says whether it is too short.
pub fn check(container: &Container, preset: Option<&Preset>, file: &str, report: &mut Report) -> bool {
    let hooks: Millis = container.pre_stop.iter().map(|hook| hook.takes).sum();
    let Some(hook) = container.pre_stop.iter().find(|hook| hook.takes > Millis::ZERO) else { return false };
    let stop = preset.and_then(|preset| Some((preset.title.as_str(), preset.time.as_ref()?.grace_period)));
    let period = container.grace.period;
    let sum = hooks.plus(stop.map_or(Millis::ZERO, |(_, time)| time));
    // Without a second for the program, nothing of it is left.
    let is_too_long = if stop.is_some() { sum > period } else { sum >= period };
    if is_too_long {
        let program = stop.map_or("what the program needs".to_string(), |(title, time)| format!("{time} for {title}"));
        report.find(
            &RULE,
            (file, &hook.span),
            format!("this takes {hooks} at least, and with {program} that is more than the grace period of {period}"),
            format!("`{}` of more than {sum}, or a shorter hook", container.grace.key),
        );
    }
    is_too_long
}
