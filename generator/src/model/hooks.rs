//! The hooks.

use toml::Spanned;
use wigwag_core::{
    Millis,
    config::{Hook, HookPoint, OnFailure},
};

use super::{command, value};
use crate::{
    diagnostic::Diagnostic,
    spec::{self, Problems, Spec},
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
    let spec::Hook { command: words, timeout, on_failure } = hook.get_ref();
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
    if let Some(on_failure) = on_failure.given()
        && point.is_at_stop()
        && *on_failure.get_ref() == OnFailure::Abort
    {
        problems.push(
            Diagnostic::new(on_failure.span(), format!("a {name} hook cannot abort: nothing stops a stop"))
                .help("leave it out, or write \"continue\""),
        );
    }
    let default = if point == HookPoint::PreStart { OnFailure::Abort } else { OnFailure::Continue };
    Hook {
        point,
        command: command(words, hook.span(), problems),
        timeout: value(timeout),
        on_failure: value(on_failure).unwrap_or(default),
    }
}
