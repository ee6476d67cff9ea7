//! The stop sequence of a config, for people.

use alloc::{format, string::String, vec::Vec};
use core::fmt::Write as _;

use crate::{
    Config, HookId, Millis, ServiceId, Signal, Source,
    budget::MARGIN,
    config::{HoldUntil, Hook, HookPoint, KillMode, Occasion, Reaction, RepeatStop, Task, Wait},
};

/// One step of the sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whose it is.
    pub part: Part,
    /// When it begins at the latest, from the request.
    pub begins: Millis,
    /// What it may take; without a limit only the platform's SIGKILL ends it.
    pub limit: Option<Millis>,
    /// What is done, in a sentence.
    pub what: String,
}

/// What of the config a step belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A hook, or a plugin that decides.
    Hook(HookId),
    /// A service.
    Service(ServiceId),
    /// What the services leave behind.
    Leftovers,
    /// What is kept free.
    Margin,
}

/// What a stop does, when each step begins at the latest, and what it may take; then what other signals do.
pub fn explain(config: &Config) -> String {
    let mut text = String::new();
    let asked = config.stop_signal.map_or_else(|| "nothing".into(), |signal| format!("{signal}"));
    let _ = writeln!(text, "asked for by {asked}, or begun by the end of {}:", essential(config));
    let _ = writeln!(text);
    let _ = writeln!(text, "{:>8}  {:>8}", "begins", "at most");
    let steps = steps(config);
    for Step { begins, limit, what, .. } in &steps {
        let limit = limit.map_or_else(|| "no limit".into(), |limit| format!("{limit}"));
        let _ = writeln!(text, "{:>8}  {limit:>8}  {what}", format!("{begins}"));
    }
    let needed = config.budget().total();
    let _ = writeln!(text);
    let _ = writeln!(
        text,
        "{needed} of the grace period of {}, after which the platform kills everything",
        config.grace_period
    );
    for line in manners(config) {
        let _ = writeln!(text, "{line}");
    }
    text
}

fn essential(config: &Config) -> String {
    let names: Vec<String> = config
        .services()
        .filter(|(_, service)| service.main || service.essential)
        .map(|(_, service)| format!("`{}`", service.name))
        .collect();
    names.join(" or ")
}

/// What a stop does, in the order in which it begins.
pub fn steps(config: &Config) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = Millis::ZERO;
    if let Some(id) = config.stop_signal.and_then(|signal| config.decider(signal))
        && let Some(hook) = config.hook(id)
    {
        let what = format!("{} decides", hook_name(hook));
        steps.push(Step { part: Part::Hook(id), begins: at, limit: hook.timeout, what });
        at = at.plus(hook.timeout.unwrap_or_default());
    }
    let hooks = |steps: &mut Vec<Step>, at: &mut Millis, point| {
        for (id, hook) in config.hooks_at(point) {
            steps.push(Step { part: Part::Hook(id), begins: *at, limit: hook.timeout, what: hook_name(hook) });
            *at = at.plus(hook.timeout.unwrap_or_default());
        }
    };
    hooks(&mut steps, &mut at, HookPoint::PreStop);
    for (id, _) in config.services() {
        let step = service(config, id, at);
        let later = steps.iter().position(|other| other.begins > step.begins);
        steps.insert(later.unwrap_or(steps.len()), step);
    }
    let budget = config.budget();
    at = at.plus(budget.stop);
    if let Some(step) = leftovers(config, at) {
        steps.push(step);
    }
    at = at.plus(budget.leftovers);
    hooks(&mut steps, &mut at, HookPoint::PostStop);
    let what = "margin: killing, reaping, the exit".into();
    steps.push(Step { part: Part::Margin, begins: at, limit: Some(MARGIN), what });
    steps
}

fn hook_name(hook: &Hook) -> String {
    let point = hook.point.name();
    let what = match &hook.task {
        Task::Plugin(plugin) => format!("{point} plugin `{}`", plugin.escape_debug()),
        Task::Command(command) => {
            let words: Vec<String> = command.iter().map(|word| format!("{}", word.escape_debug())).collect();
            format!("{point} hook `{}`", words.join(" "))
        }
        Task::Directory(_) | Task::Template(_) | Task::WaitFor(_) | Task::Sleep(_) | Task::HttpGet(_) => {
            format!("{point} hook `{}`", hook.task.name().escape_debug())
        }
    };
    let when = match hook.when {
        Occasion::Always => "",
        Occasion::Stop => ", if a stop was asked for",
        Occasion::Exit => ", if a service ended by itself",
        Occasion::Failure => ", if something failed",
    };
    format!("{what}{when}")
}

fn service(config: &Config, id: ServiceId, first: Millis) -> Step {
    let part = Part::Service(id);
    let Some(service) = config.service(id) else {
        return Step { part, begins: first, limit: None, what: String::new() };
    };
    let whom = match service.kill_mode {
        KillMode::Mixed | KillMode::Process => "",
        KillMode::Group => " to its process group",
    };
    let last = if service.stop_timeout.is_some() { ", then SIGKILL" } else { "" };
    let after: Vec<String> = config
        .successors(id)
        .filter_map(|other| config.service(other))
        .map(|other| format!("`{}`", other.name))
        .collect();
    let order = if after.is_empty() { String::new() } else { format!(", when {} is gone", after.join(" and ")) };
    Step {
        part,
        begins: first.plus(config.chain_above(id)),
        limit: service.stop_timeout,
        what: format!("`{}`{order}: {}{whom}{last}", service.name, service.stop_signal),
    }
}

