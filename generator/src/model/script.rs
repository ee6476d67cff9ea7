//! What a script cannot do: it is gone when the service runs.

use std::ops::Range;

use toml::Spanned;
use wigwag_core::{
    Signal,
    config::{HookPoint, Session},
    environment,
};

use super::hooks;
use crate::{
    diagnostic::Diagnostic,
    spec::{Container, Execution, Field, Hook, Problems, Service, Spec, Variable},
    suggest::quoted,
};

const NOBODY: &str = "nobody is there to enforce it";

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
    for point in [HookPoint::PostStart, HookPoint::OnSignal, HookPoint::PreStop, HookPoint::PostStop] {
        for hook in hooks::at(spec, point) {
            refuse(hook.span(), format!("it is gone before {} could run", hooks::a(point)), INIT);
        }
    }
    for hook in hooks::at(spec, HookPoint::PreStart).map(Spanned::get_ref) {
        for (span, reason, help) in of_a_hook(hook) {
            refuse(span, reason, help);
        }
    }
    for (name, _) in spec.plugin.items() {
        refuse(name.span(), "nobody is there to ask a plugin".into(), INIT);
    }
    for (name, _) in spec.signals.items() {
        refuse(name.span(), "the service gets every signal as it is sent".into(), INIT);
    }
    for (span, reason) in of_the_container(container).chain(of_services(spec)) {
        refuse(span, reason.into(), INIT);
    }
    for (span, reason, help) in of_executions(spec) {
        refuse(span, reason.into(), help);
    }
    for signal in services(spec).filter_map(|service| service.stop_signal.given()) {
        if *signal.get_ref() != stop_signal {
            let reason = format!("the service gets the container's stop-signal, {stop_signal}");
            let help =
                format!("set `stop-signal` of `[container]` to \"{}\", or `entrypoint` to \"init\"", signal.get_ref());
            refuse(signal.span(), reason, &help);
        }
    }
    for (name, variable) in spec.env.items() {
        let file = environment::file_variable(name.get_ref());
        let has_file = variable.given().is_some_and(|variable| match variable.get_ref() {
            Variable::Declared(declaration) => !declaration.file_env.is_absent(),
            Variable::Default(_) => false,
        });
        let kept =
            [name.get_ref().clone()].into_iter().chain(has_file.then_some(file)).find(|name| is_kept_by_shells(name));
        if let Some(kept) = kept {
            let reason = format!("shells keep {} for themselves", quoted(&kept));
            refuse(name.span(), reason, "`ENV` in the Dockerfile can, and so can `entrypoint = \"init\"`");
        }
    }
}

/// What sh has no command for, before the service.
fn of_a_hook(hook: &Hook) -> Vec<(Range<usize>, String, &'static str)> {
    let mut refused = Vec::new();
    if let Some(place) = place(&hook.sleep) {
        let help = "`command = [\"sleep\", \"5\"]` can, if the image has that, and so can `entrypoint = \"init\"`";
        refused.push((place, "sh itself cannot sleep".into(), help));
    }
    if let Some(place) = place(&hook.http_get) {
        refused.push((place, "sh itself speaks no HTTP".into(), INIT));
    }
    if let Some(place) = place(&hook.timeout).filter(|_| hook.wait_for.is_absent()) {
        refused.push((place, "it would need a program that ends the hook".into(), INIT));
    }
    if !hook.template.is_absent() || !hook.wait_for.is_absent() {
        let Execution { user, group, supplementary_groups, .. } = &hook.execution;
        let places = [place(user), place(group), place(supplementary_groups)];
        let reason = "the script does it itself, and cannot come back from another user";
        refused.extend(places.into_iter().flatten().map(|place| (place, reason.into(), INIT)));
    }
    if !hook.template.is_absent() {
        // awk is given another one.
        let kept = |name: &&Spanned<String>| is_kept_by_shells(name.get_ref()) || name.get_ref() == "LC_ALL";
        for name in hook.variables.items().filter(kept) {
            let reason = format!("shells keep {} for themselves", quoted(name.get_ref()));
            refused.push((name.span(), reason, INIT));
        }
    }
    refused
}

/// What of the container's keys nobody is there for.
fn of_the_container(container: &Container) -> impl Iterator<Item = (Range<usize>, &'static str)> {
    let gone = "it is gone when the service is asked to stop";
    [
        (place(&container.leftover_timeout), NOBODY),
        (place(&container.leftover_signal), gone),
        (place(&container.wait), gone),
        (place(&container.repeat_stop), "the service gets every signal as it is sent"),
        (place(&container.hold_until), "the service gets every signal when it is sent"),
        (place(&container.exit_codes), "the exit code is the service's own"),
    ]
    .into_iter()
    .filter_map(|(place, reason)| Some((place?, reason)))
}

/// What of the services' keys nobody is there for; and of several services it can be only one.
fn of_services(spec: &Spec) -> impl Iterator<Item = (Range<usize>, &'static str)> {
    let others = spec
        .service
        .items()
        .skip(1)
        .map(|(name, _)| (name.span(), "it becomes the service, and cannot become another"));
    let keys = services(spec).flat_map(|service| {
        [
            (place(&service.stop_timeout), NOBODY),
            (place(&service.kill_mode), "the platform signals the service's process, and nobody else does"),
            (place(&service.restart), "it is gone when the service ends"),
            (place(&service.ready), "it is gone before the service could be asked"),
            (place(&service.signals), "the service gets every signal as it is sent"),
        ]
    });
    others.chain(keys.filter_map(|(place, reason)| Some((place?, reason))))
}

/// What sh cannot prepare for the service and the hooks; for the service alone the Dockerfile can some of it.
fn of_executions(spec: &Spec) -> impl Iterator<Item = (Range<usize>, &'static str, &'static str)> {
    const WORKDIR: &str = "`WORKDIR` in the Dockerfile can, and so can `entrypoint = \"init\"`";
    let cd = "`cd` changes `PWD` and `OLDPWD` in the environment";
    let prctl = "sh cannot ask the kernel for it";
    let hooks = hooks::at(spec, HookPoint::PreStart).map(|hook| (&hook.get_ref().execution, INIT));
    services(spec).map(|service| (&service.execution, WORKDIR)).chain(hooks).flat_map(move |(execution, workdir)| {
        [
            (place(&execution.working_dir), cd, workdir),
            (place(&execution.limits), "the `ulimit` of sh knows the file size only", INIT),
            (place_unless(&execution.no_new_privs, &false), prctl, INIT),
            (place(&execution.parent_death_signal), prctl, INIT),
            (place_unless(&execution.session, &Session::Inherit), "sh cannot make one", INIT),
        ]
        .into_iter()
        .filter_map(|(place, reason, help)| Some((place?, reason, help)))
    })
}

/// Where it is, if it is not what a script does anyway.
fn place_unless<T: PartialEq>(field: &Field<T>, usual: &T) -> Option<Range<usize>> {
    field.given().filter(|value| value.get_ref() != usual).map(Spanned::span)
}

fn place<T>(field: &Field<T>) -> Option<Range<usize>> {
    field.place()
}

fn services(spec: &Spec) -> impl Iterator<Item = &Service> {
    spec.service.items().filter_map(|(_, service)| service.given().map(Spanned::get_ref))
}
