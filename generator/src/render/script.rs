//! The script: what it says, and nothing that it does not do.

use minijinja::context;
use serde::Serialize;
use wigwag_core::{
    Signal,
    account::Account,
    arguments::{Mode, NotTaken},
    config::{self, Execution, Goal, HookPoint, OnFailure, Task},
    environment::{self, DEFAULT_PATH, Named, Otherwise, Problem, Rule},
    exit_code::{NOT_FOUND, OWN_FAILURE, of_signal},
    remote::Remote,
};

use super::{main, plan, render};
use crate::model::Model;

/// A variable of `[env]`: its name, and what its rule needs.
#[derive(Serialize)]
#[serde(untagged)]
enum Variable<'a> {
    Default {
        default: &'a str,
    },
    File {
        file: &'a str,
        unreadable: String,
        nul: String,
    },
    FileEnv {
        file_variable: String,
        both: String,
        unreadable: String,
        nul: String,
        otherwise: Option<&'a str>,
        missing: Option<String>,
    },
    Required {
        missing: String,
    },
    Unset {},
}

#[derive(Serialize)]
struct Declared<'a> {
    name: &'a str,
    #[serde(flatten)]
    variable: Variable<'a>,
}

#[derive(Serialize)]
struct Hook<'a> {
    #[serde(flatten)]
    work: Work<'a>,
    /// The exit status follows.
    failure: String,
    abort: bool,
    once: Option<&'a str>,
    umask: Option<String>,
    /// For `wigwag_as`.
    user: Option<[String; 3]>,
}

