//! The loop: facts from the kernel into the machine, orders from the machine to the kernel.
//!
//! One wait. Then signals are read, children are reaped and reported, and only then are the signals handed on: what was
//! reaped is never signalled.

use alloc::{
    collections::VecDeque,
    format,
    string::{String, ToString as _},
    vec::Vec,
};
use core::mem;

use rustix::{
    io::Errno,
    process::{chdir, getcwd},
};
use wigwag_core::{
    Action, Config, Event, Failure, HookId, Machine, Note, Outcome, Process, Signal, Target,
    config::{HookPoint, SignalRule},
    environment,
};

use crate::{
    children::Children,
    report,
    settings::Settings,
    sys::{
        self,
        clock::{self, Timer},
        error::sentence,
        process::{self, Reaped},
        signals::{Mask, Received, Signals},
        spawn::{self, Program},
        terminal::Terminal,
    },
    text::Text,
};

/// Runs the service until all is over; the exit code.
pub fn run(settings: &Settings, inherited: Mask, verbose: bool) -> u8 {
    let mut init = match Init::new(settings, inherited, verbose) {
        Ok(init) => init,
        Err(errno) => {
            report::line(&format!("cannot receive signals: {}", sentence(errno)));
            return wigwag_core::exit_code::OWN_FAILURE;
        }
    };
    init.run()
}

/// Something to tell the machine.
#[derive(Clone, Copy)]
enum Fact {
    Event(Event),
    /// Of which the machine is told the number only.
    Received(Received),
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
    facts: VecDeque<Fact>,
    /// Read and not yet facts; kept for its room.
    received: Vec<Received>,
    /// What the machine wants done; kept for its room.
    orders: Vec<Action>,
    /// There may be something to reap, or nobody left.
    reap: bool,
    forced: bool,
    terminal: Option<Terminal>,
    /// Where programs are started. We stay elsewhere, so that it can be unmounted.
    directory: Text,
    exit: Option<u8>,
}

impl<'s> Init<'s> {
    fn new(settings: &'s Settings, inherited: Mask, verbose: bool) -> rustix::io::Result<Self> {
        if !process::is_pid_1()
            && let Err(errno) = process::become_subreaper()
        {
            report::line(&format!(
                "processes that are left behind are not waited for: no subreaper: {}",
                sentence(errno)
            ));
        }
        let directory = getcwd(Vec::new()).map_or_else(|_| Text::from("/"), Text::from);
        let _ = chdir(c"/");
        Ok(Self {
            settings,
            inherited,
            verbose,
            machine: Machine::new(&settings.config),
            children: Children::default(),
            signals: Signals::open()?,
            timer: Timer::open()?,
            facts: VecDeque::new(),
            received: Vec::new(),
            orders: Vec::new(),
            // What an earlier program of this process left us may have ended already.
            reap: true,
            forced: false,
            terminal: Terminal::ours(),
            directory,
            exit: None,
        })
    }

    fn run(&mut self) -> u8 {
        self.machine.start(clock::now(), &mut self.orders);
        self.carry_out(None);
        loop {
            self.settle();
            if let Some(code) = self.exit {
                self.leave();
                return code;
            }
            self.timer.set(self.machine.deadline());
            sys::wait(&self.signals, &self.timer, self.children.pending());
            self.signals.take(&mut self.received);
            self.reap |= self.received.iter().any(|received| received.signal == Signal::CHLD);
            self.settle();
            self.facts.extend(self.children.started().into_iter().map(Event::Started).map(Fact::Event));
            let others = self.received.drain(..).filter(|received| received.signal != Signal::CHLD);
            self.facts.extend(others.map(Fact::Received));
            self.facts.push_back(Fact::Event(Event::Tick));
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
            if mem::take(&mut self.reap) {
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
                        self.facts.push_back(Fact::Event(Event::Exited(process, outcome)));
                    }
                    None => self.say(|_| format!("reaped {pid}: {}", report::how(outcome))),
                },
                Reaped::NoneYet => return,
                Reaped::NoChild => {
                    self.facts.push_back(Fact::Event(Event::Alone));
                    return;
                }
            }
        }
    }

    fn tell(&mut self, fact: Fact) {
        let (event, received) = match fact {
            Fact::Event(event) => (event, None),
            Fact::Received(received) => (Event::Signal(received.signal), Some(received)),
        };
        match event {
            Event::Started(_) | Event::Alone | Event::Tick => {}
            Event::Exited(process, outcome) => {
                self.say(|config| format!("{} ended: {}", report::process(config, process), report::how(outcome)));
            }
            Event::Signal(signal) => self.say(|config| format!("received {signal}: {}", config.rule(signal))),
        }
        self.machine.handle(clock::now(), event, &mut self.orders);
        self.carry_out(received.as_ref());
    }

    /// Does what was ordered, because of this signal if there is one.
    fn carry_out(&mut self, received: Option<&Received>) {
        let mut orders = mem::take(&mut self.orders);
        for order in orders.drain(..) {
            match order {
                Action::Spawn(process) => self.spawn(process),
                Action::Signal(target, signal) => self.signal(target, signal, received),
                Action::Tell(note) => {
                    self.forced |= note == Note::FinalSignal;
                    report::note(&self.settings.config, note);
                }
                Action::Exit(code) => self.exit = Some(code),
            }
        }
        self.orders = orders;
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
                let why = if errno == Errno::AGAIN { "the limit of processes is reached" } else { sentence(errno) };
                report::line(&format!("cannot start {who}: {why}"));
                let outcome = Outcome::NotStarted(Failure::NoProcess);
                self.facts.push_back(Fact::Event(Event::Exited(process, outcome)));
                // Nothing will announce it if nobody is left.
                self.reap = true;
            }
        }
    }

    fn signal(&self, target: Target, signal: Signal, received: Option<&Received>) {
        // What is forwarded comes as it was sent; what we ask for ourselves does not.
        let rule = SignalRule::Forward(signal);
        let forwarded = received.filter(|received| self.settings.config.rule(received.signal) == rule);
        let to_main = |pid| match forwarded {
            Some(received) => process::pass_on(pid, received, signal),
            None => process::signal(pid, signal),
        };
        let sent = match target {
            Target::Main => self.children.pid(Process::Main).map(to_main),
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
            None | Some(Ok(()) | Err(Errno::SRCH)) => {}
            Some(Err(errno)) => report::line(&format!("{signal} could not be sent: {}", sentence(errno))),
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

    fn command(&self, process: Process) -> Vec<Text> {
        match process {
            Process::Main => self.settings.command.clone(),
            Process::Hook(id) => self
                .settings
                .config
                .hook(id)
                .map(|hook| hook.command.iter().map(|word| Text::from(word.as_str())).collect())
                .unwrap_or_default(),
        }
    }

    /// Hooks are told what systemd.exec(5) tells them, by the same names.
    fn environment(&self, process: Process) -> Vec<Text> {
        let mut environment = self.settings.environment.clone();
        let Process::Hook(id) = process else { return environment };
        let ours = ["MAINPID", "SERVICE_RESULT", "EXIT_CODE", "EXIT_STATUS"].map(|name| environment::entry(name, b""));
        environment.retain(|entry| !ours.iter().any(|name| entry.as_bytes().starts_with(name)));
        let mut set = |name: &str, value: &str| environment.push(environment::entry(name, value.as_bytes()).into());
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
