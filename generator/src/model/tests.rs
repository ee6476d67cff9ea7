use wigwag_core::{
    Millis, Signal,
    config::{HookPoint, OnFailure, Reaction},
    environment::Rule,
};

use super::*;

fn model(spec: &str) -> Model {
    let source = Source::new("wigwag.toml", spec.as_bytes()).unwrap();
    Model::new(&source, None, &no_modules)
        .unwrap_or_else(|problems| panic!("{}", crate::diagnostic::render(&problems, &source, false)))
}

fn no_modules(_path: &str) -> Result<Vec<u8>, String> {
    Err("there are no files here".into())
}

/// The messages about a spec.
fn problems(spec: &str) -> Vec<String> {
    let source = Source::new("wigwag.toml", spec.as_bytes()).unwrap();
    let mut problems = Model::new(&source, None, &no_modules).err().unwrap_or_default();
    problems.sort_by_key(|problem| problem.span.start);
    problems.into_iter().map(|problem| problem.message).collect()
}

const MINIMAL: &str = "version = 1\n[service.web]\ncommand = [\"httpd\"]\n";

#[test]
fn every_default_is_filled_in() {
    let model = model(MINIMAL);
    assert_eq!(model.entrypoint, Entrypoint::Init);
    let config = model.config;
    assert_eq!(config.problems(), Vec::<String>::new());
    assert_eq!(config.stop_signal, Some(Signal::TERM));
    let service = config.main().unwrap();
    assert_eq!(service.stop_signal, Signal::TERM);
    assert_eq!(config.grace_period, Millis(10_000));
    assert_eq!(config.leftover_timeout, Millis(500));
    assert_eq!(service.stop_timeout, Some(Millis(9_000)));
    assert!(service.main && service.essential);
}

#[test]
fn everything_that_can_be_written_arrives() {
    let config = model(
        r#"
version = 1
[container]
stop-signal = "INT"
grace-period = "30s"
leftover-timeout = "1s"
[service.web]
command = ["httpd", "-k"]
args = ["-DFOREGROUND"]
stop-signal = 28
stop-timeout = "8s"
after = []
[env]
PORT = "8080"
SECRET = { file = "/run/secrets/x" }
API_KEY = { required = true }
TMPVAR = { unset = true }
[signals]
SIGHUP = "SIGUSR1"
USR2 = "drop"
TERM = "stop"
SIGALRM = "KILL"
[[hook.post-stop]]
command = ["umount"]
timeout = "2s"
[[hook.pre-start]]
command = ["migrate"]
[[hook.pre-start]]
command = ["warm"]
timeout = "1m"
on-failure = "continue"
"#,
    )
    .config;
    assert_eq!(config.problems(), Vec::<String>::new());
    let service = config.main().unwrap();
    assert_eq!((config.stop_signal, service.stop_signal), (Some(Signal::INT), Signal::WINCH));
    assert_eq!((config.grace_period, config.leftover_timeout), (Millis(30_000), Millis(1_000)));
    assert_eq!(service.stop_timeout, Some(Millis(8_000)));
    assert_eq!((service.command.join(" "), service.args.join(" ")), ("httpd -k".into(), "-DFOREGROUND".into()));
    assert_eq!(config.env["PORT"], Rule::Default("8080".into()));
    assert_eq!(config.env["SECRET"], Rule::File("/run/secrets/x".into()));
    assert_eq!((&config.env["API_KEY"], &config.env["TMPVAR"]), (&Rule::Required(String::new()), &Rule::Unset));
    let reaction = |signal| config.reaction(signal, wigwag_core::Source::Process);
    assert_eq!(reaction(Signal::HUP), Reaction::Forward(Signal::USR1));
    assert_eq!(reaction(Signal::USR2), Reaction::Drop);
    assert_eq!(reaction(Signal::TERM), Reaction::Stop);
    assert_eq!(reaction(Signal::new(14).unwrap()), Reaction::Forward(Signal::KILL));
    let hooks: Vec<_> =
        config.hooks.iter().map(|hook| (hook.point, hook.command().unwrap()[0].as_str(), hook.on_failure)).collect();
    assert_eq!(
        hooks,
        [
            (HookPoint::PreStart, "migrate", OnFailure::Abort),
            (HookPoint::PreStart, "warm", OnFailure::Continue),
            (HookPoint::PostStop, "umount", OnFailure::Continue),
        ]
    );
}

