//! What each process is started with.

use alloc::{
    string::{String, ToString as _},
    vec::Vec,
};

use wigwag_core::{
    HookId, Machine, Outcome, Process,
    config::{Check, Hook, HookPoint, Session},
    environment,
};

use crate::{
    children::Children,
    chores,
    journal::Journal,
    settings::Settings,
    sys::{
        notify::Notices,
        spawn::{Program, Work},
        terminal::Terminal,
    },
    tally::Tally,
    text::Text,
};

/// What does not change while the init runs.
pub struct Programs<'s> {
    pub settings: &'s Settings,
    /// What hooks say by; a tool whose place we take has none.
    pub journal: Option<Journal>,
    /// Whether `LISTEN_PID` is handed on to the main service.
    pub hands_on_listen_pid: bool,
    pub terminal: Option<Terminal>,
    /// Where programs are started. We stay elsewhere, so that it can be unmounted.
    pub directory: Text,
}

/// What does.
pub struct Situation<'a> {
    pub machine: &'a Machine<'a>,
    pub children: &'a Children,
    pub notices: &'a Notices,
    pub tally: &'a Tally,
}

impl Programs<'_> {
    pub fn program(&self, process: Process, now: &Situation) -> Program {
        let main = Process::Service(self.settings.config.main_id());
        let is_main = process == main;
        let is_hook = matches!(process, Process::Hook(_));
        let is_host = matches!(process, Process::Host(_));
        let session = self.settings.execution(process).map(|execution| execution.session).unwrap_or_default();
        let environment = self.environment(process, now);
        Program {
            work: self.work(process, &environment),
            environment,
            terminal: match session {
                // The kernel knows whether it is free.
                Session::Session if is_main => Some(Terminal::stdin()),
                // A hook that runs while the service does not may ask for a passphrase, or be interrupted.
                Session::Group | Session::Session | Session::Inherit => self
                    .terminal
                    .filter(|_| is_main && !self.keeps_terminal() || is_hook && now.children.pid(main).is_none()),
            },
            stdin: is_main,
            // A host is not in the way of whoever unmounts ours.
            directory: if is_host { Text::from(c"/") } else { self.directory.clone() },
            session,
            preparation: self.settings.preparation(process),
            inherits: !is_host,
            gets_listen_pid: is_main && self.hands_on_listen_pid,
        }
    }

    /// Whether we stay in front of the terminal: what it sends to the group in front would not come to us otherwise.
    pub fn keeps_terminal(&self) -> bool {
        self.settings.config.has_rules_for_terminal()
    }

    fn work(&self, process: Process, environment: &[Text]) -> Work {
        let config = &self.settings.config;
        let words = |words: &[String]| Work::Execute(words.iter().map(|word| Text::from(word.as_str())).collect());
        match process {
            Process::Service(id) if id == config.main_id() => Work::Execute(self.settings.command.clone()),
            Process::Service(id) => words(config.service(id).map_or(&[], |service| &service.command)),
            Process::Hook(id) => {
                let hook = config.hook(id);
                let chore = self.journal.zip(hook).and_then(|(journal, hook)| chores::work(hook, environment, journal));
                chore.unwrap_or_else(|| words(hook.and_then(Hook::command).unwrap_or_default()))
            }
            Process::Host(id) => {
                let name = config.plugin(id).map_or("", |plugin| &plugin.name);
                let host = self.absolute(&Text::from(self.settings.host()));
                Work::Execute([host, self.absolute(&self.settings.file), Text::from(name)].into())
            }
            Process::Probe(id) => {
                match config.service(id).and_then(|service| service.ready.as_ref()).map(|ready| &ready.check) {
                    Some(Check::Exec(command)) => words(command),
                    Some(Check::Tcp(_)) => self.settings.address(id).map_or_else(|| words(&[]), Work::Connect),
                    Some(Check::File(path)) => Work::Look(Text::from(path.as_str())),
                    // Nobody probes these.
                    Some(Check::Notify) | None => words(&[]),
                }
            }
        }
    }

    fn environment(&self, process: Process, now: &Situation) -> Vec<Text> {
        let mut environment = Environment(self.settings.environment.clone());
        match process {
            Process::Service(id) => {
                environment.unset("NOTIFY_SOCKET");
                if let Some(address) = now.notices.address(id) {
                    environment.set("NOTIFY_SOCKET", address);
                }
            }
            Process::Probe(id) => {
                if let Some(pid) = now.children.pid(Process::Service(id)) {
                    environment.set("MAINPID", pid.as_raw_pid().to_string().as_bytes());
                }
            }
            Process::Hook(id) => self.tell_hook(id, now, &mut environment),
            Process::Host(id) => {
                environment.keep(self.settings.config.plugin(id).map_or(&[], |plugin| &plugin.allow.env));
            }
        }
        self.settings.set_home(process, &mut environment.0);
        environment.0
    }

    /// The command that a plugin has run in the call of a hook: as the hook's own, but that there may be others beside it.
    pub fn command(&self, hook: HookId, words: impl Iterator<Item = Text>, now: &Situation) -> Program {
        let work = Work::Execute(words.collect());
        Program { work, terminal: None, session: Session::Group, ..self.program(Process::Hook(hook), now) }
    }

    /// The path as it is seen from elsewhere.
    fn absolute(&self, path: &Text) -> Text {
        if path.as_bytes().starts_with(b"/") {
            return path.clone();
        }
        [self.directory.as_bytes(), b"/", path.as_bytes()].concat().into()
    }

    /// Hooks are told what systemd.exec(5) tells them, by the same names; those for a signal also by which one they run.
    fn tell_hook(&self, id: HookId, now: &Situation, environment: &mut Environment) {
        let config = &self.settings.config;
        let Some(hook) = config.hook(id) else { return };
        for name in ["MAINPID", "SERVICE_RESULT", "EXIT_CODE", "EXIT_STATUS", "SIGNAL"] {
            environment.unset(name);
        }
        let main = config.main_id();
        if let Some(pid) = now.children.pid(Process::Service(main)) {
            environment.set("MAINPID", pid.as_raw_pid().to_string().as_bytes());
        }
        if let Some(signal) = hook.signal {
            environment.set("SIGNAL", signal.to_string().as_bytes());
        }
        if hook.point == HookPoint::PostStop {
            let outcome = now.machine.outcome(main);
            environment.set("SERVICE_RESULT", result(outcome, now.tally.was_killed(main)).as_bytes());
            if let Some(outcome) = outcome {
                let (code, status) = match outcome {
                    Outcome::Killed(signal) => ("killed", signal.to_string().trim_start_matches("SIG").to_string()),
                    Outcome::Exited(_) | Outcome::NotStarted(_) => ("exited", outcome.code().to_string()),
                };
                environment.set("EXIT_CODE", code.as_bytes());
                environment.set("EXIT_STATUS", status.as_bytes());
            }
        }
    }
}

fn result(outcome: Option<Outcome>, was_killed: bool) -> &'static str {
    match outcome {
        None => "not-started",
        Some(_) if was_killed => "timeout",
        Some(Outcome::Exited(0)) => "success",
        Some(Outcome::Killed(_)) => "signal",
        Some(Outcome::Exited(_) | Outcome::NotStarted(_)) => "exit-code",
    }
}

/// `NAME=value` entries.
struct Environment(Vec<Text>);

impl Environment {
    fn unset(&mut self, name: &str) {
        self.0.retain(|entry| environment::get(core::slice::from_ref(entry), name).is_none());
    }

    fn keep(&mut self, names: &[String]) {
        self.0.retain(|entry| names.iter().any(|name| environment::get(core::slice::from_ref(entry), name).is_some()));
    }

    fn set(&mut self, name: &str, value: &[u8]) {
        self.unset(name);
        self.0.push(environment::entry(name, value).into());
    }
}
