//! What follows when a hook fails.

use std::{collections::BTreeMap, ops::Range};

use wigwag_core::{
    FailureCause,
    config::{HookPoint, OnFailure},
};

use super::{hooks::a, value};
use crate::{
    diagnostic::Diagnostic,
    spec::{Failing, Hook, Problems},
};

/// What follows, and what follows instead for certain reasons.
pub fn check(hook: &Hook, point: HookPoint, problems: &mut Problems) -> (OnFailure, BTreeMap<FailureCause, OnFailure>) {
    let decides = point == HookPoint::OnSignal && !hook.plugin.is_absent();
    let default = match point {
        HookPoint::PreStart => OnFailure::Abort,
        HookPoint::OnSignal if decides => OnFailure::Default,
        HookPoint::OnSignal | HookPoint::PostStart | HookPoint::PreStop | HookPoint::PostStop => OnFailure::Continue,
    };
    let Some(written) = hook.on_failure.given() else { return (default, BTreeMap::new()) };
    match written.get_ref() {
        Failing::Always(on_failure) => {
            problems.extend(refusal(*on_failure, written.span(), point, decides));
            (*on_failure, BTreeMap::new())
        }
        Failing::ByCause(causes) => {
            if hook.plugin.is_absent() {
                problems.push(
                    Diagnostic::new(written.span(), "only plugins fail for one cause or another")
                        .help("for a command it is one word, in quotes"),
                );
            } else if causes.written().is_empty() {
                problems.push(
                    Diagnostic::new(written.span(), "nothing is declared")
                        .help("by cause, such as `{ timeout = \"continue\" }`; leave it out for the default"),
                );
            }
            let mut by_cause = BTreeMap::new();
            for cause in FailureCause::ALL {
                let field = causes.of(cause);
                if let (Some(on_failure), Some(place)) = (value(field), field.place()) {
                    problems.extend(refusal(on_failure, place, point, decides));
                    by_cause.insert(cause, on_failure);
                }
            }
            (default, by_cause)
        }
    }
}

/// Says why this cannot follow.
fn refusal(on_failure: OnFailure, place: Range<usize>, point: HookPoint, decides: bool) -> Option<Diagnostic> {
    let hook = a(point);
    match on_failure {
        OnFailure::Abort | OnFailure::Continue if decides => Some(
            Diagnostic::new(place, "a plugin that decides about a signal leaves a signal behind")
                .help("\"default\": it does what it would do without the plugin; or \"drop\": it does nothing"),
        ),
        OnFailure::Abort if point.is_at_stop() || point == HookPoint::OnSignal => {
            let why = if point.is_at_stop() { "nothing stops a stop" } else { "the start is over" };
            Some(
                Diagnostic::new(place, format!("{hook} cannot abort: {why}"))
                    .help("leave it out, or write \"continue\""),
            )
        }
        OnFailure::Default | OnFailure::Drop if !decides => Some(
            Diagnostic::new(place, format!("this is for signals that a plugin decides about, and not for {hook}"))
                .help(if point == HookPoint::OnSignal || point.is_at_stop() {
                    "leave it out, or write \"continue\""
                } else {
                    "\"abort\" or \"continue\""
                }),
        ),
        OnFailure::Abort | OnFailure::Continue | OnFailure::Default | OnFailure::Drop => None,
    }
}
