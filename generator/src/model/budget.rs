//! Whether a stop fits into the grace period.

use std::ops::Range;

use toml::Spanned;
use wigwag_core::{
    Config, Millis,
    budget::MARGIN,
    config::{HookPoint, Wait},
};

use super::{
    chains::{Chain, Chains},
    hooks, preset,
    services::Entry,
};
use crate::{
    diagnostic::Diagnostic,
    spec::{Container, Field, Problems, Spec},
    suggest::quoted,
};

/// How many places are pointed at.
const SHOWN: usize = 20;

/// One term of the sum, and where it is written, if it is.
struct Term {
    name: String,
    length: Millis,
    places: Vec<(Range<usize>, Millis)>,
}

/// Gives the services what the grace period leaves, if the spec does not say what they get, and checks the sum.
pub fn fit(spec: &Spec, container: &Container, config: &mut Config, problems: &mut Problems) {
    let services = spec.service.items().as_slice();
    if config.services.len() != services.len() || is_unknown(spec, container, services) {
        return;
    }
    let Some(chains) = Chains::new(services) else { return };
    let mut before: Vec<Term> = decision(spec, config).into_iter().collect();
    before.extend(hook_term(spec, HookPoint::PreStop));
    let mut after: Vec<Term> = leftovers(container, config).into_iter().collect();
    after.extend(hook_term(spec, HookPoint::PostStop));
    after.push(Term { name: "margin".into(), length: MARGIN, places: Vec::new() });
    let fixed: Millis = before.iter().chain(&after).map(|term| term.length).sum();
    let available = config.grace_period.minus(fixed);

    let mut tightest: Option<Chain> = None;
    for chain in chains.all() {
        let share = chain.share(available);
        for at in &chain.links {
            if let Some(service) = config.services.get_mut(*at)
                && services.get(*at).is_some_and(|(_, service)| stop_timeout(service).is_none())
            {
                service.stop_timeout = Some(service.stop_timeout.map_or(share, |other| other.min(share)));
            }
        }
        // What is too long as it is comes first.
        let strain =
            |chain: &Chain| (chain.given.minus(available), available.minus(chain.share(available)), chain.links.len());
        if tightest.as_ref().is_none_or(|other| strain(&chain) > strain(other)) {
            tightest = Some(chain);
        }
    }
    let Some(chain) = tightest else { return };
    let is_over = fixed.plus(chain.given) > config.grace_period;
    let nothing_left = chain.open > 0 && chain.share(available) == Millis::ZERO;
    if is_over || nothing_left {
        before.extend(service_terms(&chain, services));
        before.extend(after);
        let idle = if nothing_left { idle(&chain, services) } else { Vec::new() };
        problems.push(overrun(spec, &before, container, config.grace_period, &idle));
    }
}

/// What a plugin may take to decide about the platform's stop signal.
fn decision(spec: &Spec, config: &Config) -> Option<Term> {
    let signal = config.stop_signal?;
    let hook = hooks::decider(spec, signal)?;
    let length = hooks::timeout(hook, HookPoint::OnSignal)?;
    let places = hook.timeout.place().map(|place| (place, length)).into_iter().collect();
    Some(Term { name: format!("on-signal {signal}"), length, places })
}

fn hook_term(spec: &Spec, point: HookPoint) -> Vec<Term> {
    let timeouts = hooks::at(spec, point).filter_map(|hook| hook.get_ref().time());
    let places: Vec<_> = timeouts.map(|timeout| (timeout.span(), *timeout.get_ref())).collect();
    let length = places.iter().map(|(_, length)| *length).sum();
    if places.is_empty() { Vec::new() } else { vec![Term { name: point.name().into(), length, places }] }
}

fn leftovers(container: &Container, config: &Config) -> Option<Term> {
    let written = container.leftover_timeout.given();
    let places = written.map(|value| (value.span(), *value.get_ref())).into_iter().collect();
    let is_waited_for = config.wait == Wait::All;
    is_waited_for.then(|| Term { name: "leftover-timeout".into(), length: config.leftover_timeout, places })
}

fn service_terms(chain: &Chain, services: &[Entry]) -> Vec<Term> {
    let links = chain.links.iter().filter_map(|at| services.get(*at));
    links
        .filter_map(|(name, service)| {
            let timeout = stop_timeout(service)?;
            let name = match services {
                [_] => "stop-timeout".to_string(),
                _ => format!("stop-timeout of {}", quoted(name.get_ref())),
            };
            let length = *timeout.get_ref();
            Some(Term { name, length, places: vec![(timeout.span(), length)] })
        })
        .collect()
}

/// Those in the chain that have no stop timeout.
fn idle(chain: &Chain, services: &[Entry]) -> Vec<String> {
    let links = chain.links.iter().filter_map(|at| services.get(*at));
    let idle = links.filter(|(_, service)| stop_timeout(service).is_none());
    match services {
        [_] => vec!["the service".to_string()],
        _ => idle.map(|(name, _)| quoted(name.get_ref())).collect(),
    }
}

fn stop_timeout(service: &Field<crate::spec::Service>) -> Option<&Spanned<Millis>> {
    service.given()?.get_ref().stop_timeout.given()
}

/// Whether a term could not be read, so that no sum can be made.
fn is_unknown(spec: &Spec, container: &Container, services: &[Entry]) -> bool {
    let hooks = spec.hook.is_wrong()
        || spec.hook.given().is_some_and(|hooks| {
            let hooks = hooks.get_ref();
            hooks.pre_stop.is_wrong() || hooks.post_stop.is_wrong() || hooks.on_signal.is_wrong()
        })
        || hooks::at(spec, HookPoint::OnSignal).any(|hook| hook.get_ref().timeout.is_wrong())
        || [HookPoint::PreStop, HookPoint::PostStop]
            .into_iter()
            .flat_map(|point| hooks::at(spec, point))
            .any(|hook| hook.get_ref().time().is_none());
    let services = services.iter().any(|(_, service)| {
        service
            .given()
            .is_none_or(|service| service.get_ref().stop_timeout.is_wrong() || service.get_ref().after.is_wrong())
    });
    hooks
        || services
        || spec.container.is_wrong()
        || container.grace_period.is_wrong()
        || container.leftover_timeout.is_wrong()
        || container.wait.is_wrong()
}

fn overrun(spec: &Spec, terms: &[Term], container: &Container, grace: Millis, idle: &[String]) -> Diagnostic {
    let sum: Vec<String> = terms.iter().map(|term| format!("{} {}", term.name, term.length)).collect();
    let needed: Millis = terms.iter().map(|term| term.length).sum();
    let is_written = container.grace_period.given().is_some();
    let period = match preset::slowest(spec) {
        _ if is_written => "grace-period".to_string(),
        Some((_, preset)) => format!("grace-period of the preset {}", quoted(&preset.name)),
        None => "default grace-period".to_string(),
    };
    let why = if idle.is_empty() { String::new() } else { format!("nothing is left for {}: ", idle.join(" and ")) };
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
    // A second for each of those who have nothing.
    let enough = idle.iter().fold(needed, |enough, _| enough.plus(Millis(1_000)));
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
