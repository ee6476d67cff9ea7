//! The loop: facts from the kernel into the machine, orders from the machine to the kernel.
//!
//! One wait. Then signals are read, children are reaped and reported, and only then are the signals handed on: what was
//! reaped is never signalled.

use alloc::{collections::VecDeque, format, vec::Vec};
use core::mem;

use rustix::{io::Errno, process::Pid};
use wigwag_core::{
    Action, Config, Event, Failure, Machine, Millis, Outcome, Process, ServiceId, Signal, SignalSet, Target,
    config::{KillMode, Wait},
};

use crate::{
    children::Children,
    journal::{Journal, Level},
    program::{Programs, Situation},
    report,
    settings::Settings,
    sys::{
        self, clock,
        error::sentence,
        notify::Notices,
        process::{self, Reaped},
        signals::{Mask, Received, Signals},
        spawn::{self, Program},
        terminal::Terminal,
    },
    tally::Tally,
};

/// Runs the services until all is over; the exit code.
pub fn run(settings: &Settings, inherited: Mask, journal: Journal) -> u8 {
    match Init::new(settings, inherited, journal) {
        Ok(mut init) => init.run(),
        Err(errno) => {
            journal.problem(&format!("cannot receive signals: {}", sentence(errno)));
            wigwag_core::exit_code::OWN_FAILURE
        }
    }
}

struct Init<'s> {
    config: &'s Config,
    programs: Programs<'s>,
    inherited: Mask,
    journal: Journal,
    machine: Machine<'s>,
    children: Children,
    signals: Signals,
    /// The signals that are read; others wait in the kernel.
    listening: SignalSet,
    /// Read and not yet facts; kept for its room.
    received: Vec<Received>,
    /// What the machine wants done; kept for its room.
    orders: Vec<Action>,
    notices: Notices,
    /// When we last looked, since the last wait.
    now: Option<Millis>,
    /// What is still to be told to the machine.
    facts: VecDeque<Fact>,
    /// There may be something to reap, or nobody left.
    reap: bool,
    tally: Tally,
    exit: Option<u8>,
}

/// An event, and the signal that it is about.
struct Fact {
    event: Event,
    signal: Option<Received>,
}

impl From<Event> for Fact {
    fn from(event: Event) -> Self {
        Self { event, signal: None }
    }
}

impl From<&Received> for Fact {
    fn from(received: &Received) -> Self {
        Self { event: Event::Signal(received.signal, received.source()), signal: Some(*received) }
    }
}

impl<'s> Init<'s> {
    fn new(settings: &'s Settings, inherited: Mask, journal: Journal) -> rustix::io::Result<Self> {
        let config = &settings.config;
        if !process::is_pid_1()
            && let Err(errno) = process::become_subreaper()
        {
            let why = sentence(errno);
            journal.problem(&format!("processes that are left behind are not waited for: no subreaper: {why}"));
        }
        let directory = process::leave_directory();
        Ok(Self {
            config,
            programs: Programs { settings, terminal: Terminal::ours(), directory },
            inherited,
            journal,
            machine: Machine::new(config),
            children: Children::default(),
            signals: Signals::open()?,
            listening: SignalSet::ALL,
            received: Vec::new(),
            orders: Vec::new(),
            notices: Notices::open(config)?,
            now: None,
            facts: VecDeque::new(),
            // What an earlier program of this process left us may have ended already.
            reap: true,
            tally: Tally::default(),
            exit: None,
        })
    }

    fn run(&mut self) -> u8 {
        let now = self.now();
        self.machine.start(now, &mut self.orders);
        self.carry_out(None);
        loop {
            self.settle();
            if let Some(code) = self.exit {
                self.leave(code);
                return code;
            }
            self.listen();
            let has_signals = self.wait();
            self.collect(has_signals);
        }
    }

    fn wait(&mut self) -> bool {
        let time = self.machine.deadline().map(|deadline| deadline.minus(clock::now()));
        let has_signals = sys::wait(&self.signals, self.children.pending().chain(self.notices.sockets()), time);
        self.now = None;
        has_signals
    }

