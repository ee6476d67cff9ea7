//! The hosts of plugins: they are called and heard, and what they may ask for is done.

use alloc::{
    format,
    string::{String, ToString as _},
};

use rustix::{fd::AsFd as _, io::Errno, pipe::PipeFlags, process::Pid};
use wigwag_core::{
    Answer, Config, Event, FailureCause, HookId, Millis, Outcome, PluginId, Process, ServiceId, Signal, Target,
    config::{HookPoint, Plugin},
    plugin::{
        grants,
        message::{Cause, Fault, FaultKind, Reply, ToHost},
    },
};

use super::Init;
use crate::{
    children::Role,
    journal::Level,
    plugins::{Command, Heard, call::Moment, conversation::Said},
    program::Situation,
    report::plugins,
    sys::{
        error::sentence,
        process,
        signals::Received,
        spawn::{self, Given, Obstacle, Program, Spawned},
    },
    text::Text,
};

/// Who says more than this at a time has the rest heard after everybody else.
const AT_A_TIME: usize = 64;

impl<'s> Init<'s> {
    fn plugin(&self, id: PluginId) -> Option<&'s Plugin> {
        let config: &Config = self.config;
        config.plugin(id)
    }

    #[inline(never)] // link.ld
    pub(super) fn spawn_host(&mut self, id: PluginId, program: &Program) -> rustix::io::Result<Spawned> {
        let stores = self.plugin(id).is_some_and(|plugin| plugin.allow.state);
        self.plugins.spawn(id, program, self.inheritance, stores)
    }

    #[inline(never)] // link.ld
    pub(super) fn call(&mut self, hook: HookId, received: Option<Received>) {
        let Some(id) = self.config.plugin_of(hook) else { return };
        let decides = self.config.hook(hook).is_some_and(|hook| hook.point == HookPoint::OnSignal);
        let now = self.now();
        let received = if decides { self.plugins.ask(now, received) } else { received };
        let Self { config, machine, children, tally, plugins, .. } = self;
        let moment = Moment { now, start: plugins.start, config, machine, children, tally, received };
        match plugins.call(id, hook, decides, |call| moment.call(call, hook)) {
            Ok(()) => {}
            Err(Errno::PIPE) => {
                // It may have said why.
                self.hear_host(id);
                self.lose_host(id);
            }
            Err(errno) => {
                self.problem(id, &format!("cannot be called: {}", sentence(errno)));
                self.kill_host(id);
            }
        }
    }

    /// When the stop that has begun was asked for, and by which signal: a plugin may have thought about it.
    pub(super) fn stop_request(&self, now: Millis) -> (Millis, Option<Signal>) {
        match self.machine.stop_cause() {
            Some(Cause::Asked(signal)) => (self.plugins.asked_at(signal).unwrap_or(now), Some(signal)),
            Some(Cause::Aborted | Cause::Ended(..)) | None => (now, None),
        }
    }

    pub(super) fn hear_hosts(&mut self) {
        for id in self.plugins.ids() {
            self.hear_host(id);
        }
    }

    #[inline(never)] // link.ld
    fn hear_host(&mut self, id: PluginId) {
        for _ in 0..AT_A_TIME {
            match self.plugins.hear(id) {
                None => return,
                Some(Heard::Said(said)) => self.obey(id, said),
                Some(Heard::Senseless(what)) => {
                    self.problem(id, &format!("has a host that sent {what}; it is killed"));
                    self.kill_host(id);
                }
                Some(Heard::Closed) => self.lose_host(id),
            }
        }
    }

    /// What it said before it ended still counts.
    #[inline(never)] // link.ld
    pub(super) fn host_ended(&mut self, id: PluginId, outcome: Outcome) {
        self.hear_host(id);
        let level = if self.plugins.is_given_up(id) { Level::Events } else { Level::Problems };
        self.reporter.plugin(level, |config| plugins::host_ended(config, id, outcome));
        self.plugins.hang_up(id);
    }

    /// It has ended, or will never be of use: how it ended is news when it is reaped.
    fn lose_host(&mut self, id: PluginId) {
        self.plugins.hang_up(id);
        self.kill_process(id);
    }

    /// No late answer is heard.
    fn kill_host(&mut self, id: PluginId) {
        self.plugins.give_up(id);
        self.kill_process(id);
    }

    fn kill_process(&self, id: PluginId) {
        if let Some(pid) = self.children.pid(Process::Host(id)) {
            let _ = process::signal_group_of(pid, Signal::KILL);
        }
    }

    fn problem(&self, id: PluginId, what: &str) {
        self.reporter.plugin(Level::Problems, |config| plugins::problem(config, id, what));
    }

    /// It may ask for such things as often as it likes.
    fn not_done(&mut self, id: PluginId, why: &str) {
        if self.plugins.counts_line(id) {
            self.problem(id, why);
        }
    }

    fn obey(&mut self, id: PluginId, said: Said) {
        match said {
            Said::Loaded => {
                self.reporter.plugin(Level::Events, |config| plugins::loaded(config, id, self.plugins.took(id)));
            }
            Said::Refused(why) => {
                self.problem(id, &format!("cannot be loaded: {why}"));
                self.kill_host(id);
            }
            Said::Line(severity, text) => {
                // Who may not log has a host that may, in a whisper.
                let may_log = self.plugin(id).is_some_and(|plugin| plugin.allow.log);
                let level = if may_log { plugins::level(severity) } else { Level::Events };
                self.reporter.plugin(level, |config| plugins::line(config, id, severity, &text));
            }
            Said::LeftOut => {}
            Said::Answer(hook, result, memory) => {
                self.reporter
                    .plugin(Level::Events, |config| plugins::answered(config, id, hook, self.plugins.took(id), memory));
                self.plugins.end_command(id);
                let answer = self.judge(id, result);
                self.facts.push_back(Event::Answered(hook, answer).into());
            }
            Said::Signal(service, signal) => {
                let sent = self.send_for_plugin(id, &service, signal);
                self.reply(id, &ToHost::Sent(sent));
            }
            Said::Run(hook, name, arguments) => self.run_for_plugin(id, hook, &name, &arguments),
            Said::Kill => self.plugins.kill_command(id),
        }
    }

    /// What comes of an answer: nothing that is not granted.
    fn judge(&self, id: PluginId, result: Result<Reply, Fault>) -> Answer {
        match result {
            Ok(Reply::Done) => Answer::Done,
            Ok(Reply::Decided(proposal)) => {
                let Some(plugin) = self.plugin(id) else { return Answer::Failed(FailureCause::Lost) };
                match grants::decision(self.config, &plugin.allow, &proposal) {
                    Ok(decision) => Answer::Decided(decision),
                    Err(denial) => {
                        self.problem(id, &denial);
                        Answer::Failed(FailureCause::Error)
                    }
                }
            }
            Err(Fault { kind, text }) => {
                let (cause, what) = match kind {
                    FaultKind::Error => (FailureCause::Error, "failed"),
                    FaultKind::Trap => (FailureCause::Trap, "broke off"),
                    FaultKind::Timeout => (FailureCause::Timeout, "had no time left"),
                };
                self.problem(id, &format!("{what}: {text}"));
                Answer::Failed(cause)
            }
        }
    }

    /// Who cannot be answered is lost.
    fn reply(&mut self, id: PluginId, message: &ToHost) {
        if self.plugins.send(id, message, &[]).is_err() {
            self.lose_host(id);
        }
    }

    fn send_for_plugin(&mut self, id: PluginId, service: &str, signal: Signal) -> Result<(), String> {
        let Some(plugin) = self.plugin(id) else { return Ok(()) };
        let service: ServiceId = grants::service(self.config, &plugin.allow, service).inspect_err(|denial| {
            self.not_done(id, denial);
        })?;
        let process = Process::Service(service);
        let sent = self.send_to(process, signal).ok_or("it has no process")?;
        self.was_sent(Target::Process(process), signal, Some(sent));
        sent.map_err(|errno| sentence(errno).into())
    }

    fn run_for_plugin(&mut self, id: PluginId, hook: HookId, name: &str, arguments: &[String]) {
        if let Err(why) = self.start_for_plugin(id, hook, name, arguments) {
            self.not_done(id, &why);
            self.reply(id, &ToHost::NotRunning(why));
        }
    }

    fn start_for_plugin(&mut self, id: PluginId, hook: HookId, name: &str, arguments: &[String]) -> Result<(), String> {
        let Some(plugin) = self.plugin(id) else { return Ok(()) };
        let command = plugin.allow.command(name, !arguments.is_empty()).map_err(|denial| denial.to_string())?;
        if self.plugins.has_command(id) {
            return Err("may not run two commands at once".into());
        }
        if arguments.iter().any(|argument| argument.contains('\0')) {
            return Err("may not run a command with a NUL character".into());
        }
        let words = command.command.iter().chain(arguments).map(|word| Text::from(word.as_str()));
        let Self { machine, children, notices, tally, .. } = self;
        let program = self.programs.command(hook, words, &Situation { machine, children, notices, tally });
        let refused = |errno| format!("cannot run `{}`: {}", name.escape_debug(), sentence(errno));
        let pipe = || rustix::pipe::pipe_with(PipeFlags::CLOEXEC).map_err(refused);
        let [(out, stdout), (errors, stderr)] = [pipe()?, pipe()?];
        let given = [Given(stdout.as_fd(), 1), Given(stderr.as_fd(), 2)];
        let spawned = spawn::spawn(&program, self.inheritance, &given).map_err(refused)?;
        let (shown, pid) = (String::from_utf8_lossy(program.name()).into_owned(), spawned.pid());
        self.reporter.plugin(Level::Events, |config| plugins::command_started(config, id, &shown, pid));
        self.plugins.set_command(id, Command { pid, program });
        self.children.add(Role::Command, spawned);
        if self.plugins.send(id, &ToHost::Running, &[out.as_fd(), errors.as_fd()]).is_err() {
            self.lose_host(id);
        }
        Ok(())
    }

    /// A command of a plugin was reaped. When its call is over, nobody wants to know.
    #[inline(never)] // link.ld
    pub(super) fn command_ended(&mut self, pid: Pid, outcome: Outcome, obstacle: Option<Obstacle>) {
        self.reporter.reaped(pid, outcome, None);
        if let Some((id, program)) = self.plugins.command_ended(pid) {
            if let Some(obstacle) = obstacle {
                self.reporter.not_executed(&program, pid, obstacle);
            }
            self.reply(id, &ToHost::Ended(outcome));
        }
    }
}
