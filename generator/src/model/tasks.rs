//! What a hook does, and whether.

use std::ops::Range;

use toml::Spanned;
use wigwag_core::{
    config::{Goal, HookPoint, Occasion, Task, Template},
    environment::is_name,
};

use super::{calls, hooks::a, path, plugins::Loaded, program, service::zero, twice, value};
use crate::{
    diagnostic::Diagnostic,
    spec::{Awaited, Field, Hook, Problems, Spec, Variable, WaitFor},
    suggest::quoted,
};

const KINDS: &str = "a program and its arguments: `command = [\"umount\", \"/data\"]`; or one of `plugin`, `directory`, \
                     `template`, `wait-for`, `sleep` and `http-get`";

const GOALS: &str = "exactly one of `tcp = \"db:5432\"` and `file = \"/run/ready\"`";

/// What the hook at `place` does.
pub fn check(
    spec: &Spec,
    hook: &Hook,
    place: &Range<usize>,
    point: HookPoint,
    plugins: &[Loaded],
    problems: &mut Problems,
) -> Task {
    let kinds = hook.tasks();
    match kinds.as_slice() {
        [] => problems.push(Diagnostic::new(place.clone(), "`command` is missing").help(KINDS)),
        [(first, first_place), others @ ..] => {
            for (key, other) in others {
                let Some(other) = other else { continue };
                let message = format!("a hook does one thing, and this one has {} already", quoted(first));
                let mut problem = Diagnostic::new(other.clone(), message)
                    .help(format!("make two hooks of it, which run one after the other: {} is one", quoted(key)));
                if let Some(first_place) = first_place {
                    problem = problem.related(first_place.clone(), "the first");
                }
                problems.push(problem);
            }
        }
    }
    no_template(hook, problems);
    if let (Some(_), Some(timeout)) = (hook.sleep.given(), hook.timeout.given()) {
        problems.push(
            Diagnostic::new(timeout.span(), "a sleep takes its own length")
                .help("leave `timeout` out: at a stop the length counts against the grace period"),
        );
    }
    if let Some(length) = zero(&hook.sleep) {
        problems.push(Diagnostic::new(length.span(), "a sleep of no length").help("how long, such as `\"5s\"`"));
    }
    let plugin = calls::check(spec, hook, point, plugins, problems);
    let task = [
        hook.command.given().map(|words| Task::Command(program(words, "command", problems))),
        plugin.map(Task::Plugin),
        hook.directory.given().and_then(|directory| path(directory, problems)).map(Task::Directory),
        template(spec, hook, problems).map(Task::Template),
        hook.wait_for.given().and_then(|goal| wait_for(goal, problems)).map(Task::WaitFor),
        value(&hook.sleep).map(Task::Sleep),
        hook.http_get.given().map(|url| Task::HttpGet(url.get_ref().clone())),
    ];
    task.into_iter().flatten().next().unwrap_or_default()
}

/// The file that says that the hook was done.
pub fn once(hook: &Hook, point: HookPoint, problems: &mut Problems) -> Option<String> {
    let once = hook.once.given()?;
    let is_wrong_kind = hook.tasks().iter().any(|(key, _)| !["command", "directory"].contains(key));
    let why = match (point.is_at_start(), is_wrong_kind) {
        (false, _) => format!("`once` is for hooks at a start, and {} is none", a(point)),
        (true, true) => "`once` is for a `command` or a `directory`".to_string(),
        (true, false) => return path(once, problems),
    };
    problems.push(Diagnostic::new(once.span(), why).help(
        "what is done once has a hook of its own: `[[hook.pre-start]]`, with `command` or `directory`, and `once`",
    ));
    None
}

/// After what end it runs.
pub fn when(hook: &Hook, point: HookPoint, problems: &mut Problems) -> Occasion {
    let Some(when) = hook.when.given().filter(|_| point != HookPoint::PostStop) else {
        return value(&hook.when).unwrap_or_default();
    };
    problems.push(
        Diagnostic::new(when.span(), format!("{} has no `when`: nothing has ended yet", a(point)))
            .help("it is for `[[hook.post-stop]]`"),
    );
    Occasion::default()
}

