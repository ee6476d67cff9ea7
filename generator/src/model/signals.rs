//! What signals do.

use std::{collections::BTreeMap, ops::Range};

use wigwag_core::{Signal, config::SignalRule};

use crate::{
    diagnostic::Diagnostic,
    spec::{Field, Problems, Spec, no_signal},
    suggest::quoted,
};

/// Says why a signal cannot be what `key` is.
pub fn can_be_received(field: &Field<Signal>, key: &str, problems: &mut Problems) {
    let help = "one that a program can handle, such as `SIGTERM`, `SIGINT`, `SIGQUIT` or `SIGUSR1`";
    if let Some(signal) = field.given() {
        problems.extend(refusal(*signal.get_ref(), signal.span(), &format!("`{key}`"), help));
    }
}

fn refusal(signal: Signal, span: Range<usize>, what: &str, help: &str) -> Option<Diagnostic> {
    let reason = match signal {
        Signal::KILL => "the kernel ends the process, which never learns of it",
        Signal::STOP => "the kernel halts the process, which never learns of it",
        Signal::CHLD => "the kernel sends it whenever a child ends",
        _ => return None,
    };
    Some(Diagnostic::new(span, format!("{signal} cannot be {what}: {reason}")).help(help))
}

/// The rules of `[signals]`.
pub fn rules(spec: &Spec, stop_signal: Signal, problems: &mut Problems) -> BTreeMap<Signal, SignalRule> {
    let mut rules = BTreeMap::new();
    let mut places: BTreeMap<Signal, Range<usize>> = BTreeMap::new();
    for (key, rule) in spec.signals.items() {
        let Ok(signal) = key.get_ref().parse::<Signal>() else {
            problems.push(no_signal(key.get_ref(), key.span()));
            continue;
        };
        if let Some(refused) = refusal(signal, key.span(), "given a rule", "leave it out: this cannot be changed") {
            problems.push(refused);
        } else if signal == stop_signal {
            problems.push(
                Diagnostic::new(key.span(), format!("{signal} is the container's stop-signal, which asks for a stop"))
                    .help("what the program gets then is `stop-signal` of the service"),
            );
        }
        if let Some(first) = places.insert(signal, key.span()) {
            problems.push(
                Diagnostic::new(key.span(), format!("{} is {signal} a second time", quoted(key.get_ref())))
                    .related(first, "the first time")
                    .help("keep one of them"),
            );
        }
        if let Some(rule) = rule.given() {
            if *rule.get_ref() == SignalRule::Forward(signal) {
                problems.push(
                    Diagnostic::new(rule.span(), format!("{signal} is forwarded as it is already"))
                        .help("leave it out, or name another signal, \"drop\" or \"stop\""),
                );
            }
            rules.insert(signal, *rule.get_ref());
        }
    }
    rules
}
