//! Whether and how fast a service is started again.

use toml::Spanned;
use wigwag_core::{
    Millis,
    config::{Restart, RestartWhen},
};

use super::{service::zero, value};
use crate::{
    diagnostic::Diagnostic,
    spec::{Problems, Restarting, Restarts, When},
};

const DELAY: Millis = Millis(100);
const MAX_DELAY: Millis = Millis(10_000);
const BURST: u8 = 5;
const RESET_AFTER: Millis = Millis(10_000);

/// What a service's `restart` means; nothing is said for one that is never started again.
pub fn check(restart: &Spanned<Restarting>, problems: &mut Problems) -> Option<Restart> {
    let restarts = &restart.get_ref().0;
    if restarts.when.is_absent() {
        problems.push(
            Diagnostic::new(restart.span(), "`when` is missing: after what end it is started again")
                .help("`when = \"on-failure\"` or `when = \"always\"`"),
        );
    }
    check_speed(restarts, problems);
    let when = match value(&restarts.when)? {
        When::Never => return None,
        When::OnFailure => RestartWhen::OnFailure,
        When::Always => RestartWhen::Always,
    };
    let delay = value(&restarts.delay).unwrap_or(DELAY);
    Some(Restart {
        when,
        delay,
        max_delay: value(&restarts.max_delay).unwrap_or(MAX_DELAY.max(delay)),
        burst: value(&restarts.burst).unwrap_or(BURST),
        reset_after: value(&restarts.reset_after).unwrap_or(RESET_AFTER),
    })
}

fn check_speed(restarts: &Restarts, problems: &mut Problems) {
    if let (Some(delay), Some(max)) = (restarts.delay.given(), restarts.max_delay.given())
        && max.get_ref() < delay.get_ref()
    {
        problems.push(
            Diagnostic::new(max.span(), "the longest pause is shorter than the first")
                .related(delay.span(), "the first")
                .help(format!("at least `\"{}\"`; pauses double from `delay` to `max-delay`", delay.get_ref())),
        );
    }
    if let Some(burst) = restarts.burst.given().filter(|burst| *burst.get_ref() == 0) {
        problems.push(
            Diagnostic::new(burst.span(), "`burst = 0` restarts nothing")
                .help("1 to 255; what is not to be started again has `restart = \"never\"`"),
        );
    }
    if let Some(reset) = zero(&restarts.reset_after) {
        problems.push(
            Diagnostic::new(reset.span(), "every restart would be the first one, and it would never be given up")
                .help("how long it must run to be well again, such as `\"10s\"`"),
        );
    }
}
