//! A grace period that is less than the program may need.

use wigwag_presets::Preset;

use crate::{manifest::Container, report::Report};

rule!(Warning, "grace-period-too-short", "a grace period that is less than the program may need");

/// A program's stop in a grace period.
pub fn check(container: &Container, preset: &Preset, file: &str, report: &mut Report) {
    let Some(time) = preset.time.as_ref().filter(|time| time.grace_period > container.grace.period) else { return };
    let span = container.grace.span.as_ref().unwrap_or(&container.name.span);
    let said = if container.grace.span.is_some() { "" } else { ", as nothing is said" };
    report.find(
        &RULE,
        (file, span),
        format!(
            "the grace period is {}{said}, and {} may need {}: {}",
            container.grace.period, preset.title, time.grace_period, time.reason
        ),
        format!("`{}: {}`", container.grace.key, container.grace.written(time.grace_period)),
    );
}
