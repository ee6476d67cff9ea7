//! What the platform does, and what of it does not go together.

use toml::Spanned;
use wigwag_core::{
    Millis, Signal,
    budget::DEFAULT_LEFTOVER_TIMEOUT,
    config::{HoldUntil, KillMode, Wait},
    exit_code,
};

use super::{services, signals, value};
use crate::{
    diagnostic::Diagnostic,
    spec::{Container, Field, Problems, Spec},
    suggest::quoted,
};

/// Says what is wrong about the container as a whole.
pub fn check(spec: &Spec, container: &Container, problems: &mut Problems) {
    signals::can_be_received(&container.stop_signal, "stop-signal", problems);
    signals::can_be_received(&container.leftover_signal, "leftover-signal", problems);
    nobody_is_told(spec, container, problems);
    nobody_is_held(spec, container, problems);
}

fn nobody_is_told(spec: &Spec, container: &Container, problems: &mut Problems) {
    if let Some(wait) = container.wait.given().filter(|wait| *wait.get_ref() == Wait::Main) {
        let keys = [
            ("leftover-signal", container.leftover_signal.given().map(Spanned::span)),
            ("leftover-timeout", container.leftover_timeout.given().map(Spanned::span)),
        ];
        for (key, span) in keys.into_iter().filter_map(|(key, span)| Some((key, span?))) {
            problems.push(
                Diagnostic::new(span, format!("`{key}` means nothing: leftovers are not waited for"))
                    .related(wait.span(), "they are killed")
                    .help("leave one of them out"),
            );
        }
        return;
    }
    let kill_mode = services::main_table(spec).and_then(|main| main.kill_mode.given());
    if let (Some(signal), Some(mode)) = (container.leftover_signal.given(), kill_mode)
        && *mode.get_ref() == KillMode::Process
    {
        problems.push(
            Diagnostic::new(signal.span(), "nobody gets this signal: leftovers of the main service are not told")
                .related(mode.span(), "only its process is")
                .help("leave one of them out"),
        );
    }
}

fn nobody_is_held(spec: &Spec, container: &Container, problems: &mut Problems) {
    let Some(hold) = container.hold_until.given().filter(|hold| *hold.get_ref() == HoldUntil::Ready) else { return };
    let Some((name, Field::Given(main))) = services::main(spec) else { return };
    if main.get_ref().ready.is_absent() {
        problems.push(
            Diagnostic::new(hold.span(), "nothing says when the main service is ready")
                .related(name.span(), "it has no `ready`")
                .help(format!("such as `ready = {{ tcp = \"127.0.0.1:8080\" }}` below `[service.{}]`", name.get_ref())),
        );
    }
}

/// What leftovers get at least: nothing, if nobody waits for them.
pub fn leftover_timeout(container: &Container) -> Millis {
    match value(&container.wait).unwrap_or_default() {
        Wait::All | Wait::Leave => value(&container.leftover_timeout).unwrap_or(DEFAULT_LEFTOVER_TIMEOUT),
        Wait::Main => Millis::ZERO,
    }
}

/// The codes that become others.
pub fn exit_codes(container: &Container, problems: &mut Problems) -> Vec<(u8, u8)> {
    let mut codes = Vec::new();
    for (key, code) in container.exit_codes.items() {
        let Some(from) = parse(key.get_ref()) else {
            let help = match key.get_ref().parse::<Signal>() {
                Ok(signal) => format!(
                    "a program that {signal} ends has {}: 128 and the signal's number",
                    exit_code::of_signal(signal)
                ),
                Err(_) => "a number from 0 to 255: `exit-codes = { 143 = 0 }`".to_string(),
            };
            problems
                .push(Diagnostic::new(key.span(), format!("{} is not an exit code", quoted(key.get_ref()))).help(help));
            continue;
        };
        if let Some(code) = code.given().filter(|code| *code.get_ref() == from) {
            problems.push(
                Diagnostic::new(code.span(), format!("{from} is {from} already")).help("leave it out, or name another"),
            );
        }
        codes.extend(value(code).map(|to| (from, to)));
    }
    codes
}

/// As TOML compares keys: by their text, so that each has one.
fn parse(text: &str) -> Option<u8> {
    text.parse().ok().filter(|code: &u8| code.to_string() == text)
}