    /// The clock is looked at once for all that has happened, and not at all when nobody asks.
    fn now(&mut self) -> Millis {
        *self.now.get_or_insert_with(clock::now)
    }

    /// What is not to be handed in now stays in the kernel, with its order, its value, and how often it came.
    fn listen(&mut self) {
        let mut signals = self.machine.listening();
        signals.insert(Signal::CHLD);
        if signals != self.listening && self.signals.listen(signals).is_ok() {
            self.listening = signals;
        }
    }

    /// What has happened, in the order in which it is to be told.
    fn collect(&mut self, has_signals: bool) {
        let mut received = mem::take(&mut self.received);
        received.clear();
        if has_signals {
            self.signals.take(&mut received);
        }
        self.reap |= received.iter().any(|received| received.signal == Signal::CHLD);
        self.settle();
        self.facts.extend(self.children.started().into_iter().map(|process| Event::Started(process).into()));
        self.facts.extend(self.notices.ready().into_iter().map(|id| Event::Ready(id).into()));
        self.facts.extend(received.iter().filter(|received| received.signal != Signal::CHLD).map(Fact::from));
        self.received = received;
        if self.machine.deadline().is_some_and(|deadline| deadline <= self.now()) {
            self.facts.push_back(Event::Tick.into());
        }
    }

