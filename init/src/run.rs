//! The loop: facts from the kernel into the machine, orders from the machine to the kernel.
//!
//! One wait. Then signals are read, children are reaped and reported, and only then are the signals handed on: what was
//! reaped is never signalled.

mod hosts;
mod sending;

use alloc::{collections::VecDeque, vec::Vec};
use core::mem;

use rustix::{fd::AsFd as _, process::Pid};
use wigwag_core::{
    Action, Config, Event, Failure, Machine, Millis, Outcome, Process, Signal, SignalSet,
    config::{Reaction, Session, Wait},
    exit_code,
};

use crate::{
    children::{Children, Role},
    personality,
    plugins::Plugins,
    program::{Programs, Situation},
    quirks::{Quirks, Subreaper},
    reporter::{Reporter, Voice},
    settings::Settings,
    sys::{
        self, clock,
        notify::Notices,
        process::{self, Reaped},
        signals::{Mask, Received, Signals},
        spawn::{self, Inheritance, Program},
        terminal::Terminal,
    },
    tally::Tally,
};

/// Runs the services until all is over; the exit code.
pub fn run(settings: &Settings, quirks: &Quirks, inherited: Mask, voice: Voice) -> u8 {
    let reporter = Reporter::new(&settings.config, voice);
    if let Some(signal) = quirks.parent_death {
        process::set_parent_death_signal(signal);
    }
    if !process::is_pid_1()
        && let Err(errno) = adopt(quirks.subreaper, &reporter)
    {
        reporter.no_subreaper(errno);
        if quirks.subreaper == Subreaper::Must {
            return personality::FAILURE;
        }
    }
    match Init::new(settings, quirks, inherited, reporter) {
        Ok(mut init) => init.run(),
        Err(errno) => {
            reporter.deaf(errno);
            quirks.tool.map_or(exit_code::OWN_FAILURE, |_| personality::FAILURE)
        }
    }
}

/// Has orphans come to us, if they should.
fn adopt(subreaper: Subreaper, reporter: &Reporter) -> rustix::io::Result<()> {
    let adopts = subreaper != Subreaper::No;
    if adopts {
        process::become_subreaper()?;
    }
    reporter.not_first(adopts);
    Ok(())
}

