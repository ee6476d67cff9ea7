//! The services.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use wigwag_core::{Signal, config};

use super::{command, items, signals, value};
use crate::{
    diagnostic::Diagnostic,
    spec::{Field, Problems, Service, Spec},
    suggest::{nearest, quoted},
};

const EXAMPLE: &str = "a service is a table with a name: `[service.web]` and `command = [\"httpd\"]`";

/// How many services of a circle are named.
const SHOWN: usize = 10;

/// A service and its name.
type Entry = (Spanned<String>, Field<Service>);

/// The one service.
pub fn main(spec: &Spec, stop_signal: Signal, problems: &mut Problems) -> config::Service {
    let services = spec.service.items().as_slice();
    match (services, &spec.service) {
        (_, Field::Absent) => problems.push(Diagnostic::new(0..0, "there is no service").help(EXAMPLE)),
        ([], Field::Given(table)) => {
            problems.push(Diagnostic::new(table.span(), "there is no service").help(EXAMPLE));
        }
        ([(first, _), (second, _), ..], _) => problems.push(
            Diagnostic::new(second.span(), "this version runs one service per container")
                .related(first.span(), "the first one")
                .help("give each service a container of its own"),
        ),
        _ => {}
    }
    order(services, problems);

    let mut checked = services.iter().filter_map(|(name, service)| {
        check_name(name, problems);
        let service = service.given()?.get_ref();
        signals::can_be_received(&service.stop_signal, "stop-signal", problems);
        Some(config::Service {
            name: name.get_ref().clone(),
            command: command(&service.command, name.span(), problems),
            args: items(&service.args),
            stop_signal: value(&service.stop_signal).unwrap_or(stop_signal),
            stop_timeout: value(&service.stop_timeout),
        })
    });
    let first = checked.next();
    // The others are read for their errors.
    checked.for_each(drop);
    first.unwrap_or_else(|| config::Config::plain().service)
}

fn check_name(name: &Spanned<String>, problems: &mut Problems) {
    let text = name.get_ref();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if text.is_empty() || !text.bytes().all(is_plain) {
        problems.push(
            Diagnostic::new(name.span(), format!("{} cannot be a service's name", quoted(text)))
                .help("letters `A-Z a-z`, digits, `.`, `_` and `-`"),
        );
    }
}

/// Checks what is written in `after`.
fn order(services: &[Entry], problems: &mut Problems) {
    let names: BTreeSet<&str> = services.iter().map(|(name, _)| name.get_ref().as_str()).collect();
    let mut waits_for: BTreeMap<&str, Vec<&Spanned<String>>> = BTreeMap::new();
    for (name, service) in services {
        for other in service.given().into_iter().flat_map(|service| service.get_ref().after.items()) {
            if other == name {
                problems.push(
                    Diagnostic::new(other.span(), format!("{} cannot wait for itself", quoted(name.get_ref())))
                        .help("`after` names other services"),
                );
            } else if names.contains(other.get_ref().as_str()) {
                waits_for.entry(name.get_ref()).or_default().push(other);
            } else {
                let help = match nearest(other.get_ref(), names.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`after` names services of this spec".to_string(),
                };
                let message = format!("there is no service {}", quoted(other.get_ref()));
                problems.push(Diagnostic::new(other.span(), message).help(help));
            }
        }
    }
    problems.extend(cycle(waits_for));
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
