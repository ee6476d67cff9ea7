use super::*;
use crate::{FailureCause, form, limit::Limit};

const FULL: &str = r#"
version = 1
stop-signal = "SIGTERM"
grace-period = "10s"
leftover-timeout = "300ms"
exit-codes = [[143, 0]]
plugin-host = "/opt/wigwag-host"

[signals]
SIGHUP = "SIGUSR1"
SIGINT = "stop"
SIGUSR2 = "drop"
SIGPWR = "hook"

[signals.SIGWINCH]
tty = "drop"

[env]
A = "required"
B = "unset"

[env.C]
default = "x"

[env.D]
file = "/run/secrets/d"

[[service]]
name = "web"
main = true
command = ["httpd"]
args = ["-D", "FOREGROUND"]
after = ["db"]
stop-signal = "SIGWINCH"
stop-timeout = "3s"

[[service]]
name = "db"
command = ["postgres"]
essential = false
stop-signal = "SIGINT"
stop-timeout = "2s"
kill-mode = "group"

[service.restart]
when = "on-failure"
delay = "100ms"
max-delay = "5s"
burst = 5
reset-after = "10s"

[service.ready]
interval = "200ms"
attempt = "1s"
timeout = "30s"

[service.ready.check]
tcp = "127.0.0.1:5432"

[service.signals]
SIGHUP = "SIGHUP"

[service.execution]
user = "postgres"
supplementary-groups = ["tls", "26"]
working-dir = "/data"
umask = "0027"
no-new-privs = true
parent-death-signal = "SIGTERM"
session = "session"

[service.execution.limits]
core = "unlimited"
nofile = 1024

[service.execution.limits.memlock]
soft = 65536
hard = "unlimited"

[[hook]]
point = "pre-stop"
command = ["deregister"]
timeout = "3s"
on-failure = "continue"

[[hook]]
point = "pre-start"
command = ["migrate"]
on-failure = "abort"

[[hook]]
point = "post-stop"
command = ["umount", "/data"]
timeout = "1s"
on-failure = "continue"

[hook.execution]
user = "33:www-data"

[[hook]]
point = "on-signal"
signal = "SIGPWR"
plugin = "reload"
timeout = "50ms"
on-failure = "default"

[hook.on-failure-of]
trap = "drop"

[[hook]]
point = "pre-start"
directory = "/docker-entrypoint.d"
once = "/var/lib/app/.initialised"
on-failure = "abort"

[[hook]]
point = "pre-start"
on-failure = "abort"

[hook.template]
from = "/etc/app.conf.template"
to = "/etc/app.conf"
mode = "0640"
variables = ["A", "C"]

[[hook]]
point = "pre-start"
timeout = "30s"
on-failure = "abort"

[hook.wait-for]
tcp = "db:5432"

[[hook]]
point = "pre-start"
timeout = "30s"
on-failure = "abort"

[hook.wait-for]
file = "/run/x"

[[hook]]
point = "pre-stop"
sleep = "100ms"
timeout = "100ms"
on-failure = "continue"

[[hook]]
point = "post-stop"
http-get = "http://[::1]:9901/drain"
when = "failure"
timeout = "100ms"
on-failure = "continue"

[[plugin]]
name = "reload"
instance = "per-call"
memory = 65536

[[plugin.artifact]]
platform = "linux/amd64"
engine = "wasmtime-48.0.8-1"
file = "/etc/wigwag/plugins/reload.linux-amd64.cwasm"
sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

[plugin.settings]
file = "/etc/reload"

[plugin.allow]
log = true
clock = true
state = true
env = ["OSD_ID"]
signals = ["db"]
read = ["/etc/reload"]
write = ["/run"]
http = ["localhost:80"]

[plugin.allow.commands.close]
command = ["umount", "/data"]
arguments = true
"#;

fn full() -> Config {
    form::read(FULL).unwrap()
}

#[test]
fn a_config_is_read_back_as_written() {
    let config = full();
    assert_eq!(config.problems(), Vec::<String>::new());
    assert_eq!(form::write(&config).trim(), FULL.trim());
}

#[test]
fn a_config_with_a_slip_is_refused_or_read_back_as_written() {
    let mut read = 0;
    for (at, letter) in FULL.char_indices() {
        for slip in ["", "\"", "\n", "[", "]", "{", "=", "x", "0", ".", "#", "\\"] {
            let text = [&FULL[..at], slip, &FULL[at + letter.len_utf8()..]].concat();
            if let Ok(config) = form::read::<Config>(&text) {
                assert_eq!(form::read(&form::write(&config)), Ok(config), "{text}");
                read += 1;
            }
        }
    }
    assert!(read > 1_000, "{read}");
}

