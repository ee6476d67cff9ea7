//! One service.

use std::collections::BTreeMap;

use toml::Spanned;
use wigwag_core::{Millis, Signal, config};

use super::{command, execution, items, preset, readiness, restarts, signals, value};
use crate::{
    diagnostic::Diagnostic,
    spec::{Entrypoint, Field, Problems, Service},
};

/// What a service means.
pub fn check(
    name: &Spanned<String>,
    service: &Service,
    is_main: bool,
    entrypoint: Entrypoint,
    stop_signal: Signal,
    problems: &mut Problems,
) -> config::Service {
    signals::can_be_received(&service.stop_signal, "stop-signal", problems);
    if let Some(timeout) = zero(&service.stop_timeout) {
        problems.push(
            Diagnostic::new(timeout.span(), "the service has no time to stop")
                .help("leave it out for all that the grace period leaves, or write such as `\"5s\"`"),
        );
    }
    let preset = preset::of(service);
    // Nobody knows what one that there is not would have said.
    let is_unknown = preset.is_none() && !service.preset.is_absent();
    let words = if is_unknown && service.command.is_absent() { &Field::Wrong } else { &service.command };
    // Behind a script the service gets what the platform sends.
    let own = preset.filter(|_| entrypoint == Entrypoint::Init).map(|preset| preset.stop.signal);
    config::Service {
        name: name.get_ref().clone(),
        main: is_main,
        command: command(words, preset, name.span(), problems),
        args: items(&service.args),
        args_mode: value(&service.args_mode).unwrap_or_default(),
        after: items(&service.after),
        essential: value(&service.essential).unwrap_or(true),
        stop_signal: value(&service.stop_signal).or(own).unwrap_or(stop_signal),
        stop_timeout: value(&service.stop_timeout),
        kill_mode: value(&service.kill_mode).or_else(|| Some(preset?.kill_mode.as_ref()?.is)).unwrap_or_default(),
        restart: service.restart.given().and_then(|restart| restarts::check(restart, problems)),
        ready: service.ready.given().and_then(|ready| readiness::check(ready, problems)),
        signals: BTreeMap::new(),
        execution: execution::check(&service.execution, problems),
    }
}

/// Checks what only the main service has, and what it always is.
pub fn check_role(service: &Service, is_main: bool, problems: &mut Problems) {
    if !is_main && let Some(args) = service.args.given().filter(|args| !args.get_ref().is_empty()) {
        problems.push(
            Diagnostic::new(args.span(), "only the main service gets the container's arguments")
                .help("fixed ones belong to `command`"),
        );
    }
    if !is_main && let Some(mode) = service.args_mode.given() {
        problems.push(
            Diagnostic::new(mode.span(), "only the main service gets the container's arguments").help("leave it out"),
        );
    }
    if is_main && let Some(essential) = service.essential.given().filter(|essential| !essential.get_ref()) {
        problems.push(
            Diagnostic::new(essential.span(), "the main service is always essential: its end is the container's")
                .help("leave it out; with several services, `main = true` may belong to another"),
        );
    }
}

/// A duration that is none.
pub fn zero(field: &Field<Millis>) -> Option<&Spanned<Millis>> {
    field.given().filter(|length| *length.get_ref() == Millis::ZERO)
}
