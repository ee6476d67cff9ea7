//! What happened, in words.

pub mod plugins;

use alloc::{
    format,
    string::{String, ToString as _},
};

use rustix::process::Pid;
use wigwag_core::{Config, HookId, Note, Outcome, Process, ServiceId, Signal, Target, config::Reaction};

use crate::{journal::Entry, sys::signals::Received};

/// What the core has to tell.
pub fn note(config: &Config, note: Note) -> Entry {
    match note {
        Note::HookFailed(id, outcome) => {
            let message = format!("{} failed: {}", hook(config, id), how(outcome));
            with_outcome(Entry::new("hook-failed", message).with("process", hook(config, id)), outcome)
        }
        Note::HookTimedOut(id) => {
            let name = hook(config, id);
            Entry::new("hook-timed-out", format!("{name} had no time left and was killed")).with("process", name)
        }
        Note::CallFailed(id, cause) => plugins::call_failed(config, id, cause),
        Note::NotReady(id) => {
            of_service("not-ready", config, id, |name| format!("{name} was not ready in time and is stopped"))
        }
        Note::Restarts(id, outcome) => {
            let entry = of_service("restarts", config, id, |name| {
                format!("{name} ended ({}) and is started again", how(outcome))
            });
            with_outcome(entry, outcome)
        }
        Note::GivenUp(id, outcome) => {
            let entry = of_service("given-up", config, id, |name| {
                format!("{name} ended ({}) too often in a row and is not started again", how(outcome))
            });
            with_outcome(entry, outcome)
        }
        Note::Ended(id, outcome) => {
            let entry = of_service("essential-ended", config, id, |name| {
                format!("{name} ended ({}), so that everything is stopped", how(outcome))
            });
            with_outcome(entry, outcome)
        }
        Note::FinalSignal(id) => of_service("final-signal", config, id, |name| {
            let signal = config.service(id).map_or(Signal::TERM, |service| service.stop_signal);
            format!("{name} had no time left after {signal} and was killed")
        }),
        Note::LeftoversKilled => {
            let message = "processes that were left behind had no time left and were killed";
            Entry::new("leftovers-killed", message.into())
        }
        Note::Unkillable(target) => {
            let whom = match target {
                Target::Process(process) => self::process(config, process),
                Target::Leftovers => "a process that was left behind".to_string(),
            };
            Entry::new("unkillable", format!("{whom} is not gone yet, after SIGKILL; going on without it"))
                .with("process", whom)
        }
    }
}

fn of_service(event: &'static str, config: &Config, id: ServiceId, message: impl FnOnce(&str) -> String) -> Entry {
    let name = process(config, Process::Service(id));
    let message = message(&name);
    Entry::new(event, message).with("process", name)
}

pub fn started(config: &Config, process: Process, pid: Pid) -> Entry {
    let name = self::process(config, process);
    Entry::new("started", format!("started {name}, pid {pid}")).with("process", name).with_number("pid", number(pid))
}

pub fn ready(config: &Config, id: ServiceId) -> Entry {
    of_service("ready", config, id, |name| format!("{name} is ready"))
}

pub fn ended(config: &Config, process: Process, outcome: Outcome) -> Entry {
    let name = self::process(config, process);
    let entry = Entry::new("ended", format!("{name} ended: {}", how(outcome))).with("process", name);
    with_outcome(entry, outcome)
}

pub fn reaped(pid: Pid, outcome: Outcome) -> Entry {
    let entry = Entry::new("reaped", format!("reaped {pid}: {}", how(outcome))).with_number("pid", number(pid));
    with_outcome(entry, outcome)
}

fn number(pid: Pid) -> u64 {
    u64::from(pid.as_raw_pid().unsigned_abs())
}

pub fn received(received: &Received, reaction: Reaction) -> Entry {
    let Received { signal, pid, uid, .. } = *received;
    let source = received.source();
    let from = match (source, pid) {
        (wigwag_core::Source::Terminal, _) => " from the terminal".to_string(),
        // Whoever is outside of our PID namespace has no number here.
        (wigwag_core::Source::Process, 0) => String::new(),
        (wigwag_core::Source::Process, pid) => format!(" from pid {pid}"),
    };
    Entry::new("received", format!("received {signal}{from}: {reaction}"))
        .with("signal", signal)
        .with("reaction", reaction)
        .with_number("sender", pid)
        .with_number("uid", uid)
}

pub fn handed_off(signal: Signal) -> Entry {
    Entry::new("handed-off", format!("received {signal} for letting go of the terminal")).with("signal", signal)
}

pub fn sent(config: &Config, target: Target, signal: Signal) -> Entry {
    let whom = match target {
        Target::Process(process) => self::process(config, process),
        Target::Leftovers => "every process that is left".to_string(),
    };
    Entry::new("sent", format!("{signal} to {whom}")).with("signal", signal).with("process", whom)
}

/// A process as the user knows it.
pub fn process(config: &Config, process: Process) -> String {
    let service = |id: ServiceId| config.service(id).map_or("", |service| &service.name);
    match process {
        Process::Service(id) => format!("`{}`", service(id)),
        Process::Probe(id) => format!("the probe of `{}`", service(id)),
        Process::Hook(id) => hook(config, id),
        Process::Host(id) => format!("the host of {}", plugins::name(config, id)),
    }
}

fn hook(config: &Config, id: HookId) -> String {
    match config.hook(id) {
        Some(hook) => {
            let of = if hook.plugin().is_some() { "of plugin " } else { "" };
            format!("{} hook {of}`{}`", hook.point.name(), hook.task.name().escape_debug())
        }
        None => format!("hook {}", id.0),
    }
}

/// How it ended.
pub fn how(outcome: Outcome) -> String {
    match outcome {
        Outcome::Exited(status) => format!("exit status {status}"),
        Outcome::Killed(signal) => format!("killed by {signal}"),
        Outcome::NotStarted(_) => "not started".to_string(),
    }
}

fn with_outcome(entry: Entry, outcome: Outcome) -> Entry {
    match outcome {
        Outcome::Exited(status) => entry.with_number("status", status),
        Outcome::Killed(signal) => entry.with("killed_by", signal),
        Outcome::NotStarted(_) => entry,
    }
}
