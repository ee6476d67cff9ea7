//! The hooks.

use toml::Spanned;
use wigwag_core::{
    Millis,
    config::{Hook, HookPoint, OnFailure},
};

use super::{command, execution, value};
use crate::{
    diagnostic::Diagnostic,
    spec::{self, Field, Problems, Spec},
};

/// The hooks of all points, those of one point in the order of the file.
pub fn all(spec: &Spec, problems: &mut Problems) -> Vec<Hook> {
    let mut hooks = Vec::new();
    for point in HookPoint::ALL {
        for hook in at(spec, point) {
            hooks.push(check(hook, point, problems));
        }
    }
    hooks
}

/// The hooks of a point as they are written.
pub fn at(spec: &Spec, point: HookPoint) -> impl Iterator<Item = &Spanned<spec::Hook>> {
    spec.hook.given().into_iter().flat_map(move |hooks| hooks.get_ref().at(point).items())
}

fn check(hook: &Spanned<spec::Hook>, point: HookPoint, problems: &mut Problems) -> Hook {
    let spec::Hook { command: words, signal, timeout, on_failure, execution } = hook.get_ref();
    let name = point.name();
    if point.is_at_stop() && timeout.is_absent() {
        problems.push(
            Diagnostic::new(
                hook.span(),
                format!("`timeout` is missing: a {name} hook counts against the grace period"),
            )
            .help("the longest it may take: `timeout = \"3s\"`"),
        );
    }
    if let Some(timeout) = timeout.given().filter(|timeout| *timeout.get_ref() == Millis::ZERO) {
        problems.push(
            Diagnostic::new(timeout.span(), "the hook has no time to run").help("the longest it may take: `\"3s\"`"),
        );
    }
    match (point == HookPoint::OnSignal, signal) {
        (true, Field::Absent) => problems.push(
            Diagnostic::new(hook.span(), "`signal` is missing: an on-signal hook runs when it comes")
                .help("such as `signal = \"SIGHUP\"`"),
        ),
        (false, Field::Given(signal)) => problems.push(
            Diagnostic::new(signal.span(), format!("{} has no `signal`", a(point)))
                .help("what runs when a signal comes is `[[hook.on-signal]]`"),
        ),
        (true | false, _) => {}
    }
    if let Some(on_failure) = on_failure.given()
        && (point.is_at_stop() || point == HookPoint::OnSignal)
        && *on_failure.get_ref() == OnFailure::Abort
    {
        let why = if point.is_at_stop() { "nothing stops a stop" } else { "the start is over" };
        problems.push(
            Diagnostic::new(on_failure.span(), format!("{} cannot abort: {why}", a(point)))
                .help("leave it out, or write \"continue\""),
        );
    }
    let default = if point == HookPoint::PreStart { OnFailure::Abort } else { OnFailure::Continue };
    Hook {
        point,
        signal: value(signal).filter(|_| point == HookPoint::OnSignal),
        command: command(words, hook.span(), problems),
        timeout: value(timeout),
        on_failure: value(on_failure).unwrap_or(default),
        execution: execution::check(execution, problems),
    }
}

/// The hook in a message.
pub fn a(point: HookPoint) -> String {
    let article = if point == HookPoint::OnSignal { "an" } else { "a" };
    format!("{article} {} hook", point.name())
}