struct Init<'s> {
    config: &'s Config,
    quirks: &'s Quirks,
    programs: Programs<'s>,
    inheritance: Inheritance,
    reporter: Reporter<'s>,
    machine: Machine<'s>,
    children: Children,
    plugins: Plugins,
    signals: Signals,
    /// The signals that are read; others wait in the kernel.
    listening: SignalSet,
    /// The next one of each of these is the kernel's, for letting go of the terminal.
    handed_off: SignalSet,
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
    /// The process group of the main service, when that has ended.
    left_group: Option<Pid>,
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
    fn new(
        settings: &'s Settings,
        quirks: &'s Quirks,
        inherited: Mask,
        reporter: Reporter<'s>,
    ) -> rustix::io::Result<Self> {
        let config = &settings.config;
        let directory = process::leave_directory();
        if !quirks.not_taken.is_empty() {
            Mask(SignalSet::ALL.without(quirks.not_taken).bits()).set();
        }
        Ok(Self {
            config,
            quirks,
            programs: Programs {
                settings,
                journal: reporter.journal(),
                hands_on_listen_pid: quirks.hands_on_listen_pid,
                terminal: Terminal::ours(),
                directory,
            },
            inheritance: Inheritance { mask: Mask(quirks.mask.apply(inherited.0)), reset: quirks.reset },
            reporter,
            machine: Machine::new(config),
            children: Children::default(),
            plugins: Plugins::new(config),
            signals: Signals::open(quirks.not_told)?,
            listening: SignalSet::ALL,
            handed_off: SignalSet::default(),
            received: Vec::new(),
            orders: Vec::new(),
            notices: Notices::open(config)?,
            now: None,
            facts: VecDeque::new(),
            reap: false,
            left_group: None,
            tally: Tally::default(),
            exit: None,
        })
    }

    fn run(&mut self) -> u8 {
        // What an earlier program of this process left us may have ended already.
        self.reap_all();
        let now = self.now();
        self.machine.start(now, &mut self.orders);
        self.carry_out(None);
        if self.quirks.closes_descriptors {
            let own = [self.signals.as_fd()].into_iter();
            process::close_all_but(own.chain(self.children.pending()).chain(self.notices.sockets()));
        }
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
        let others = self.children.pending().chain(self.notices.sockets()).chain(self.plugins.sockets());
        let has_signals = sys::wait(&self.signals, others, time);
        self.now = None;
        has_signals
    }

    /// The clock is looked at once for all that has happened, and not at all when nobody asks.
    fn now(&mut self) -> Millis {
        *self.now.get_or_insert_with(clock::now)
    }

    /// What is not to be handed in now stays in the kernel, with its order, its value, and how often it came.
    fn listen(&mut self) {
        let mut signals = self.machine.listening().without(self.quirks.not_taken);
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
        if received.iter().any(|received| received.signal == Signal::CHLD) {
            self.reporter.child_signal();
            self.reap = true;
        }
        self.settle();
        self.facts.extend(self.children.started().into_iter().map(|process| Event::Started(process).into()));
        self.facts.extend(self.notices.ready().into_iter().map(|id| Event::Ready(id).into()));
        self.hear_hosts();
        self.facts.extend(received.iter().filter(|received| received.signal != Signal::CHLD).map(Fact::from));
        self.received = received;
        if self.machine.deadline().is_some_and(|deadline| deadline <= self.now()) {
            self.facts.push_back(Event::Tick.into());
        }
    }

    /// PID 1 takes everything with it. Elsewhere, what post-stop hooks left behind would stay, and the terminal would be
    /// with a group that is no more.
    fn leave(&mut self, code: u8) {
        if let Some(reaction) = self.quirks.farewell {
            self.say_farewell(reaction);
        }
        let now = self.now();
        self.reporter.ends(now, code, &self.tally);
        if !process::is_pid_1() {
            if self.config.wait != Wait::Leave {
                let _ = process::signal_descendants(Signal::KILL);
            }
            if let Some(terminal) = self.programs.terminal {
                terminal.take();
            }
        }
    }

    fn say_farewell(&self, reaction: Reaction) {
        if let (Reaction::Forward(signal), Some(group)) = (reaction, self.left_group) {
            let _ = process::signal_group(group, signal);
        }
        self.reporter.farewell(reaction);
    }

    /// Reaps, and tells the machine, until there is nothing left to tell.
    fn settle(&mut self) {
        while self.exit.is_none() {
            if mem::take(&mut self.reap) && !self.reap_all() {
                self.reporter.childless();
                self.facts.push_back(Event::Alone.into());
            }
            let Some(fact) = self.next_fact() else { return };
            self.tell(&fact);
        }
    }

    /// A signal that came in one go with another one, about which a plugin thinks now, waits as if it were still in the
    /// kernel.
    fn next_fact(&mut self) -> Option<Fact> {
        if self.config.plugins.is_empty() {
            return self.facts.pop_front();
        }
        let is_taken = |fact: &Fact| fact.signal.is_none_or(|received| self.machine.takes(received.signal));
        let at = self.facts.iter().position(is_taken)?;
        self.facts.remove(at)
    }

    /// Says whether there are children left.
    fn reap_all(&mut self) -> bool {
        loop {
            match process::reap() {
                Reaped::One(pid, outcome) => self.reaped(pid, outcome),
                Reaped::Stopped(pid, signal) => self.stopped(pid, signal),
                Reaped::NoneYet => return true,
                Reaped::NoChild => return false,
            }
        }
    }

    fn reaped(&mut self, pid: Pid, outcome: Outcome) {
        let (process, mut outcome, obstacle) = match self.children.reaped(pid, outcome) {
            None => {
                self.tally.reaped();
                return self.reporter.reaped(pid, outcome, None);
            }
            Some((Role::Command, outcome, obstacle)) => return self.command_ended(pid, outcome, obstacle),
            Some((Role::Known(process), outcome, obstacle)) => (process, outcome, obstacle),
        };
        if let Some(obstacle) = obstacle {
            self.reporter.not_executed(&self.program(process), pid, obstacle);
            if let Some(tool) = self.quirks.tool {
                outcome = Outcome::Exited(tool.exec_failure(obstacle.errno.raw_os_error()));
            }
        }
        self.reporter.reaped(pid, outcome, Some(process));
        if process == self.main() && self.is_group(process) {
            self.left_group = Some(pid);
        }
        match process {
            Process::Host(id) => self.host_ended(id, outcome),
            Process::Service(_) | Process::Probe(_) | Process::Hook(_) => self.tally.reaped(),
        }
        self.facts.push_back(Event::Exited(process, outcome).into());
    }

    fn main(&self) -> Process {
        Process::Service(self.config.main_id())
    }

    /// The main service's process was stopped, from the terminal that it has. As a job of a shell we stop with it, or the
    /// shell would wait for ever; as PID 1 there is no shell, and nobody who would continue it.
    fn stopped(&self, pid: Pid, signal: Signal) {
        let is_main = self.children.pid(self.main()) == Some(pid);
        let stops_by_itself = !self.quirks.suspended_by.is_empty();
        let Some(terminal) = self.programs.terminal.filter(|_| is_main && !stops_by_itself) else { return };
        match (signal, process::is_pid_1()) {
            (Signal::TSTP, true) => {}
            // It wants to read, which whoever is in front may.
            (Signal::TTIN | Signal::TTOU, is_pid_1)
                if self.programs.keeps_terminal() && (is_pid_1 || terminal.is_here()) =>
            {
                terminal.give(pid);
            }
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
            // It was said when it was reaped.
            (Event::Exited(Process::Host(_), _), _) => {}
            (Event::Exited(process, outcome), _) => self.reporter.ended(process, outcome),
            (Event::Signal(signal, _), Some(_)) if self.handed_off.contains(signal) => {
                self.handed_off.remove(signal);
                return self.reporter.handed_off(signal);
            }
            (Event::Signal(signal, source), Some(received)) => {
                self.reporter.received(&received, || self.machine.reaction(signal, source));
                if self.config.stop_signal == Some(signal) && self.config.is_decided(signal) {
                    let now = self.now();
                    self.plugins.stop_asked(now, received);
                }
            }
            (Event::Ready(id), _) => self.reporter.ready(id),
            (Event::Started(_) | Event::Answered(..) | Event::Alone | Event::Tick | Event::Signal(..), _) => {}
        }
        let now = self.now();
        self.machine.handle(now, event, &mut self.orders);
        if self.machine.is_stopping() {
            if self.tally.began().is_none() {
                let (when, by) = self.stop_request(now);
                self.tally.begin(when, by);
            }
            self.tally.event(now, event);
        }
        self.carry_out(signal);
        if signal.is_some_and(|received| self.quirks.suspended_by.contains(received.signal)) {
            self.reporter.suspends();
            process::stop();
        }
    }

    fn carry_out(&mut self, received: Option<Received>) {
        let now = self.now();
        let mut orders = mem::take(&mut self.orders);
        for order in orders.drain(..) {
            if self.machine.is_stopping() {
                self.tally.action(now, order);
            }
            match order {
                Action::Spawn(process) => self.spawn(process),
                Action::Call(hook) => self.call(hook, received),
                Action::Signal(target, signal) => self.signal(target, signal),
                Action::Forward(id, signal) => self.forward(id, signal, received.or(self.plugins.decided())),
                Action::Tell(note) => self.reporter.note(note),
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
        let program = self.program(process);
        if process == self.main() {
            if program.session == Session::Session {
                self.leave_terminal();
            } else if let Some(terminal) = self.programs.terminal.filter(|_| self.programs.keeps_terminal()) {
                // A hook may have had it.
                terminal.take();
            }
        }
        let spawned = match process {
            Process::Host(id) => self.spawn_host(id, &program),
            Process::Service(_) | Process::Probe(_) | Process::Hook(_) => spawn::spawn(&program, self.inheritance, &[]),
        };
        match spawned {
            Ok(spawned) => {
                self.reporter.started(process, &program, spawned.pid());
                self.children.add(Role::Known(process), spawned);
            }
            Err(errno) => {
                self.reporter.not_started(process, errno);
                if self.quirks.tool.is_some() {
                    self.exit = Some(personality::FAILURE);
                }
                self.facts.push_back(Event::Exited(process, Outcome::NotStarted(Failure::NoProcess)).into());
                // Nothing will announce it if nobody is left.
                self.reap = true;
            }
        }
    }

    /// For the session of the main service to have it.
    fn leave_terminal(&mut self) {
        let left = Terminal::leave();
        if left == Ok(true) {
            self.handed_off = self.quirks.hand_off;
        }
        self.reporter.terminal_left(left);
    }
}
