//! What each service gets of the signals that are forwarded.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use toml::Spanned;
use wigwag_core::{
    Config, Signal, Source,
    config::{Delivery, HookPoint, Reaction},
};

use super::{hooks, signals::named};
use crate::{
    diagnostic::Diagnostic,
    spec::{Field, Named, Problems, Spec},
    suggest::quoted,
};

/// Fills in what the services say about signals; what the container does with them is known by now.
pub fn fill_in(spec: &Spec, config: &mut Config, problems: &mut Problems) {
    let has_main = config.services.iter().any(|service| service.main);
    // A plugin that decides can make any signal of another.
    let is_decided = hooks::at(spec, HookPoint::OnSignal).any(|hook| !hook.get_ref().plugin.is_absent());
    let forwarded = (!spec.signals.is_wrong() && !is_decided).then(|| forwarded(config));
    for (name, service) in spec.service.items() {
        let Field::Given(service) = service else { continue };
        let Some(meant) = config.services.iter_mut().find(|meant| meant.name == *name.get_ref()) else { continue };
        let is_main = has_main.then_some(meant.main);
        let deliveries = of_service(spec, name, is_main, &service.get_ref().signals, forwarded.as_ref(), problems);
        meant.signals = deliveries;
    }
}

/// The signals that come out of the container's rules.
fn forwarded(config: &Config) -> BTreeSet<Signal> {
    let come = Signal::all().filter(|signal| signal.can_be_forwarded());
    come.flat_map(|signal| [Source::Terminal, Source::Process].map(|source| config.reaction(signal, source)))
        .filter_map(|reaction| match reaction {
            Reaction::Forward(signal) => Some(signal),
            Reaction::Drop | Reaction::Stop | Reaction::Hook => None,
        })
        .collect()
}

/// Says that no service gets the signal, and why.
fn never_comes(spec: &Spec, signal: Signal, span: Range<usize>) -> Diagnostic {
    let problem = Diagnostic::new(span, format!("{signal} reaches no service"));
    let rule = spec.signals.items().find(|(key, _)| key.get_ref().parse() == Ok(signal)).map(|(key, _)| key.span());
    let mut hooks = hooks::at(spec, HookPoint::OnSignal).filter_map(|hook| hook.get_ref().signal.given());
    let hook = hooks.find(|other| *other.get_ref() == signal).map(Spanned::span);
    match (rule, hook) {
        (Some(rule), _) => problem
            .related(rule, "this rule is for all of them")
            .help("leave one of them out; a service gets what `[signals]` makes of it"),
        (None, Some(hook)) => problem
            .related(hook, "the hook runs instead")
            .help("leave one of them out; the hook can signal the service"),
        (None, None) => problem.help("it asks for a stop; what the service gets then is its `stop-signal`"),
    }
}

fn of_service(
    spec: &Spec,
    name: &Spanned<String>,
    is_main: Option<bool>,
    table: &Field<Named<Delivery>>,
    forwarded: Option<&BTreeSet<Signal>>,
    problems: &mut Problems,
) -> BTreeMap<Signal, Delivery> {
    let mut deliveries = BTreeMap::new();
    for (signal, key, delivery) in named(table, "given a rule", problems) {
        let Some(delivery) = delivery.given() else { continue };
        if signal.can_be_forwarded() && forwarded.is_some_and(|forwarded| !forwarded.contains(&signal)) {
            problems.push(never_comes(spec, signal, key.span()));
        }
        let redundant = match (is_main, delivery.get_ref()) {
            (Some(true), Delivery::As(same)) if *same == signal => {
                Some(format!("the main service gets {signal} as it is already"))
            }
            (Some(false), Delivery::Drop) => Some(format!("only the main service gets {signal} when it is not named")),
            _ => None,
        };
        problems.extend(redundant.map(|message| {
            Diagnostic::new(delivery.span(), message)
                .help(format!("leave it out, or name what {} is to get instead", quoted(name.get_ref())))
        }));
        deliveries.insert(signal, *delivery.get_ref());
    }
    deliveries
}
