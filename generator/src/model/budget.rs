//! Whether a stop fits into the grace period.

use std::ops::Range;

use wigwag_core::{Config, Millis, budget::MARGIN, config::HookPoint};

use super::hooks;
use crate::{
    diagnostic::Diagnostic,
    spec::{Container, Field, Problems, Spec},
};

/// How many places are pointed at.
const SHOWN: usize = 20;

/// One term of the sum, and where it is written, if it is.
struct Term {
    name: &'static str,
    length: Millis,
    places: Vec<(Range<usize>, Millis)>,
}

/// Gives the service what the grace period leaves, if the spec does not say what it gets, and checks the sum.
pub fn fit(spec: &Spec, container: &Container, config: &mut Config, problems: &mut Problems) {
    let service = spec.service.given().and_then(|services| services.get_ref().first()?.1.given());
    let stop_timeout = service.map_or(&Field::Absent, |service| &service.get_ref().stop_timeout);
    if is_unknown(spec, container, stop_timeout) {
        return;
    }
    let hooks = |point: HookPoint| {
        let timeouts = hooks::at(spec, point).filter_map(|hook| hook.get_ref().timeout.given());
        let places: Vec<_> = timeouts.map(|timeout| (timeout.span(), *timeout.get_ref())).collect();
        let length = places.iter().map(|(_, length)| *length).sum();
        (!places.is_empty()).then_some(Term { name: point.name(), length, places })
    };
    let written = |name, field: &Field<Millis>, length| Term {
        name,
        length,
        places: field.given().map(|value| (value.span(), *value.get_ref())).into_iter().collect(),
    };
    let terms: Vec<Term> = [
        hooks(HookPoint::PreStop),
        stop_timeout.given().map(|length| written("stop-timeout", stop_timeout, *length.get_ref())),
        Some(written("leftover-timeout", &container.leftover_timeout, config.leftover_timeout)),
        hooks(HookPoint::PostStop),
        Some(Term { name: "margin", length: MARGIN, places: Vec::new() }),
    ]
    .into_iter()
    .flatten()
    .collect();

    let needed: Millis = terms.iter().map(|term| term.length).sum();
    let left = config.grace_period.minus(needed);
    if stop_timeout.is_absent() {
        config.service.stop_timeout = Some(left);
        if left == Millis::ZERO {
            problems.push(overrun(&terms, needed, container, config.grace_period, "nothing is left for the service: "));
        }
    } else if needed > config.grace_period {
        problems.push(overrun(&terms, needed, container, config.grace_period, ""));
    }
}

/// Whether a term could not be read, so that no sum can be made.
fn is_unknown(spec: &Spec, container: &Container, stop_timeout: &Field<Millis>) -> bool {
    let hooks = spec.hook.is_wrong()
        || spec.hook.given().is_some_and(|hooks| {
            let hooks = hooks.get_ref();
            hooks.pre_stop.is_wrong() || hooks.post_stop.is_wrong()
        })
        || [HookPoint::PreStop, HookPoint::PostStop]
            .into_iter()
            .flat_map(|point| hooks::at(spec, point))
            .any(|hook| hook.get_ref().timeout.given().is_none());
    hooks
        || spec.container.is_wrong()
        || container.grace_period.is_wrong()
        || container.leftover_timeout.is_wrong()
        || stop_timeout.is_wrong()
}

fn overrun(terms: &[Term], needed: Millis, container: &Container, grace: Millis, why: &str) -> Diagnostic {
    let sum: Vec<String> = terms.iter().map(|term| format!("{} {}", term.name, term.length)).collect();
    let is_written = container.grace_period.given().is_some();
    let period = if is_written { "grace-period" } else { "default grace-period" };
    let message = format!("{why}{} = {needed}, the {period} is {grace}", sum.join(" + "));
    let mut places: Vec<(Range<usize>, String)> = container
        .grace_period
        .given()
        .map(|value| (value.span(), format!("grace-period {grace}")))
        .into_iter()
        .collect();
    for term in terms {
        places.extend(term.places.iter().map(|(span, length)| (span.clone(), format!("{} {length}", term.name))));
    }
    let mut places = places.into_iter().take(SHOWN);
    let (span, _) = places.next().unwrap_or_default();
    let mut diagnostic = Diagnostic::new(span, message);
    diagnostic.related = places.collect();
    let enough = if why.is_empty() { needed } else { needed.plus(Millis(1_000)) };
    let set = if is_written {
        format!("set `grace-period` to `\"{enough}\"`")
    } else {
        format!("write `grace-period = \"{enough}\"` below `[container]`")
    };
    diagnostic.help(format!(
        "shorten a step, or {set} and tell the platform the same: `docker stop -t`, `stop_grace_period`, \
         `terminationGracePeriodSeconds`"
    ))
}