fn leftovers(config: &Config, begins: Millis) -> Option<Step> {
    let what = match (config.wait, config.leftover_signal()) {
        (Wait::Leave, _) => return None,
        (Wait::Main, _) => "processes that are left behind: SIGKILL at once".into(),
        (Wait::All, None) => "processes that are left behind: waited for, then SIGKILL".into(),
        (Wait::All, Some(signal)) => format!("processes that are left behind: {signal}, then SIGKILL"),
    };
    Some(Step { part: Part::Leftovers, begins, limit: Some(config.leftover_timeout), what })
}

/// What else a signal does.
fn manners(config: &Config) -> Vec<String> {
    let mut lines = Vec::new();
    lines.push(match config.repeat_stop {
        RepeatStop::Forward => "asked again: the services that are being stopped are asked again".into(),
        RepeatStop::Escalate => "asked again: everything is killed, and the post-stop hooks run".into(),
        RepeatStop::Ignore => "asked again: nothing changes".into(),
    });
    if config.hold_until == HoldUntil::Ready {
        lines.push("before the main service is ready: signals wait; a stop, up to half of its stop timeout".into());
    }
    for signal in Signal::all().filter(|signal| signal.can_be_forwarded()) {
        let reactions = [Source::Process, Source::Terminal].map(|source| config.reaction(signal, source));
        let [by_process, by_terminal] = reactions;
        let is_plain = by_process == Reaction::Forward(signal) && is_for_main_alone(config, signal);
        let is_known = is_plain || config.stop_signal == Some(signal) && by_process == Reaction::Stop;
        if !is_known {
            lines.push(format!("{signal}: {}", reaction(config, signal, by_process)));
        }
        if by_terminal != by_process {
            lines.push(format!("{signal} from the terminal: {}", reaction(config, signal, by_terminal)));
        }
    }
    lines.push("any other signal goes to the main service".into());
    lines
}

fn is_for_main_alone(config: &Config, signal: Signal) -> bool {
    config.deliveries(signal).eq([(config.main_id(), signal)])
}

fn reaction(config: &Config, signal: Signal, reaction: Reaction) -> String {
    let decider = config.decider(signal).and_then(|id| config.hook(id)?.plugin());
    match reaction {
        Reaction::Drop => "nothing".into(),
        Reaction::Stop => "a stop".into(),
        Reaction::Hook => decider
            .map_or_else(|| "its hooks".into(), |plugin| format!("what plugin `{}` decides", plugin.escape_debug())),
        Reaction::Forward(signal) => {
            let whom: Vec<String> = config
                .deliveries(signal)
                .filter_map(|(id, signal)| Some(format!("{signal} to `{}`", config.service(id)?.name)))
                .collect();
            if whom.is_empty() { "nothing".into() } else { whom.join(", ") }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        crate::form::read(text).unwrap()
    }

    const TWO: &str = r#"
version = 1
stop-signal = "SIGTERM"
grace-period = "30s"
leftover-timeout = "500ms"
repeat-stop = "escalate"
hold-until = "ready"

[signals]
SIGHUP = "SIGUSR1"
SIGINT = "stop"
SIGUSR2 = { tty = "drop", other = "hook" }
SIGWINCH = { tty = "drop" }

[[service]]
name = "web"
main = true
command = ["httpd"]
after = ["db"]
stop-signal = "SIGWINCH"
stop-timeout = "15s"

[[service]]
name = "db"
command = ["postgres"]
stop-signal = "SIGINT"
stop-timeout = "5s"
kill-mode = "group"
essential = false
signals = { SIGUSR1 = "SIGHUP" }

[[hook]]
point = "pre-stop"
command = ["deregister", "now"]
timeout = "3s"
on-failure = "continue"

[[hook]]
point = "post-stop"
command = ["umount", "/data"]
timeout = "5s"
on-failure = "continue"

[[hook]]
point = "on-signal"
signal = "SIGUSR2"
command = ["dump"]
on-failure = "continue"
"#;

    #[test]
    fn every_step_is_there_in_its_order() {
        let config = config(TWO);
        assert_eq!(config.problems(), Vec::<String>::new());
        let expected = "\
asked for by SIGTERM, or begun by the end of `web`:

  begins   at most
      0s        3s  pre-stop hook `deregister now`
      3s       15s  `web`: SIGWINCH, then SIGKILL
     18s        5s  `db`, when `web` is gone: SIGINT to its process group, then SIGKILL
     23s     500ms  processes that are left behind: SIGTERM, then SIGKILL
23s500ms        5s  post-stop hook `umount /data`
28s500ms     500ms  margin: killing, reaping, the exit

29s of the grace period of 30s, after which the platform kills everything
asked again: everything is killed, and the post-stop hooks run
before the main service is ready: signals wait; a stop, up to half of its stop timeout
SIGHUP: SIGUSR1 to `web`, SIGHUP to `db`
SIGINT: a stop
SIGUSR1: SIGUSR1 to `web`, SIGHUP to `db`
SIGUSR2: its hooks
SIGUSR2 from the terminal: nothing
SIGWINCH from the terminal: nothing
any other signal goes to the main service
";
        assert_eq!(explain(&config), expected);
    }

    #[test]
    fn without_a_config_there_is_no_final_signal() {
        let text = explain(&Config::plain());
        assert!(text.contains("  no limit  `main`: SIGTERM\n"), "{text}");
        assert!(text.contains("\nany other signal goes"), "{text}");
    }
}