#[test]
fn the_budget_is_exact_to_the_millisecond() {
    let with = |timeout: &str| problems(&format!("{MINIMAL}stop-timeout = \"{timeout}\"\n"));
    assert_eq!(with("9s"), Vec::<String>::new());
    assert_eq!(
        with("9s1ms"),
        ["stop-timeout 9s1ms + leftover-timeout 500ms + margin 500ms = 10s1ms, the default grace-period is 10s"]
    );
    let hook =
        |timeout: &str| problems(&format!("{MINIMAL}[[hook.pre-stop]]\ncommand = [\"a\"]\ntimeout = \"{timeout}\"\n"));
    assert_eq!(hook("8s999ms"), Vec::<String>::new());
    assert_eq!(
        hook("9s"),
        ["nothing is left for the service: pre-stop 9s + leftover-timeout 500ms + margin 500ms = 10s, \
          the default grace-period is 10s"]
    );
}

#[test]
fn a_script_is_not_held_to_a_budget_that_nobody_keeps() {
    let spec =
        "version = 1\n[container]\nentrypoint = \"script\"\ngrace-period = \"100ms\"\n[service.x]\ncommand = [\"x\"]\n";
    assert_eq!(model(spec).entrypoint, Entrypoint::Script);
}

#[test]
fn a_value_that_cannot_be_read_is_said_once() {
    assert_eq!(
        problems("version = \"1\"\n[container]\ngrace-period = 5\n[service.web]\ncommand = 5\nstop-timeout = \"1d\"\n"),
        [
            "expected the integer 1, found a string",
            "expected a duration such as \"10s\", found an integer",
            "expected an array of strings, found an integer",
            "`1d` is not a duration",
        ]
    );
    assert_eq!(problems("version = 1\nservice = 5\n"), ["expected a table, found an integer"]);
}

#[test]
fn services_cannot_wait_for_each_other() {
    let services: String = [("a", "b"), ("b", "c"), ("c", "b")]
        .iter()
        .map(|(name, after)| {
            format!("[service.{name}]\ncommand = [\"x\"]\nafter = [\"{after}\", \"{name}\", \"cc\"]\n")
        })
        .collect::<Vec<_>>()
        .concat();
    let problems = problems(&format!("version = 1\n{services}"));
    for message in [
        "none of the services is the main one",
        "`a` cannot wait for itself",
        "there is no service `cc`",
        "services wait for each other: `b` after `c` after `b`",
    ] {
        assert!(problems.iter().any(|problem| problem == message), "{message}: {problems:?}");
    }
}

#[test]
fn impossible_signals_are_refused_with_the_reason() {
    for (line, message) in [
        ("KILL = \"drop\"", "SIGKILL cannot be given a rule: the kernel ends the process, which never learns of it"),
        (
            "SIGSTOP = \"drop\"",
            "SIGSTOP cannot be given a rule: the kernel halts the process, which never learns of it",
        ),
        ("17 = \"drop\"", "SIGCHLD cannot be given a rule: the kernel sends it whenever a child ends"),
        ("TERM = \"drop\"", "SIGTERM is the container's stop-signal, which asks for a stop"),
        ("HUP = \"SIGHUP\"", "SIGHUP is forwarded as it is already"),
        ("HUP = \"SIGHUPP\"", "`SIGHUPP` is no signal, and neither \"drop\" nor \"stop\""),
        ("HUP = 0", "`0` is no signal, and neither \"drop\" nor \"stop\""),
    ] {
        assert_eq!(problems(&format!("{MINIMAL}[signals]\n{line}\n")), [message]);
    }
}

#[test]
fn a_command_line_is_no_program() {
    let with = |program: &str| problems(&format!("version = 1\n[service.web]\ncommand = [\"{program}\"]\n"));
    for line in ["httpd -DFOREGROUND", "/usr/sbin/httpd -DFOREGROUND", "catalina.sh run"] {
        assert_eq!(with(line), ["the program and its arguments are one word"], "{line}");
    }
    for program in ["httpd", "/opt/My Program/run", "./it's $HOME"] {
        assert_eq!(with(program), Vec::<String>::new(), "{program}");
    }
}

#[test]
fn no_time_to_stop_is_a_mistake() {
    assert_eq!(problems(&format!("{MINIMAL}stop-timeout = \"0s\"\n")), ["the service has no time to stop"]);
    assert_eq!(
        problems(&format!("{MINIMAL}[container]\nleftover-timeout = \"0s\"\n")),
        Vec::<String>::new(),
        "leftovers can be killed at once"
    );
}
