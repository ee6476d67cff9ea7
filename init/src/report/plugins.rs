//! What happened with plugins, in words.

use alloc::{format, string::String};
use core::fmt::Write as _;

use rustix::process::Pid;
use wigwag_core::{
    Config, FailureCause, HookId, Millis, Outcome, PluginId, Process, Signal,
    config::OnFailure,
    plugin::{MAX_TEXT, message::Level as Severity},
};

use super::{hook, how, number, with_outcome};
use crate::journal::{Entry, Level, seconds};

/// A plugin as the user knows it.
pub fn name(config: &Config, id: PluginId) -> String {
    format!("plugin `{}`", config.plugin(id).map_or("", |plugin| &plugin.name).escape_debug())
}

fn of_plugin(event: &'static str, config: &Config, id: PluginId, message: impl FnOnce(&str) -> String) -> Entry {
    let message = message(&name(config, id));
    let plugin = config.plugin(id).map_or("", |plugin| &plugin.name);
    Entry::new(event, message).with("plugin", plugin)
}

pub fn loaded(config: &Config, id: PluginId, took: Millis) -> Entry {
    let entry = of_plugin("plugin-loaded", config, id, |name| format!("{name} is loaded, after {}s", seconds(took)));
    entry.with_number("milliseconds", took.0)
}

pub fn answered(config: &Config, id: PluginId, of: HookId, took: Millis, memory: u32) -> Entry {
    let hook = hook(config, of);
    let entry = of_plugin("plugin-answered", config, id, |_| format!("{hook} answered after {}s", seconds(took)));
    entry.with("process", hook).with_number("milliseconds", took.0).with_number("memory", memory)
}

/// Something is wrong with it, or with what it wants.
pub fn problem(config: &Config, id: PluginId, what: &str) -> Entry {
    of_plugin("plugin-problem", config, id, |name| format!("{name} {}", printable(what)))
}

/// A line of its own.
pub fn line(config: &Config, id: PluginId, severity: Severity, text: &str) -> Entry {
    let severity = match severity {
        Severity::Debug => "debug",
        Severity::Info => "info",
        Severity::Warn => "warning",
        Severity::Error => "error",
    };
    of_plugin("plugin-says", config, id, |name| format!("{name}: {}", printable(text))).with("severity", severity)
}

/// For whom it is.
pub fn level(severity: Severity) -> Level {
    match severity {
        Severity::Debug => Level::Events,
        Severity::Info | Severity::Warn => Level::Summary,
        Severity::Error => Level::Problems,
    }
}

pub fn host_ended(config: &Config, id: PluginId, outcome: Outcome) -> Entry {
    let entry = of_plugin("ended", config, id, |_| {
        format!("{} ended: {}", super::process(config, Process::Host(id)), how(outcome))
    });
    with_outcome(entry, outcome)
}

pub fn command_started(config: &Config, id: PluginId, command: &str, pid: Pid) -> Entry {
    let entry =
        of_plugin("started", config, id, |name| format!("started `{}` for {name}, pid {pid}", command.escape_debug()));
    entry.with_number("pid", number(pid))
}

pub fn call_failed(config: &Config, id: HookId, cause: FailureCause) -> Entry {
    let name = hook(config, id);
    let why = match cause {
        FailureCause::Error => "did not succeed",
        FailureCause::Trap => "broke off",
        FailureCause::Timeout => "had no time left",
        FailureCause::Lost => "has lost its host",
    };
    let message = format!("{name} {why}{}", consequence(config, id, cause));
    Entry::new("call-failed", message).with("process", name).with("cause", cause)
}

/// About a signal, what the hook says of this case.
fn consequence(config: &Config, id: HookId, cause: FailureCause) -> String {
    let Some(hook) = config.hook(id) else { return String::new() };
    let signal = hook.signal.unwrap_or(Signal::TERM);
    match hook.on_failure(cause) {
        OnFailure::Default => format!(": {signal} does what it does without it"),
        OnFailure::Drop => format!(": {signal} does nothing"),
        OnFailure::Continue | OnFailure::Abort => String::new(),
    }
}

/// In one line, and no longer than a plugin's words may be.
fn printable(text: &str) -> String {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    let mut line = String::new();
    for c in text.get(..end).unwrap_or_default().chars() {
        if c.is_control() {
            let _ = write!(line, "{}", c.escape_default());
        } else {
            line.push(c);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugins_words_are_one_line() {
        assert_eq!(printable("a\nb\t\u{1b}[31m`\"ä\\"), "a\\nb\\t\\u{1b}[31m`\"ä\\");
        let long = "x".repeat(MAX_TEXT - 1) + "ä";
        assert_eq!(printable(&long), "x".repeat(MAX_TEXT - 1));
    }
}
