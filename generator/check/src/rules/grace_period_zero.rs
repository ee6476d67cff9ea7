//! A grace period of nothing.

use wigwag_core::Millis;

use crate::{manifest::Container, report::Report};

rule!(Error, "grace-period-zero", "a grace period of nothing");

/// A grace period of nothing; says whether it is one.
pub fn check(container: &Container, file: &str, report: &mut Report) -> bool {
    let Some(span) = container.grace.span.as_ref().filter(|_| container.grace.period == Millis::ZERO) else {
        return false;
    };
    report.find(
        &RULE,
        (file, span),
        "there is no grace period: the container is killed without being asked to stop",
        "the time that a stop may take; what stops at once does not wait for the rest of it",
    );
    true
}
