//! The hooks.

use toml::Spanned;
use wigwag_core::{
    Millis, Signal,
    config::{Hook, HookPoint},
};

use super::{execution, failure, plugins::Loaded, tasks, value};
use crate::{
    diagnostic::Diagnostic,
    spec::{self, Field, Problems, Spec},
};

/// What a plugin gets to decide about a signal, if nothing is said.
const DECISION_TIMEOUT: Millis = Millis(100);

/// What somebody else gets to answer at a start, if nothing is said.
const ANSWER_TIMEOUT: Millis = Millis(30_000);

/// The hooks of all points, those of one point in the order of the file.
pub fn all(spec: &Spec, plugins: &[Loaded], problems: &mut Problems) -> Vec<Hook> {
    let mut hooks = Vec::new();
    for point in HookPoint::ALL {
        for hook in at(spec, point) {
            hooks.push(check(spec, hook, point, plugins, problems));
        }
    }
    hooks
}

/// The hook whose plugin decides about a signal.
pub fn decider(spec: &Spec, signal: Signal) -> Option<&spec::Hook> {
    let mut hooks = at(spec, HookPoint::OnSignal).map(Spanned::get_ref);
    hooks.find(|hook| !hook.plugin.is_absent() && value(&hook.signal) == Some(signal))
}

/// The longest that a hook may take.
pub fn timeout(hook: &spec::Hook, point: HookPoint) -> Option<Millis> {
    let decides = point == HookPoint::OnSignal && !hook.plugin.is_absent();
    let waits = !hook.wait_for.is_absent() || !hook.http_get.is_absent();
    let default = match point {
        HookPoint::OnSignal if decides => Some(DECISION_TIMEOUT),
        HookPoint::PreStart | HookPoint::PostStart | HookPoint::OnSignal => waits.then_some(ANSWER_TIMEOUT),
        HookPoint::PreStop | HookPoint::PostStop => value(&hook.sleep),
    };
    value(&hook.timeout).or(default)
}

/// The hooks of a point as they are written.
pub fn at(spec: &Spec, point: HookPoint) -> impl Iterator<Item = &Spanned<spec::Hook>> {
    spec.hook.given().into_iter().flat_map(move |hooks| hooks.get_ref().at(point).items())
}

fn check(
    spec: &Spec,
    hook: &Spanned<spec::Hook>,
    point: HookPoint,
    plugins: &[Loaded],
    problems: &mut Problems,
) -> Hook {
    let place = hook.span();
    let hook = hook.get_ref();
    let spec::Hook { signal, timeout: limit, .. } = hook;
    let name = point.name();
    if point.is_at_stop() && limit.is_absent() && hook.sleep.is_absent() {
        problems.push(
            Diagnostic::new(
                place.clone(),
                format!("`timeout` is missing: a {name} hook counts against the grace period"),
            )
            .help("the longest it may take: `timeout = \"3s\"`"),
        );
    }
    if let Some(timeout) = limit.given().filter(|timeout| *timeout.get_ref() == Millis::ZERO) {
        problems.push(
            Diagnostic::new(timeout.span(), "the hook has no time to run").help("the longest it may take: `\"3s\"`"),
        );
    }
    match (point == HookPoint::OnSignal, signal) {
        (true, Field::Absent) => problems.push(
            Diagnostic::new(place.clone(), "`signal` is missing: an on-signal hook runs when it comes")
                .help("such as `signal = \"SIGHUP\"`"),
        ),
        (false, Field::Given(signal)) => problems.push(
            Diagnostic::new(signal.span(), format!("{} has no `signal`", a(point)))
                .help("what runs when a signal comes is `[[hook.on-signal]]`"),
        ),
        (true | false, _) => {}
    }
    let task = tasks::check(spec, hook, &place, point, plugins, problems);
    let (on_failure, on_failure_of) = failure::check(hook, point, problems);
    Hook {
        point,
        signal: value(signal).filter(|_| point == HookPoint::OnSignal),
        task,
        once: tasks::once(hook, point, problems),
        when: tasks::when(hook, point, problems),
        timeout: timeout(hook, point),
        on_failure,
        on_failure_of,
        execution: execution::check(&hook.execution, problems),
    }
}

/// The hook in a message.
pub fn a(point: HookPoint) -> String {
    let article = if point == HookPoint::OnSignal { "an" } else { "a" };
    format!("{article} {} hook", point.name())
}