#[test]
fn signals_do_as_declared() {
    let config = full();
    for (signal, source, reaction) in [
        (Signal::TERM, Source::Process, Reaction::Stop),
        (Signal::INT, Source::Process, Reaction::Stop),
        (Signal::HUP, Source::Terminal, Reaction::Forward(Signal::USR1)),
        (Signal::USR1, Source::Process, Reaction::Forward(Signal::USR1)),
        (Signal::USR2, Source::Process, Reaction::Drop),
        (Signal::WINCH, Source::Process, Reaction::Forward(Signal::WINCH)),
        (Signal::WINCH, Source::Terminal, Reaction::Drop),
    ] {
        assert_eq!(config.reaction(signal, source), reaction, "{signal} {source:?}");
    }
}

#[test]
fn a_stop_signal_may_do_something_else_from_a_terminal() {
    let config = Config { stop_signal: Some(Signal::WINCH), ..full() };
    assert_eq!(config.problems(), Vec::<String>::new());
    assert_eq!(config.reaction(Signal::WINCH, Source::Process), Reaction::Stop);
    assert_eq!(config.reaction(Signal::WINCH, Source::Terminal), Reaction::Drop);
}

#[test]
fn the_main_service_gets_what_is_forwarded_and_others_what_they_name() {
    let config = full();
    let deliveries = |signal| config.deliveries(signal).collect::<Vec<_>>();
    let (web, db) = (ServiceId(0), ServiceId(1));
    assert_eq!(config.main_id(), web);
    assert_eq!(deliveries(Signal::USR1), [(web, Signal::USR1)]);
    assert_eq!(deliveries(Signal::HUP), [(web, Signal::HUP), (db, Signal::HUP)]);
    let mut config = full();
    config.services[0].signals.insert(Signal::HUP, Delivery::Drop);
    assert_eq!(config.deliveries(Signal::HUP).collect::<Vec<_>>(), [(db, Signal::HUP)]);
}

#[test]
fn leftovers_are_asked_by_a_signal_that_ends_them() {
    let with = |stop_signal, kill_mode, leftover_signal| {
        let mut config = Config { leftover_signal, ..full() };
        config.services[0].stop_signal = stop_signal;
        config.services[0].kill_mode = kill_mode;
        config.leftover_signal()
    };
    assert_eq!(with(Signal::WINCH, KillMode::Mixed, None), Some(Signal::TERM));
    assert_eq!(with(Signal::INT, KillMode::Group, None), Some(Signal::INT));
    assert_eq!(with(Signal::INT, KillMode::Mixed, Some(Signal::HUP)), Some(Signal::HUP));
    assert_eq!(with(Signal::INT, KillMode::Process, Some(Signal::HUP)), None);
}

#[test]
fn the_budget_is_the_sum_of_the_steps_along_the_longest_chain() {
    let mut config = full();
    let budget = config.budget();
    assert_eq!(
        budget,
        Budget { pre_stop: Millis(3_100), stop: Millis(5_000), leftovers: Millis(300), post_stop: Millis(1_100) }
    );
    assert_eq!(budget.total(), Millis(10_000));
    assert_eq!(config.chain_below(ServiceId(0)), Millis(2_000));
    assert_eq!(config.chain_below(ServiceId(1)), Millis::ZERO);
    config.services[0].after.clear();
    assert_eq!(config.budget().stop, Millis(3_000));
}

#[test]
fn services_in_a_circle_have_an_end_too() {
    let mut config = full();
    config.services[1].after.push("web".into());
    assert!(config.problems().contains(&"services wait for each other by their `after`".to_string()));
}

#[test]
fn the_words_for_signals_are_not_signals() {
    assert_eq!("stop".parse(), Ok(Reaction::Stop));
    assert_eq!("STOP".parse(), Ok(Reaction::Forward(Signal::STOP)));
    assert_eq!("drop".parse(), Ok(Reaction::Drop));
    assert_eq!("hook".parse(), Ok(Reaction::Hook));
    assert!("DROP".parse::<Reaction>().is_err());
    assert_eq!("drop".parse(), Ok(Delivery::Drop));
    assert!("stop".parse::<Delivery>().is_err());
}

