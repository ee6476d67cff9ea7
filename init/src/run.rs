//! The loop: facts from the kernel into the machine, orders from the machine to the kernel.
//!
//! One wait. Then signals are read, children are reaped and reported, and only then are the signals handed on: what was
//! reaped is never signalled.

use std::{collections::VecDeque, path::PathBuf};

use nix::errno::Errno;
use wigwag_core::{
    Action, Config, Event, Failure, HookId, Machine, Note, Outcome, Process, Signal, Target, config::HookPoint,
    environment,
};

use crate::{
    children::Children,
    report,
    settings::Settings,
    sys::{
        self,
        clock::{self, Timer},
        process::{self, Reaped},
        signals::{Mask, Signals},
        spawn::{self, Program},
        terminal::Terminal,
    },
};

/// Runs the service until all is over; the exit code.
pub fn run(settings: &Settings, inherited: Mask, verbose: bool) -> u8 {
    let mut init = match Init::new(settings, inherited, verbose) {
        Ok(init) => init,
        Err(errno) => {
            report::line(&format!("cannot receive signals: {}", errno.desc()));
            return wigwag_core::exit_code::OWN_FAILURE;
        }
    };
    init.run()
}

struct Init<'s> {
    settings: &'s Settings,
    inherited: Mask,
    verbose: bool,
    machine: Machine<'s>,
    children: Children,
    signals: Signals,
    timer: Timer,
    /// Facts that are still to be told to the machine.
    facts: VecDeque<Event>,
    /// There may be something to reap, or nobody left.
    reap: bool,
    forced: bool,
    terminal: Option<Terminal>,
    /// Where programs are started. We stay elsewhere, so that it can be unmounted.
    directory: PathBuf,
    exit: Option<u8>,
}

impl<'s> Init<'s> {
    fn new(settings: &'s Settings, inherited: Mask, verbose: bool) -> nix::Result<Self> {
        if !process::is_pid_1()
            && let Err(errno) = process::become_subreaper()
        {
            report::line(&format!("processes that are left behind are not waited for: no subreaper: {}", errno.desc()));
        }
        let directory = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
        let _ = std::env::set_current_dir("/");
        Ok(Self {
            settings,
            inherited,
            verbose,
            machine: Machine::new(&settings.config),
            children: Children::default(),
            signals: Signals::open()?,
            timer: Timer::open()?,
            facts: VecDeque::new(),
            // What an earlier program of this process left us may have ended already.
            reap: true,
            forced: false,
            terminal: Terminal::ours(),
            directory,
            exit: None,
        })
    }

    fn run(&mut self) -> u8 {
        let mut orders = Vec::new();
        self.machine.start(clock::now(), &mut orders);
        self.carry_out(&orders);
        loop {
            self.settle();
            if let Some(code) = self.exit {
                self.leave();
                return code;
            }
            self.timer.set(self.machine.deadline());
            sys::wait(&self.signals, &self.timer, self.children.pending());
            let received = self.signals.take();
            self.reap |= received.contains(&Signal::CHLD);
            self.settle();
            self.facts.extend(self.children.started().into_iter().map(Event::Started));
            self.facts.extend(received.into_iter().filter(|signal| *signal != Signal::CHLD).map(Event::Signal));
            self.facts.push_back(Event::Tick);
        }
    }

    /// PID 1 takes everything with it. Elsewhere, what post-stop hooks left behind would stay, and the terminal would be
    /// with a group that is no more.
    fn leave(&self) {
        if !process::is_pid_1() {
            let _ = process::signal_descendants(Signal::KILL);
            if let Some(terminal) = self.terminal {
                terminal.take();
            }
        }
    }

    /// Reaps, and tells the machine, until there is nothing left to tell.
    fn settle(&mut self) {
        while self.exit.is_none() {
            if std::mem::take(&mut self.reap) {
                self.reap_all();
            }
            let Some(fact) = self.facts.pop_front() else { return };
            self.tell(fact);
        }
    }

    fn reap_all(&mut self) {
        loop {
            match process::reap() {
                Reaped::One(pid, outcome) => match self.children.reaped(pid, outcome) {
                    Some((process, outcome, errno)) => {
                        if let Some(errno) = errno {
                            self.with_program(process, |program| report::line(&spawn::explain(program, errno)));
                        }
                        self.facts.push_back(Event::Exited(process, outcome));
                    }
                    None => self.say(|_| format!("reaped {pid}: {}", report::how(outcome))),
                },
                Reaped::NoneYet => return,
                Reaped::NoChild => {
                    self.facts.push_back(Event::Alone);
                    return;
                }
            }
        }
    }

    fn tell(&mut self, fact: Event) {
        match fact {
            Event::Started(_) | Event::Alone | Event::Tick => {}
            Event::Exited(process, outcome) => {
                self.say(|config| format!("{} ended: {}", report::process(config, process), report::how(outcome)));
            }
            Event::Signal(signal) => self.say(|config| format!("received {signal}: {}", config.rule(signal))),
        }
        let mut orders = Vec::new();
        self.machine.handle(clock::now(), fact, &mut orders);
        self.carry_out(&orders);
    }

