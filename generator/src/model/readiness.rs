//! How a service is known to be ready.

use toml::Spanned;
use wigwag_core::{
    Millis,
    config::{self, Check},
};

use super::{path, program, service::zero, value};
use crate::{
    diagnostic::Diagnostic,
    spec::{Field, Limit, Problems, Readiness, Ready},
    suggest::quoted,
};

const INTERVAL: Millis = Millis(200);
const ATTEMPT: Millis = Millis(5_000);
const TIMEOUT: Millis = Millis(30_000);

const ONE_OF: &str = "exactly one of `exec = [\"pg_isready\"]`, `tcp = \"127.0.0.1:5432\"`, `file = \"/run/ready\"` and \
                      `notify = true`";

/// What a service's `ready` means.
pub fn check(ready: &Spanned<Ready>, problems: &mut Problems) -> Option<config::Readiness> {
    let readiness = &ready.get_ref().0;
    check_times(readiness, problems);
    let timeout = match value(&readiness.timeout) {
        None => Some(TIMEOUT),
        Some(Limit::After(timeout)) => Some(timeout),
        Some(Limit::Never) => None,
    };
    Some(config::Readiness {
        check: what(readiness, ready.span(), problems)?,
        interval: value(&readiness.interval).unwrap_or(INTERVAL),
        attempt: value(&readiness.attempt).unwrap_or(ATTEMPT),
        timeout,
    })
}

/// What says that it is ready.
fn what(readiness: &Readiness, span: std::ops::Range<usize>, problems: &mut Problems) -> Option<Check> {
    let Readiness { exec, tcp, file, notify, .. } = readiness;
    if let Some(notify) = notify.given().filter(|notify| !notify.get_ref()) {
        problems.push(Diagnostic::new(notify.span(), "`notify = false` says nothing").help(ONE_OF));
        return None;
    }
    match (exec.given(), tcp.given(), file.given(), notify.given()) {
        (Some(exec), None, None, None) => Some(Check::Exec(program(exec, "exec", problems))),
        (None, Some(tcp), None, None) => Some(Check::Tcp(tcp.get_ref().0.to_string())),
        (None, None, Some(file), None) => path(file, problems).map(Check::File),
        (None, None, None, Some(_)) => Some(Check::Notify),
        _ => {
            let keys = [
                ("exec", exec.is_absent()),
                ("tcp", tcp.is_absent()),
                ("file", file.is_absent()),
                ("notify", notify.is_absent()),
            ];
            let written: Vec<String> =
                keys.into_iter().filter(|(_, is_absent)| !is_absent).map(|(key, _)| quoted(key)).collect();
            let message = match written.as_slice() {
                [] => "nothing says that it is ready".to_string(),
                // It could not be read, which has been said.
                [_] => return None,
                _ => format!("{} are several ways to be ready", written.join(" and ")),
            };
            problems.push(Diagnostic::new(span, message).help(ONE_OF));
            None
        }
    }
}

fn check_times(readiness: &Readiness, problems: &mut Problems) {
    let Readiness { interval, attempt, timeout, .. } = readiness;
    if let Some(attempt) = zero(attempt) {
        problems.push(
            Diagnostic::new(attempt.span(), "an attempt has no time").help("the longest it may take, such as `\"5s\"`"),
        );
    }
    if let Some(interval) = zero(interval) {
        problems.push(
            Diagnostic::new(interval.span(), "without a pause it would be asked all the time")
                .help("the pause between two attempts, such as `\"200ms\"`"),
        );
    }
    if let Some(timeout) = timeout.given().filter(|timeout| *timeout.get_ref() == Limit::After(Millis::ZERO)) {
        problems.push(
            Diagnostic::new(timeout.span(), "the service has no time to become ready")
                .help("how long it may take, such as `\"30s\"`, or `\"never\"` for as long as it likes"),
        );
    }
    let mut means_nothing = |field: &Field<Millis>, key: &str, why: &str| {
        if let Some(length) = field.given() {
            problems.push(
                Diagnostic::new(length.span(), format!("`{key}` means nothing here: {why}"))
                    .help("leave it out; how long the service may take is `timeout`"),
            );
        }
    };
    if !readiness.notify.is_absent() {
        means_nothing(interval, "interval", "with `notify` the service itself says it, and is not asked");
        means_nothing(attempt, "attempt", "with `notify` the service itself says it, and is not asked");
    }
    if !readiness.file.is_absent() {
        means_nothing(attempt, "attempt", "to look for a file takes no time");
    }
}
