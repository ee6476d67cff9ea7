//! The script: what it says, and nothing that it does not do.

use minijinja::context;
use serde::Serialize;
use wigwag_core::{
    config::{Execution, HookPoint, OnFailure},
    environment::{DEFAULT_PATH, Problem, Rule},
    exit_code::OWN_FAILURE,
};

use super::{main, plan, render};
use crate::model::Model;

/// A variable of `[env]`: its name, and what its rule needs.
#[derive(Serialize)]
#[serde(untagged)]
enum Variable<'a> {
    Default { default: &'a str },
    File { file: &'a str, unreadable: String, nul: String },
    Required { missing: String },
    Unset {},
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    #[serde(flatten)]
    variable: Variable<'a>,
}

#[derive(Serialize)]
struct Hook<'a> {
    command: &'a [String],
    /// The exit status follows.
    failure: String,
    abort: bool,
    umask: Option<String>,
}

/// The script.
pub fn script(model: &Model) -> Result<String, String> {
    let (config, service) = (&model.config, main(model)?);
    let env: Vec<_> = config.env.iter().map(|(name, rule)| Named { name, variable: variable(name, rule) }).collect();
    let hooks: Vec<_> = config
        .hooks_at(HookPoint::PreStart)
        .map(|(_, hook)| Hook {
            command: &hook.command,
            failure: format!(
                "pre-start hook `{}` failed: exit status ",
                hook.command.first().map_or("", String::as_str).escape_debug()
            ),
            abort: hook.on_failure == OnFailure::Abort,
            umask: umask(&hook.execution),
        })
        .collect();
    render(
        "entrypoint.sh.j2",
        include_str!("../../../templates/entrypoint.sh.j2"),
        context! {
            path => DEFAULT_PATH,
            own_failure => OWN_FAILURE.to_string(),
            env => plan(env),
            hooks => plan(hooks),
            umask => umask(&service.execution),
            command => plan(&service.command),
            default => plan([service.command.as_slice(), service.args.as_slice()].concat()),
        },
    )
}

fn umask(execution: &Execution) -> Option<String> {
    execution.umask.map(|umask| umask.to_string())
}

/// The messages are those of `wigwag-init`.
fn variable<'a>(name: &str, rule: &'a Rule) -> Variable<'a> {
    let name = name.to_string();
    let message = |problem: Problem<()>| problem.to_string();
    match rule {
        Rule::Default(default) => Variable::Default { default },
        Rule::File(file) => Variable::File {
            file,
            unreadable: message(Problem::Unreadable { name: name.clone(), path: file.clone(), error: () }),
            nul: message(Problem::Nul { name, path: file.clone() }),
        },
        Rule::Required => Variable::Required { missing: message(Problem::Missing { name }) },
        Rule::Unset => Variable::Unset {},
    }
}
