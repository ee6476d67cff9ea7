//! What a script cannot do: it is gone when the service runs.

use std::ops::Range;

use toml::Spanned;
use wigwag_core::{Signal, config::HookPoint};

use super::hooks;
use crate::{
    diagnostic::Diagnostic,
    spec::{Container, Field, Problems, Service, Spec},
    suggest::quoted,
};

const INIT: &str = "`entrypoint = \"init\"` can";

/// Names that some shell sets itself, keeps or takes for something else, so that a script can neither know whether
/// they were given nor pass them on as they were. Those of dash, bash, mksh, yash and `BusyBox`.
const KEPT: &str = "\
    _ COLUMNS DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HOSTNAME HOSTTYPE IFS LINENO LINES \
    MACHTYPE MAILCHECK OLDPWD OPTARG OPTERR OPTIND OSTYPE PATH PATHSEP PGRP PIPESTATUS POSIXLY_CORRECT PPID \
    PS1 PS2 PS3 PS4 PWD RANDOM SECONDS SHELL SHELLOPTS SHLVL SRANDOM TERM TMOUT UID USER_ID";

/// Whether some shell keeps the variable for itself.
pub fn is_kept_by_shells(name: &str) -> bool {
    KEPT.split(' ').any(|kept| kept == name) || ["BASH", "KSH", "YASH_"].iter().any(|prefix| name.starts_with(prefix))
}

/// Says everything of the spec that a script cannot do.
pub fn refuse(spec: &Spec, container: &Container, stop_signal: Signal, problems: &mut Problems) {
    let mut refuse = |span: Range<usize>, reason: String, help: &str| {
        problems.push(Diagnostic::new(span, format!("a script cannot do this: {reason}")).help(help));
    };
    for point in [HookPoint::PostStart, HookPoint::PreStop, HookPoint::PostStop] {
        for hook in hooks::at(spec, point) {
            refuse(hook.span(), format!("it is gone before a {} hook could run", point.name()), INIT);
        }
    }
    for timeout in hooks::at(spec, HookPoint::PreStart).filter_map(|hook| hook.get_ref().timeout.given()) {
        refuse(timeout.span(), "it would need a program that ends the hook".into(), INIT);
    }
    for (name, _) in spec.signals.items() {
        refuse(name.span(), "the service gets every signal as it is sent".into(), INIT);
    }
    let stop_timeouts = services(spec).map(|service| &service.stop_timeout);
    for timeout in stop_timeouts.chain([&container.leftover_timeout]).filter_map(Field::given) {
        refuse(timeout.span(), "nobody is there to enforce it".into(), INIT);
    }
    for signal in services(spec).filter_map(|service| service.stop_signal.given()) {
        if *signal.get_ref() != stop_signal {
            let reason = format!("the service gets the container's stop-signal, {stop_signal}");
            let help =
                format!("set `stop-signal` of `[container]` to \"{}\", or `entrypoint` to \"init\"", signal.get_ref());
            refuse(signal.span(), reason, &help);
        }
    }
    for (name, _) in spec.env.items() {
        if is_kept_by_shells(name.get_ref()) {
            let reason = format!("shells keep {} for themselves", quoted(name.get_ref()));
            refuse(name.span(), reason, "`ENV` in the Dockerfile can, and so can `entrypoint = \"init\"`");
        }
    }
}

fn services(spec: &Spec) -> impl Iterator<Item = &Service> {
    spec.service.items().filter_map(|(_, service)| service.given().map(Spanned::get_ref))
}
