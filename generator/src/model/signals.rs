//! What signals do.

use std::{collections::BTreeMap, ops::Range};

use toml::Spanned;
use wigwag_core::{
    Signal,
    config::{HookPoint, Reaction, SignalRule},
};

use super::{hooks, value};
use crate::{
    diagnostic::Diagnostic,
    spec::{Field, Hook, Named, Problems, Rule, Sources, Spec, no_signal},
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

/// What is said of each signal in a table whose keys are signals, without those that are none.
pub fn named<'s, T>(
    table: &'s Field<Named<T>>,
    refused: &str,
    problems: &mut Problems,
) -> Vec<(Signal, &'s Spanned<String>, &'s Field<T>)> {
    let mut places: BTreeMap<Signal, Range<usize>> = BTreeMap::new();
    let mut named = Vec::new();
    for (key, value) in table.items() {
        let Ok(signal) = key.get_ref().parse::<Signal>() else {
            problems.push(no_signal(key.get_ref(), key.span()));
            continue;
        };
        problems.extend(refusal(signal, key.span(), refused, "leave it out: this cannot be changed"));
        if let Some(first) = places.insert(signal, key.span()) {
            problems.push(
                Diagnostic::new(key.span(), format!("{} is {signal} a second time", quoted(key.get_ref())))
                    .related(first, "the first time")
                    .help("keep one of them"),
            );
        }
        named.push((signal, key, value));
    }
    named
}

/// The rules of `[signals]`, and those that hooks for signals make.
pub fn rules(spec: &Spec, stop_signal: Signal, problems: &mut Problems) -> BTreeMap<Signal, SignalRule> {
    let mut rules = BTreeMap::new();
    for (signal, key, rule) in named(&spec.signals, "given a rule", problems) {
        let Some(written) = rule.given() else { continue };
        let rule = match written.get_ref() {
            Rule::Always(reaction) => {
                if signal == stop_signal && signal.can_be_forwarded() {
                    problems.push(asks_for_a_stop(signal, key.span()).help(
                        "what the program gets then is `stop-signal` of the service; \
                         what it does from a terminal is `{ tty = … }`",
                    ));
                } else {
                    as_it_is(signal, *reaction, written.span(), problems);
                }
                SignalRule::always(*reaction)
            }
            Rule::BySource(sources) => {
                let is_hooked = hooks_for(spec, signal).next().is_some();
                by_source(signal, signal == stop_signal, is_hooked, sources, written.span(), problems)
            }
        };
        rules.insert(signal, rule);
    }
    hooked(spec, stop_signal, &mut rules, problems);
    rules
}

/// With a hook for the signal, what it would do without one must be written if it is meant.
fn by_source(
    signal: Signal,
    is_stop_signal: bool,
    is_hooked: bool,
    sources: &Sources,
    span: Range<usize>,
    problems: &mut Problems,
) -> SignalRule {
    let Sources { tty, other } = sources;
    if tty.is_absent() && other.is_absent() {
        problems.push(
            Diagnostic::new(span, "nothing is declared")
                .help("by where the signal comes from: `{ tty = \"drop\" }`, `{ tty = \"drop\", other = \"stop\" }`"),
        );
    }
    if is_stop_signal {
        if let Some(other) = other.given() {
            problems.push(asks_for_a_stop(signal, other.span()).help("leave `other` out: that is the platform"));
        }
        if let Some(tty) = tty.given().filter(|tty| *tty.get_ref() == Reaction::Stop && !is_hooked) {
            problems.push(asks_for_a_stop(signal, tty.span()).help("leave it out: it does so from a terminal, too"));
        }
    } else if !is_hooked {
        for reaction in [tty, other].into_iter().filter_map(Field::given) {
            as_it_is(signal, *reaction.get_ref(), reaction.span(), problems);
        }
    }
    SignalRule { tty: value(tty), other: value(other) }
}

fn asks_for_a_stop(signal: Signal, span: Range<usize>) -> Diagnostic {
    Diagnostic::new(span, format!("{signal} is the container's stop-signal, which asks for a stop"))
}

fn as_it_is(signal: Signal, reaction: Reaction, span: Range<usize>, problems: &mut Problems) {
    if reaction == Reaction::Forward(signal) {
        problems.push(
            Diagnostic::new(span, format!("{signal} is forwarded as it is already"))
                .help("leave it out, or name another signal, \"drop\" or \"stop\""),
        );
    }
}

/// A hook for a signal takes what `[signals]` does not say about it.
fn hooked(spec: &Spec, stop_signal: Signal, rules: &mut BTreeMap<Signal, SignalRule>, problems: &mut Problems) {
    let written = rules.clone();
    for hook in hooks::at(spec, HookPoint::OnSignal).map(Spanned::get_ref) {
        let Some(field) = hook.signal.given() else { continue };
        let signal = *field.get_ref();
        problems.extend(decided_already(spec, hook, field));
        let help = "one that a program can handle, such as `SIGHUP`, `SIGUSR1` or `SIGUSR2`";
        if let Some(refused) = refusal(signal, field.span(), "the `signal` of a hook", help) {
            problems.push(refused);
        } else if signal == stop_signal && hook.plugin.is_absent() {
            problems.push(
                asks_for_a_stop(signal, field.span())
                    .help("what runs when it comes is `[[hook.pre-stop]]`; a plugin can decide what it does"),
            );
        } else if let Some(SignalRule { tty: Some(_), other: Some(_) }) = written.get(&signal) {
            let says = |(key, _): &&(Spanned<String>, _)| key.get_ref().parse() == Ok(signal);
            let place = spec.signals.items().find(says).map(|(key, _)| key.span()).unwrap_or_default();
            problems.push(
                Diagnostic::new(field.span(), format!("{signal} has a rule, and the hook would never run"))
                    .related(place, "the rule")
                    .help("take it out of `[signals]`, or leave one of `tty` and `other` to the hook"),
            );
        } else {
            let rule = rules.entry(signal).or_default();
            rule.tty = rule.tty.or(Some(Reaction::Hook));
            rule.other = rule.other.or(Some(Reaction::Hook));
        }
    }
}

/// The hooks for a signal.
fn hooks_for(spec: &Spec, signal: Signal) -> impl Iterator<Item = &Hook> {
    hooks::at(spec, HookPoint::OnSignal).map(Spanned::get_ref).filter(move |hook| value(&hook.signal) == Some(signal))
}

/// Says so if this is a second hook for a signal that a plugin decides about.
fn decided_already(spec: &Spec, hook: &Hook, field: &Spanned<Signal>) -> Option<Diagnostic> {
    let signal = *field.get_ref();
    let first = hooks_for(spec, signal).next().filter(|first| !std::ptr::eq(*first, hook))?;
    hooks::decider(spec, signal)?;
    let message = format!("a plugin decides about {signal}, and no other hook runs for it");
    let problem = Diagnostic::new(field.span(), message).related(first.signal.place()?, "the first hook for it");
    Some(problem.help("keep one of them; the plugin can have commands run"))
}
