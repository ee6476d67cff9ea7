//! The order of services: who waits for whom.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::services::Entry;
use crate::{
    diagnostic::Diagnostic,
    spec::{Field, Problems, Service},
    suggest::{nearest, quoted},
};

/// How many services of a circle are named.
const SHOWN: usize = 10;

/// Checks what is written in `after`.
pub fn check(services: &[Entry], problems: &mut Problems) {
    let names: BTreeSet<&str> = services.iter().map(|(name, _)| name.get_ref().as_str()).collect();
    let mut waits_for: BTreeMap<&str, Vec<&Spanned<String>>> = BTreeMap::new();
    for (name, service) in services {
        for other in after(service) {
            let earlier = |first: &&Spanned<String>| first == &other && first.span().start < other.span().start;
            if let Some(first) = after(service).find(earlier) {
                problems.push(
                    Diagnostic::new(other.span(), format!("{} is named twice", quoted(other.get_ref())))
                        .related(first.span(), "the first time")
                        .help("keep one of them"),
                );
            } else if other == name {
                problems.push(
                    Diagnostic::new(other.span(), format!("{} cannot wait for itself", quoted(name.get_ref())))
                        .help("`after` names other services"),
                );
            } else if names.contains(other.get_ref().as_str()) {
                waits_for.entry(name.get_ref()).or_default().push(other);
            } else {
                let others = || names.iter().copied().filter(|other| *other != name.get_ref());
                let help = match nearest(other.get_ref(), others()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if others().next().is_none() => "this spec has no other service: leave it out".to_string(),
                    None => "`after` names services of this spec".to_string(),
                };
                let message = format!("there is no service {}", quoted(other.get_ref()));
                problems.push(Diagnostic::new(other.span(), message).help(help));
            }
        }
    }
    problems.extend(cycle(waits_for));
}

fn after(service: &Field<Service>) -> impl Iterator<Item = &Spanned<String>> {
    service.given().into_iter().flat_map(|service| service.get_ref().after.items())
}

/// A circle of services that wait for each other, if there is one.
fn cycle(mut waits_for: BTreeMap<&str, Vec<&Spanned<String>>>) -> Option<Diagnostic> {
    // Whoever waits for nobody can start, and nobody waits for it any more; those who remain wait for each other.
    loop {
        let waiting: BTreeSet<&str> = waits_for.keys().copied().collect();
        for others in waits_for.values_mut() {
            others.retain(|other| waiting.contains(other.get_ref().as_str()));
        }
        waits_for.retain(|_, others| !others.is_empty());
        if waits_for.len() == waiting.len() {
            break;
        }
    }
    let mut path: Vec<&Spanned<String>> = Vec::new();
    let mut name = *waits_for.keys().next()?;
    loop {
        let next = *waits_for.get(name)?.first()?;
        if let Some(start) = path.iter().position(|visited| visited.get_ref() == next.get_ref()) {
            let mut circle: Vec<String> = path.iter().skip(start).map(|name| quoted(name.get_ref())).collect();
            if circle.len() > SHOWN {
                circle.truncate(SHOWN);
                circle.push("…".to_string());
            }
            circle.push(quoted(next.get_ref()));
            let message = format!("services wait for each other: {}", circle.join(" after "));
            return Some(Diagnostic::new(next.span(), message).help("take one of them out of `after`"));
        }
        path.push(next);
        name = next.get_ref();
    }
}