#[test]
fn without_a_config_only_the_command_is_missing() {
    assert_eq!(Config::plain().problems(), ["service `main`: `command` is empty"]);
}

#[test]
fn every_problem_of_a_config_is_named() {
    let with = |change: &dyn Fn(&mut Config)| {
        let mut config = full();
        change(&mut config);
        config.problems()
    };
    let hook = |change: &dyn Fn(&mut Hook)| with(&|config| change(&mut config.hooks[0]));
    let service = |change: &dyn Fn(&mut Service)| with(&|config| change(&mut config.services[0]));
    let plugin = |change: &dyn Fn(&mut Plugin)| with(&|config| change(&mut config.plugins[0]));
    let decides = |change: &dyn Fn(&mut Hook)| with(&|config| change(&mut config.hooks[3]));
    let nul = "a NUL character cannot be passed to a program";
    for (problems, expected) in [
        (with(&|c| c.version = 2), "`version` is 2, this wigwag-init reads 1"),
        (with(&|c| c.stop_signal = None), "`stop-signal` is missing"),
        (with(&|c| c.stop_signal = Some(Signal::KILL)), "`stop-signal` SIGKILL cannot be received"),
        (
            with(&|c| c.signals.extend([(Signal::CHLD, SignalRule::always(Reaction::Drop))])),
            "`signals.SIGCHLD`: SIGCHLD cannot be received",
        ),
        (service(&|s| s.main = false), "0 services have `main = true`, not one"),
        (with(&|c| c.services[1].main = true), "2 services have `main = true`, not one"),
        (service(&|s| s.command.clear()), "service `web`: `command` is empty"),
        (service(&|s| s.after.push("cache".into())), "service `web`: `after`: there is no service `cache`"),
        (service(&|s| s.after.push("web".into())), "services wait for each other by their `after`"),
        (
            service(&|s| s.signals.extend([(Signal::KILL, Delivery::Drop)])),
            "service `web`: `signals`: SIGKILL cannot be received",
        ),
        (
            with(&|c| c.services[1].ready.as_mut().unwrap().check = Check::Exec(vec![])),
            "service `db`: `ready`: `exec` is empty",
        ),
        (
            with(&|c| c.services[1].ready.as_mut().unwrap().check = Check::Tcp("db:1".into())),
            "service `db`: `ready`: `tcp`: `db:1` is not the address of a port, such as `127.0.0.1:5432`, `[::1]:5432` \
            or `localhost:5432`",
        ),
        (
            service(&|s| {
                s.execution.user = Some("www-data:33".parse().unwrap());
                s.execution.group = Some("www-data".parse().unwrap());
            }),
            "service `web`: the group is given twice: `33` in `user`, `www-data` in `group`",
        ),
        (
            service(&|s| s.execution.working_dir = Some("srv".into())),
            "service `web`: `working-dir`: `srv` does not start with `/`",
        ),
        (
            hook(&|h| h.execution.limits = [("core".parse().unwrap(), Limit { soft: None, hard: None })].into()),
            "hook 0 (pre-stop): `limits.core` has neither `soft` nor `hard`",
        ),
        (hook(&|h| h.task = Task::default()), "hook 0 (pre-stop): `command` is empty"),
        (hook(&|h| h.timeout = None), "hook 0 (pre-stop): `timeout` is missing"),
        (hook(&|h| h.on_failure = OnFailure::Abort), "hook 0 (pre-stop): nothing can abort a stop"),
        (
            with(&|c| {
                c.hooks[1].point = HookPoint::OnSignal;
                c.hooks[1].signal = Some(Signal::HUP);
            }),
            "hook 1 (on-signal): nothing is there to abort once the services run",
        ),
        (hook(&|h| h.signal = Some(Signal::HUP)), "hook 0 (pre-stop): `signal` means nothing here"),
        (
            with(&|c| {
                c.hooks[1].point = HookPoint::OnSignal;
                c.hooks[1].on_failure = OnFailure::Continue;
            }),
            "hook 1 (on-signal): `signal` is missing, or cannot be received",
        ),
        (with(&|c| c.env.extend([("A\n".into(), environment::Rule::Unset)])), "`env`: `A\\n` is not a variable's name"),
        (service(&|s| s.args.push("\0".into())), nul),
        (service(&|s| s.execution.working_dir = Some("/\0".into())), nul),
        (with(&|c| c.services[1].ready.as_mut().unwrap().check = Check::File("\0".into())), nul),
        (hook(&|h| h.task = Task::Command(vec!["a\0b".into()])), nul),
        (with(&|c| c.env.extend([("A".into(), environment::Rule::Default("\0".into()))])), nul),
        (with(&|c| c.hooks[4].task = Task::Directory("d".into())), "hook 4 (pre-start): `d` does not start with `/`"),
        (with(&|c| c.hooks[4].once = Some("once".into())), "hook 4 (pre-start): `once` does not start with `/`"),
        (with(&|c| c.hooks[4].once = Some("/\0".into())), nul),
        (
            with(&|c| c.hooks[5].once = Some("/once".into())),
            "hook 5 (pre-start): `once` is for commands and directories at a start",
        ),
        (
            hook(&|h| h.once = Some("/once".into())),
            "hook 0 (pre-stop): `once` is for commands and directories at a start",
        ),
        (
            with(&|c| {
                if let Task::Template(template) = &mut c.hooks[5].task {
                    template.variables.push("A-B".into());
                }
            }),
            "hook 5 (pre-start): `template`: `A-B` is not a variable's name",
        ),
        (hook(&|h| h.when = Occasion::Stop), "hook 0 (pre-stop): `when` means nothing here"),
        (plugin(&|p| p.name = "reloads".into()), "hook 3 (on-signal): there is no plugin `reload`"),
        (
            with(&|c| {
                let stop = c.stop_signal.unwrap();
                c.hooks[3].signal = Some(stop);
                c.signals.insert(stop, SignalRule::always(Reaction::Hook));
                c.services.iter_mut().for_each(|service| service.stop_timeout = None);
            }),
            "service `web`: `stop-timeout` is missing: a plugin decides what it gets to stop",
        ),
        (plugin(&|p| p.artifacts.clear()), "plugin `reload`: `artifact` is missing: it has no code"),
        (plugin(&|p| p.artifacts[0].sha256 = "0F".into()), "plugin `reload`: `sha256`: `0F` is no digest"),
        (plugin(&|p| p.artifacts[0].file = "x".into()), "plugin `reload`: `x` does not start with `/`"),
        (plugin(&|p| p.allow.signals.push("d".into())), "plugin `reload`: `signals`: there is no service `d`"),
        (plugin(&|p| p.allow.read.push("x".into())), "plugin `reload`: `x` does not start with `/`"),
        (
            plugin(&|p| p.allow.commands.values_mut().for_each(|c| c.command.clear())),
            "plugin `reload`: `commands`: `close` is empty",
        ),
        (
            plugin(&|p| p.allow.http.push("db:80".into())),
            "plugin `reload`: `db:80` is not the address of a port, such as `127.0.0.1:5432`, `[::1]:5432` or \
            `localhost:5432`",
        ),
        (plugin(&|p| p.allow.env.push("\0".into())), nul),
        (with(&|c| c.plugins.extend(full().plugins)), "there are two plugins `reload`"),
        (with(&|c| c.plugin_host = Some("host".into())), "`plugin-host` does not start with `/`"),
        (decides(&|h| h.timeout = None), "hook 3 (on-signal): `timeout` is missing"),
        (
            decides(&|h| h.on_failure = OnFailure::Continue),
            "hook 3 (on-signal): `on-failure` is `default` or `drop` here",
        ),
        (hook(&|h| h.on_failure = OnFailure::Drop), "hook 0 (pre-stop): `on-failure` is `continue` or `abort` here"),
        (
            hook(&|h| h.on_failure_of = [(FailureCause::Lost, OnFailure::Continue)].into()),
            "hook 0 (pre-stop): `on-failure-of` is for plugins",
        ),
        (
            decides(&|h| h.signal = Some(Signal::HUP)),
            "hook 3 (on-signal): nothing in `signals` makes that signal run its hook",
        ),
        (
            with(&|c| c.signals.extend([(Signal::TERM, SignalRule::always(Reaction::Hook))])),
            "`signals.SIGTERM`: only a plugin decides about the stop signal",
        ),
        (with(&|c| c.leftover_timeout = Millis(301)), "a stop may take 10s1ms, the `grace-period` is 10s"),
    ] {
        assert_eq!(problems, [expected]);
    }
    let mut twice = full();
    twice.services[0].after.clear();
    twice.services[1].name = "web".into();
    twice.plugins[0].allow.signals.clear();
    assert_eq!(twice.problems(), ["there are two services `web`"]);
}