    fn carry_out(&mut self, orders: &[Action]) {
        for order in orders {
            match *order {
                Action::Spawn(process) => self.spawn(process),
                Action::Signal(target, signal) => self.signal(target, signal),
                Action::Tell(note) => {
                    self.forced |= note == Note::FinalSignal;
                    report::note(&self.settings.config, note);
                }
                Action::Exit(code) => self.exit = Some(code),
            }
        }
    }

    fn spawn(&mut self, process: Process) {
        match self.with_program(process, |program| spawn::spawn(program, self.inherited)) {
            Ok(spawned) => {
                let pid = spawned.pid();
                self.say(|config| format!("started {}, pid {pid}", report::process(config, process)));
                self.children.add(process, spawned);
            }
            Err(errno) => {
                let who = report::process(&self.settings.config, process);
                let why = if errno == Errno::EAGAIN { "the limit of processes is reached" } else { errno.desc() };
                report::line(&format!("cannot start {who}: {why}"));
                self.facts.push_back(Event::Exited(process, Outcome::NotStarted(Failure::NoProcess)));
                // Nothing will announce it if nobody is left.
                self.reap = true;
            }
        }
    }

    fn signal(&self, target: Target, signal: Signal) {
        let sent = match target {
            Target::Main => self.children.pid(Process::Main).map(|pid| process::signal(pid, signal)),
            Target::Hook(id) => self.children.pid(Process::Hook(id)).map(|pid| process::signal_group(pid, signal)),
            Target::Leftovers => Some(process::signal_descendants(signal)),
        };
        self.say(|config| match target {
            Target::Main => format!("{signal} to {}", report::process(config, Process::Main)),
            Target::Hook(id) => format!("{signal} to {}", report::process(config, Process::Hook(id))),
            Target::Leftovers => format!("{signal} to every process that is left"),
        });
        match sent {
            // It ended just now, and will be reaped.
            None | Some(Ok(()) | Err(Errno::ESRCH)) => {}
            Some(Err(errno)) => report::line(&format!("{signal} could not be sent: {}", errno.desc())),
        }
    }

    fn with_program<T>(&self, process: Process, f: impl FnOnce(&Program) -> T) -> T {
        let is_main = process == Process::Main;
        f(&Program {
            command: &self.command(process),
            environment: &self.environment(process),
            // A hook that runs while the service does not may ask for a passphrase, or be interrupted.
            terminal: self.terminal.filter(|_| is_main || self.children.pid(Process::Main).is_none()),
            stdin: is_main,
            directory: &self.directory,
        })
    }

    fn command(&self, process: Process) -> Vec<Vec<u8>> {
        match process {
            Process::Main => self.settings.command.clone(),
            Process::Hook(id) => self
                .settings
                .config
                .hook(id)
                .map(|hook| hook.command.iter().map(|word| word.as_bytes().to_vec()).collect())
                .unwrap_or_default(),
        }
    }

    /// Hooks are told what systemd.exec(5) tells them, by the same names.
    fn environment(&self, process: Process) -> Vec<Vec<u8>> {
        let mut environment = self.settings.environment.clone();
        let Process::Hook(id) = process else { return environment };
        let ours = ["MAINPID", "SERVICE_RESULT", "EXIT_CODE", "EXIT_STATUS"].map(|name| environment::entry(name, b""));
        environment.retain(|entry| !ours.iter().any(|name| entry.starts_with(name)));
        let mut set = |name: &str, value: &str| environment.push(environment::entry(name, value.as_bytes()));
        if let Some(pid) = self.children.pid(Process::Main) {
            set("MAINPID", &pid.to_string());
        }
        if self.is_post_stop(id) {
            let outcome = self.machine.main_outcome();
            set("SERVICE_RESULT", self.result(outcome));
            if let Some(outcome) = outcome {
                let (code, status) = match outcome {
                    Outcome::Killed(signal) => ("killed", signal.to_string().trim_start_matches("SIG").to_string()),
                    Outcome::Exited(_) | Outcome::NotStarted(_) => ("exited", outcome.code().to_string()),
                };
                set("EXIT_CODE", code);
                set("EXIT_STATUS", &status);
            }
        }
        environment
    }

    fn is_post_stop(&self, id: HookId) -> bool {
        self.settings.config.hook(id).is_some_and(|hook| hook.point == HookPoint::PostStop)
    }

    fn result(&self, outcome: Option<Outcome>) -> &'static str {
        match outcome {
            None => "not-started",
            Some(_) if self.forced => "timeout",
            Some(Outcome::Exited(0)) => "success",
            Some(Outcome::Killed(_)) => "signal",
            Some(Outcome::Exited(_) | Outcome::NotStarted(_)) => "exit-code",
        }
    }

    fn say(&self, text: impl FnOnce(&Config) -> String) {
        if self.verbose {
            report::line(&text(&self.settings.config));
        }
    }
}
