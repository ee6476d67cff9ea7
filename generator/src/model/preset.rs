//! What a service's preset says of what the spec does not say. What is written always wins.

use toml::Spanned;
use wigwag_core::{
    Config, Millis, Signal,
    config::{HookPoint, Reaction, SignalRule},
};
use wigwag_presets::{Duty, Preset, Rule};

use super::{hooks, services, value};
use crate::{
    diagnostic::Diagnostic,
    spec::{Container, Entrypoint, Problems, Service, Spec},
    suggest::{nearest, quoted},
};

/// The preset of a service, if it names one that there is.
pub fn of(service: &Service) -> Option<&'static Preset> {
    wigwag_presets::by_name(service.preset.given()?.get_ref())
}

/// The preset of the main service.
pub fn of_main(spec: &Spec) -> Option<&'static Preset> {
    of(services::main_table(spec)?)
}

/// Says which names are no preset's, and which presets the entrypoint is wrong for.
pub fn check(spec: &Spec, container: &Container, entrypoint: Entrypoint, problems: &mut Problems) {
    for name in spec.service.items().filter_map(|(_, service)| service.given()?.get_ref().preset.given()) {
        match wigwag_presets::by_name(name.get_ref()) {
            None => problems.push(unknown(name)),
            Some(preset) => problems.extend(refusal(preset, name, container, entrypoint)),
        }
    }
}

fn unknown(name: &Spanned<String>) -> Diagnostic {
    let written = name.get_ref();
    let known = wigwag_presets::all().iter().map(|preset| preset.name.as_str());
    let meant =
        wigwag_presets::by_program(written).map(|preset| preset.name.as_str()).or_else(|| nearest(written, known));
    let help = meant.map_or("`wigwag preset list` prints those that there are".to_string(), |meant| {
        format!("did you mean \"{meant}\"? `wigwag preset list` prints all of them")
    });
    Diagnostic::new(name.span(), format!("there is no preset {}", quoted(written))).help(help)
}

fn refusal(
    preset: &Preset,
    name: &Spanned<String>,
    container: &Container,
    entrypoint: Entrypoint,
) -> Option<Diagnostic> {
    let (message, help) = match (preset.init.is, entrypoint) {
        (Duty::Forbidden, Entrypoint::Init) => (
            format!("{} must be PID 1 itself: {}", quoted(&preset.name), preset.init.reason),
            "`entrypoint = \"script\"` below `[container]`: it executes the service in its own place",
        ),
        (Duty::Required, Entrypoint::Script) => (
            format!("a script cannot do this: {} needs an init: {}", quoted(&preset.name), preset.init.reason),
            "`entrypoint = \"init\"` can; or leave the preset out, and write `command` and `stop-signal`",
        ),
        (Duty::Required | Duty::Optional, Entrypoint::Init)
        | (Duty::Optional | Duty::Forbidden, Entrypoint::Script) => {
            return None;
        }
    };
    let problem = Diagnostic::new(name.span(), message).help(help);
    Some(match container.entrypoint.place() {
        Some(place) => problem.related(place, "the entrypoint"),
        None => problem,
    })
}

/// The entrypoint, where nobody says which: one that can be.
pub fn entrypoint(spec: &Spec) -> Entrypoint {
    match of_main(spec) {
        Some(preset) if preset.init.is == Duty::Forbidden => Entrypoint::Script,
        _ => Entrypoint::default(),
    }
}

/// The platform's stop signal, where the spec does not say it. A script can only pass on what the platform sends, so
/// that must be the program's own; the init translates, and the platform's usual one works everywhere.
pub fn stop_signal(spec: &Spec, entrypoint: Entrypoint) -> Option<Signal> {
    let main = services::main_table(spec)?;
    (entrypoint == Entrypoint::Script && main.stop_signal.is_absent())
        .then(|| of(main).map(|preset| preset.stop.signal))?
}

/// The longest grace period that one of the services needs, as far as their presets say, and that preset. It is the
/// container's where the spec does not say it.
pub fn slowest(spec: &Spec) -> Option<(Millis, &'static Preset)> {
    let presets = spec.service.items().filter_map(|(_, service)| of(service.given()?.get_ref()));
    presets.filter_map(|preset| Some((preset.time.as_ref()?.grace_period, preset))).max_by_key(|(period, _)| *period)
}

/// Fills in what the main service's preset says about signals and exit codes.
pub fn fill_in(spec: &Spec, entrypoint: Entrypoint, config: &mut Config) {
    let (Some(preset), Entrypoint::Init) = (of_main(spec), entrypoint) else { return };
    for code in &preset.exit_codes {
        if !config.exit_codes.iter().any(|(from, _)| *from == code.code) {
            config.exit_codes.push((code.code, 0));
        }
    }
    let is_free = |signal: Signal| !is_decided(spec, signal);
    for (signal, Rule::Drop) in preset.rules().filter(|(signal, _)| is_free(*signal)) {
        // A rule for what a terminal sends costs the service its place in front of the terminal.
        let tty = (signal == Signal::WINCH).then_some(Reaction::Drop);
        let other = (config.stop_signal != Some(signal)).then_some(Reaction::Drop);
        if tty.is_some() || other.is_some() {
            config.signals.insert(signal, SignalRule { tty, other });
        }
    }
    // Whoever sends the program's own stop signal means a stop: one with hooks.
    let own = preset.stop.signal;
    let is_own = config.main().is_some_and(|main| main.stop_signal == own);
    if is_own && config.stop_signal != Some(own) && is_free(own) {
        config.signals.entry(own).or_insert(SignalRule { tty: None, other: Some(Reaction::Stop) });
    }
}

/// Whether the spec says what the signal does.
fn is_decided(spec: &Spec, signal: Signal) -> bool {
    let is_named = |key: &Spanned<String>| key.get_ref().parse() == Ok(signal);
    let services = spec.service.items().filter_map(|(_, service)| service.given());
    spec.signals.items().any(|(key, _)| is_named(key))
        || services.flat_map(|service| service.get_ref().signals.items()).any(|(key, _)| is_named(key))
        || hooks::at(spec, HookPoint::OnSignal).any(|hook| value(&hook.get_ref().signal) == Some(signal))
}