/// What a hook does.
#[derive(Serialize)]
#[serde(untagged)]
enum Work<'a> {
    Command { command: &'a [String] },
    Directory { directory: &'a str },
    Template { template: &'a str, to: &'a str, mode: String, variables: String },
    File { file: &'a str, seconds: String },
    Tcp { remote: String, host: String, port: String, seconds: String },
}

/// The script.
pub fn script(model: &Model) -> Result<String, String> {
    let (config, service) = (&model.config, main(model)?);
    let env: Vec<_> = config.env.iter().map(|(name, rule)| Declared { name, variable: variable(name, rule) }).collect();
    let hooks: Vec<_> = config.hooks_at(HookPoint::PreStart).filter_map(|(_, declared)| hook(declared)).collect();
    let has = |is_it: fn(&Work) -> bool| hooks.iter().any(|hook| is_it(&hook.work));
    let home = config.env.get("HOME");
    render(
        "entrypoint.sh.j2",
        context! {
            stop => context! { signal => trap_name(model.stop_signal()), is_number => has_no_name(model.stop_signal()), code => of_signal(model.stop_signal()).to_string() },
            path => DEFAULT_PATH,
            own_failure => OWN_FAILURE.to_string(),
            not_found => NOT_FOUND.to_string(),
            env => plan(env),
            users => service.execution.has_accounts() || hooks.iter().any(|hook| hook.user.is_some()),
            user => plan(user(&service.execution)),
            // As `wigwag-init` sets it.
            home_rules => matches!(home, None | Some(Rule::Required(_) | Rule::Default(_))),
            home_default => match home {
                Some(Rule::Default(default)) => Some(default),
                _ => None,
            },
            templates => has(|work| matches!(work, Work::Template { .. })),
            waits => has(|work| matches!(work, Work::File { .. } | Work::Tcp { .. })),
            connects => has(|work| matches!(work, Work::Tcp { .. })),
            hooks => plan(&hooks),
            umask => umask(&service.execution),
            mode => match service.args_mode {
                Mode::Flags => "flags",
                Mode::Subcommand => "subcommand",
                Mode::Replace => "replace",
                Mode::Fixed => "fixed",
            },
            fixed => (service.args_mode == Mode::Fixed).then(|| NotTaken.to_string()),
            has_args => !service.args.is_empty(),
            command => plan(&service.command),
            default => plan([service.command.as_slice(), service.args.as_slice()].concat()),
        },
    )
}

/// A hook, if it is of a kind that a script has.
fn hook(hook: &config::Hook) -> Option<Hook<'_>> {
    // The clock of a shell has seconds.
    let seconds = || hook.timeout.unwrap_or_default().0.div_ceil(1_000).to_string();
    let work = match &hook.task {
        Task::Command(command) => Work::Command { command },
        Task::Directory(directory) => Work::Directory { directory },
        Task::Template(template) => Work::Template {
            template: &template.from,
            to: &template.to,
            mode: template.mode.to_string(),
            variables: template.variables.join(" "),
        },
        Task::WaitFor(Goal::File(file)) => Work::File { file, seconds: seconds() },
        Task::WaitFor(Goal::Tcp(remote)) => {
            let (host, port) = match remote {
                Remote::Address(address) => (address.ip().to_string(), address.port()),
                Remote::Name(name, port) => (name.clone(), *port),
            };
            Work::Tcp { remote: remote.to_string(), host, port: port.to_string(), seconds: seconds() }
        }
        Task::Plugin(_) | Task::Sleep(_) | Task::HttpGet(_) => return None,
    };
    Some(Hook {
        work,
        failure: format!("pre-start hook `{}` failed: exit status ", hook.task.name().escape_debug()),
        abort: hook.on_failure == OnFailure::Abort,
        once: hook.once.as_deref(),
        umask: umask(&hook.execution),
        user: user(&hook.execution),
    })
}

/// Whether shells know it by its number only.
fn has_no_name(signal: Signal) -> bool {
    signal.to_string().contains("RT")
}

/// The name that every shell has for it; real-time signals have none.
fn trap_name(signal: Signal) -> String {
    let name = signal.to_string();
    let name = name.strip_prefix("SIG").filter(|_| !has_no_name(signal));
    name.map_or(signal.number().to_string(), String::from)
}

fn umask(execution: &Execution) -> Option<String> {
    execution.umask.map(|umask| umask.to_string())
}

/// User, group, and supplementary groups with a `:` before each, which no name has.
fn user(execution: &Execution) -> Option<[String; 3]> {
    let text = |account: Option<&Account>| account.map(Account::text).unwrap_or_default();
    let groups = execution.supplementary_groups.as_ref().map(|groups| {
        let groups: Vec<String> = groups.iter().map(Account::text).collect();
        format!(":{}", groups.join(":"))
    });
    execution.has_accounts().then(|| {
        [text(execution.user.as_ref().map(|user| &user.account)), text(execution.group()), groups.unwrap_or_default()]
    })
}

/// The messages are those of `wigwag-init`.
fn variable<'a>(name: &str, rule: &'a Rule) -> Variable<'a> {
    let name = || name.to_string();
    let message = |problem: Problem<()>| problem.to_string();
    let unreadable = |file| message(Problem::Unreadable { name: name(), file, error: () });
    let nul = |file| message(Problem::Nul { name: name(), file });
    let missing = |message: &str, or_file| {
        Problem::Missing::<()> { name: name(), or_file, message: message.to_string() }.to_string()
    };
    match rule {
        Rule::Default(default) => Variable::Default { default },
        Rule::File(file) => Variable::File {
            file,
            unreadable: unreadable(Named::Spec(file.clone())),
            nul: nul(Named::Spec(file.clone())),
        },
        Rule::FileEnv(otherwise) => Variable::FileEnv {
            file_variable: environment::file_variable(&name()),
            both: message(Problem::Both { name: name() }),
            unreadable: unreadable(Named::Environment),
            nul: nul(Named::Environment),
            otherwise: match otherwise {
                Otherwise::Default(default) => Some(default),
                Otherwise::AsItIs | Otherwise::Required(_) => None,
            },
            missing: match otherwise {
                Otherwise::Required(message) => Some(missing(message, true)),
                Otherwise::AsItIs | Otherwise::Default(_) => None,
            },
        },
        Rule::Required(message) => Variable::Required { missing: missing(message, false) },
        Rule::Unset => Variable::Unset {},
    }
}