    /// PID 1 takes everything with it. Elsewhere, what post-stop hooks left behind would stay, and the terminal would be
    /// with a group that is no more.
    fn leave(&mut self, code: u8) {
        let now = self.now();
        if let Some(entry) = self.tally.summary(now, self.config, code) {
            // Whoever asked wants to know; a service that ends by itself is no news.
            let level = if self.tally.was_asked() { Level::Summary } else { Level::Events };
            self.journal.say(level, || entry);
        }
        if !process::is_pid_1() {
            if self.config.wait != Wait::Leave {
                let _ = process::signal_descendants(Signal::KILL);
            }
            if let Some(terminal) = self.programs.terminal {
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
            self.tell(&fact);
        }
    }

    fn reap_all(&mut self) {
        loop {
            match process::reap() {
                Reaped::One(pid, outcome) => match self.children.reaped(pid, outcome) {
                    Some((process, outcome, obstacle)) => {
                        if let Some(obstacle) = obstacle {
                            self.journal.problem(&spawn::explain(&self.program(process), obstacle));
                        }
                        self.facts.push_back(Event::Exited(process, outcome).into());
                    }
                    None => self.journal.say(Level::Everything, || report::reaped(pid, outcome)),
                },
                Reaped::Stopped(pid, signal) => self.stopped(pid, signal),
                Reaped::NoneYet => return,
                Reaped::NoChild => {
                    self.facts.push_back(Event::Alone.into());
                    return;
                }
            }
        }
    }

    /// The main service's process was stopped, from the terminal that it has. As a job of a shell we stop with it, or the
    /// shell would wait for ever; as PID 1 there is no shell, and nobody who would continue it.
    fn stopped(&self, pid: Pid, signal: Signal) {
        let main = Process::Service(self.config.main_id());
        let Some(terminal) = self.programs.terminal.filter(|_| self.children.pid(main) == Some(pid)) else { return };
        match (signal, process::is_pid_1()) {
            (Signal::TSTP, true) => {}
            (Signal::TSTP | Signal::TTIN | Signal::TTOU, false) => {
                process::stop();
                // `fg` has given the terminal to our group, `bg` has not.
                if terminal.is_here() {
                    terminal.give(pid);
                }
            }
            _ => return,
        }
        let _ = process::signal_group(pid, Signal::CONT);
    }

    fn tell(&mut self, fact: &Fact) {
        let Fact { event, signal } = *fact;
        match (event, signal) {
            (Event::Exited(process, outcome), _) => {
                self.journal.say(level(process), || report::ended(self.config, process, outcome));
            }
            (Event::Signal(..), Some(received)) => {
                self.journal.say(Level::Events, || report::received(self.config, &received));
            }
            (Event::Ready(id), _) => self.journal.say(Level::Events, || report::ready(self.config, id)),
            (Event::Started(_) | Event::Alone | Event::Tick | Event::Signal(..), _) => {}
        }
        let now = self.now();
        self.machine.handle(now, event, &mut self.orders);
        if self.machine.stop_end().is_some() {
            self.tally.begin(now, event);
            self.tally.event(now, event);
        }
        self.carry_out(signal);
    }

    fn carry_out(&mut self, received: Option<Received>) {
        let now = self.now();
        let mut orders = mem::take(&mut self.orders);
        for order in orders.drain(..) {
            if self.machine.stop_end().is_some() {
                self.tally.action(now, order);
            }
            match order {
                Action::Spawn(process) => self.spawn(process),
                Action::Signal(target, signal) => self.signal(target, signal),
                Action::Forward(id, signal) => self.forward(id, signal, received),
                Action::Tell(note) => self.journal.say(Level::Problems, || report::note(self.config, note)),
                Action::Exit(code) => self.exit = Some(code),
            }
        }
        self.orders = orders;
    }

    fn program(&self, process: Process) -> Program {
        let Self { machine, children, notices, tally, .. } = self;
        self.programs.program(process, &Situation { machine, children, notices, tally })
    }

    fn spawn(&mut self, process: Process) {
        match spawn::spawn(&self.program(process), self.inherited) {
            Ok(spawned) => {
                self.journal.say(level(process), || report::started(self.config, process, spawned.pid()));
                self.children.add(process, spawned);
            }
            Err(errno) => {
                let who = report::process(self.config, process);
                let why = if errno == Errno::AGAIN { "the limit of processes is reached" } else { sentence(errno) };
                self.journal.problem(&format!("cannot start {who}: {why}"));
                self.facts.push_back(Event::Exited(process, Outcome::NotStarted(Failure::NoProcess)).into());
                // Nothing will announce it if nobody is left.
                self.reap = true;
            }
        }
    }

    fn signal(&self, target: Target, signal: Signal) {
        let sent = match target {
            Target::Process(process) => self.children.pid(process).map(|pid| {
                if self.is_group(process) { process::signal_group(pid, signal) } else { process::signal(pid, signal) }
            }),
            Target::Leftovers => Some(process::signal_descendants(signal)),
        };
        self.was_sent(target, signal, sent);
    }

    fn forward(&self, id: ServiceId, signal: Signal, received: Option<Received>) {
        let process = Process::Service(id);
        let target = Target::Process(process);
        match received {
            Some(received) if !self.is_group(process) => {
                let sent = self.children.pid(process).map(|pid| process::pass_on(pid, &received, signal));
                self.was_sent(target, signal, sent);
            }
            Some(_) | None => self.signal(target, signal),
        }
    }

    /// Hooks and probes are asked with all that they have started.
    fn is_group(&self, process: Process) -> bool {
        match process {
            Process::Service(id) => self.config.service(id).is_some_and(|service| service.kill_mode == KillMode::Group),
            Process::Hook(_) | Process::Probe(_) => true,
        }
    }

    fn was_sent(&self, target: Target, signal: Signal, sent: Option<rustix::io::Result<()>>) {
        match sent {
            // It ended just now, and will be reaped.
            None | Some(Err(Errno::SRCH)) => {}
            Some(Ok(())) => self.journal.say(Level::Events, || report::sent(self.config, target, signal)),
            Some(Err(errno)) => {
                self.journal.problem(&format!("{signal} could not be sent: {}", sentence(errno)));
            }
        }
    }
}

/// Probes come and go.
fn level(process: Process) -> Level {
    match process {
        Process::Service(_) | Process::Hook(_) => Level::Events,
        Process::Probe(_) => Level::Everything,
    }
}