/// Says what is for templates, and is elsewhere.
fn no_template(hook: &Hook, problems: &mut Problems) {
    if !hook.template.is_absent() {
        return;
    }
    let keys = [("to", hook.to.place()), ("mode", hook.mode.place()), ("variables", hook.variables.place())];
    for (key, place) in keys {
        if let Some(place) = place {
            problems.push(
                Diagnostic::new(place, format!("{} is for a `template`, which is not here", quoted(key)))
                    .help("such as `template = \"/etc/app.conf.template\"`, and `to = \"/etc/app.conf\"`"),
            );
        }
    }
}

fn template(spec: &Spec, hook: &Hook, problems: &mut Problems) -> Option<Template> {
    let from = hook.template.given()?;
    if hook.to.is_absent() {
        problems.push(
            Diagnostic::new(from.span(), "`to` is missing: the file that is written from the template")
                .help("an absolute path, such as `to = \"/etc/app.conf\"`"),
        );
    }
    if let Some(to) = hook.to.given().filter(|to| *to == from) {
        problems.push(
            Diagnostic::new(to.span(), "the template would take its own place")
                .related(from.span(), "the template")
                .help("write another file: at the next start the variables may have changed"),
        );
    }
    let from = path(from, problems);
    let to = hook.to.given().and_then(|to| path(to, problems));
    let variables = variables(spec, hook, problems);
    Some(Template { from: from?, to: to?, mode: value(&hook.mode).unwrap_or_default(), variables })
}

/// What is replaced: what the hook names, or what is declared.
fn variables(spec: &Spec, hook: &Hook, problems: &mut Problems) -> Vec<String> {
    if let Some(names) = hook.variables.given() {
        twice(names.get_ref(), Clone::clone, problems);
        for name in names.get_ref().iter().filter(|name| !is_name(name.get_ref())) {
            problems.push(
                Diagnostic::new(name.span(), format!("{} cannot be a variable's name", quoted(name.get_ref())))
                    .help("letters `A-Z a-z`, digits and `_`, no digit first; without `$` and braces"),
            );
        }
    }
    let declared = || {
        let is_there = |variable: &Field<Variable>| match variable.given().map(Spanned::get_ref) {
            Some(Variable::Declared(declaration)) => declaration.unset.is_absent(),
            Some(Variable::Default(_)) | None => true,
        };
        spec.env.items().filter(|(_, variable)| is_there(variable)).map(|(name, _)| name.get_ref().clone()).collect()
    };
    let names: Vec<String> = match &hook.variables {
        Field::Given(names) => names.get_ref().iter().map(|name| name.get_ref().clone()).collect(),
        Field::Wrong => return Vec::new(),
        Field::Absent => declared(),
    };
    if let Some(template) = hook.template.given().filter(|_| names.is_empty() && !spec.env.is_wrong()) {
        let place = hook.variables.place().unwrap_or(template.span());
        problems.push(
            Diagnostic::new(place, "no variable is declared that the template could have")
                .help("declare them in `[env]`, or name them: `variables = [\"PORT\"]`"),
        );
    }
    names
}

fn wait_for(goal: &Spanned<Awaited>, problems: &mut Problems) -> Option<Goal> {
    let WaitFor { tcp, file } = &goal.get_ref().0;
    match (tcp, file) {
        (Field::Given(remote), Field::Absent) => Some(Goal::Tcp(remote.get_ref().clone())),
        (Field::Absent, Field::Given(file)) => path(file, problems).map(Goal::File),
        // It could not be read, which has been said.
        (Field::Wrong, _) | (_, Field::Wrong) => None,
        (Field::Absent, Field::Absent) => {
            problems.push(Diagnostic::new(goal.span(), "nothing says what is waited for").help(GOALS));
            None
        }
        (Field::Given(_), Field::Given(_)) => {
            let help = format!("{GOALS}; two hooks wait for one after the other");
            problems.push(Diagnostic::new(goal.span(), "`tcp` and `file` are two things to wait for").help(help));
            None
        }
    }
}
