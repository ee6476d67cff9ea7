//! The machine's surroundings, as a value: what somebody outside knows.

use super::*;

/// A process, as the kernel and whoever gave the orders know it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Child {
    #[default]
    Unborn,
    Alive {
        executes: bool,
        told: Told,
    },
    Gone,
}

/// The last word to a process; each is stronger than those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Told {
    Nothing,
    ToEnd,
    Killed,
    /// Killed in vain, and waited for no longer.
    GivenUp,
}

pub(super) const BORN: Child = Child::Alive { executes: false, told: Told::Nothing };

impl Child {
    pub(super) fn is_alive(self) -> bool {
        self.told().is_some()
    }

    /// Whether nobody waits for it.
    pub(super) fn is_out(self) -> bool {
        self.told().is_none_or(|told| told == Told::GivenUp)
    }

    pub(super) fn told(self) -> Option<Told> {
        match self {
            Self::Alive { told, .. } => Some(told),
            Self::Unborn | Self::Gone => None,
        }
    }

    pub(super) fn tell(&mut self, word: Told) {
        if let Self::Alive { told, .. } = self {
            *told = word.max(*told);
        }
    }

    pub(super) fn execute(&mut self) {
        if let Self::Alive { executes, .. } = self {
            *executes = true;
        }
    }
}

/// A service, as it should be. A clock is the time until something is due.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct ServiceSeen {
    pub(super) process: Child,
    pub(super) probe: Child,
    pub(super) outcome: Option<Outcome>,
    pub(super) readiness: ReadySeen,
    /// It was ready once, or has done its work.
    pub(super) is_done: bool,
    pub(super) restarts: u8,
    /// Until the restarts are counted anew; nothing is due then.
    pub(super) well_in: Option<Millis>,
    pub(super) not_ready_in: Option<Millis>,
    pub(super) again_in: Option<Millis>,
    /// Until the probe that runs is killed, or the next one is started.
    pub(super) probe_in: Option<Millis>,
    /// Until one that is held must be told to stop.
    pub(super) ask_in: Option<Millis>,
    pub(super) final_in: Option<Millis>,
    pub(super) give_up_in: Option<Millis>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum ReadySeen {
    #[default]
    NotYet,
    Ready,
    /// It was not ready in time.
    Late,
}

impl ServiceSeen {
    fn clocks(&mut self) -> [&mut Option<Millis>; 6] {
        let Self { not_ready_in, again_in, probe_in, ask_in, final_in, give_up_in, .. } = self;
        [not_ready_in, again_in, probe_in, ask_in, final_in, give_up_in]
    }

    /// Nothing is waited for but its end, for `final_in` and `give_up_in`.
    pub(super) fn stop_clocks(&mut self) {
        for clock in self.clocks() {
            *clock = None;
        }
    }
}

/// The hook that runs, until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Current {
    pub(super) id: HookId,
    pub(super) kill_in: Option<Millis>,
    /// Its plugin was called, if it is one.
    pub(super) called: bool,
}

/// The post-start hooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum PostStart {
    NotYet,
    Due,
    Begun,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct StopSeen {
    pub(super) cause: Cause,
    /// What the main service gets.
    pub(super) word: Word,
    pub(super) began: Began,
    pub(super) elapsed: Millis,
    pub(super) hurried: bool,
    /// A step took longer than its time, so that others may get less than theirs.
    pub(super) disturbed: bool,
    pub(super) frozen: bool,
}

/// When a stop began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Began {
    BeforeTheServices,
    /// The main service had a process.
    WithMain,
    WithoutMain,
}

/// The leftovers' time has begun.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Left {
    pub(super) asked: bool,
    pub(super) kill_in: Option<Millis>,
    pub(super) give_up_in: Option<Millis>,
}

/// The machine and everything it cannot see.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) state: State,
    pub(super) services: Vec<ServiceSeen>,
    pub(super) hooks: Vec<Child>,
    pub(super) hosts: Vec<HostSeen>,
    pub(super) asked: Option<AskedSeen>,
    /// The stop signal came while a plugin was asked about another one.
    pub(super) waiting: Option<AskedSeen>,
    pub(super) later: Vec<LaterSeen>,
    pub(super) current: Option<Current>,
    /// The hook that must follow the one that ended just now.
    pub(super) next: Option<HookId>,
    pub(super) descendant: Child,
    /// The kernel's queue of signals that the machine does not take.
    pub(super) queue: BTreeSet<(Signal, Source)>,
    /// Signals whose hooks are to run.
    pub(super) due: BTreeSet<Signal>,
    pub(super) post_start: PostStart,
    pub(super) stop: Option<StopSeen>,
    /// The main service's stop timeout, from when its turn to stop came.
    pub(super) main_left: Option<Millis>,
    pub(super) left: Option<Left>,
    pub(super) exited: bool,
}

impl World {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            state: Machine::new(config).state,
            services: vec![ServiceSeen::default(); config.services.len()],
            hooks: vec![Child::Unborn; config.hooks.len()],
            hosts: vec![HostSeen::default(); config.plugins.len()],
            asked: None,
            waiting: None,
            later: vec![],
            current: None,
            next: None,
            descendant: Child::Unborn,
            queue: BTreeSet::new(),
            due: BTreeSet::new(),
            post_start: PostStart::NotYet,
            stop: None,
            main_left: None,
            left: None,
            exited: false,
        }
    }

    pub(super) fn children(&self) -> impl Iterator<Item = Child> {
        let services = self.services.iter().flat_map(|service| [service.process, service.probe]);
        let hosts = self.hosts.iter().map(|host| host.process);
        services.chain(self.hooks.iter().copied()).chain(hosts).chain([self.descendant])
    }

    pub(super) fn children_mut(&mut self) -> impl Iterator<Item = &mut Child> {
        let services = self.services.iter_mut().flat_map(|service| [&mut service.process, &mut service.probe]);
        let hosts = self.hosts.iter_mut().map(|host| &mut host.process);
        services.chain(&mut self.hooks).chain(hosts).chain([&mut self.descendant])
    }

    pub(super) fn nobody(&self) -> bool {
        !self.children().any(Child::is_alive)
    }

    /// Whether the next one to be reaped is the last one.
    pub(super) fn is_last(&self) -> bool {
        self.children().filter(|child| child.is_alive()).count() == 1
    }

    pub(super) fn child_mut(&mut self, process: Process) -> &mut Child {
        match process {
            Process::Service(id) => &mut self.services[id.0].process,
            Process::Probe(id) => &mut self.services[id.0].probe,
            Process::Hook(id) => &mut self.hooks[id.0],
            Process::Host(id) => &mut self.hosts[id.0].process,
        }
    }

    /// Whether the services' turn has not come yet.
    pub(super) fn is_at_pre_start(&self) -> bool {
        match &self.stop {
            Some(stop) => stop.began == Began::BeforeTheServices,
            None => self.services.iter().all(|service| service.process == Child::Unborn),
        }
    }

    /// The time until the next thing is due.
    pub(super) fn first_clock(&self) -> Option<Millis> {
        let hook = self.current.and_then(|current| current.kill_in);
        let left = self.left.iter().flat_map(|left| [left.kill_in, left.give_up_in]);
        let services = self.services.iter().flat_map(|seen| {
            [seen.not_ready_in, seen.again_in, seen.probe_in, seen.ask_in, seen.final_in, seen.give_up_in]
        });
        let asked = self.asked.and_then(|asked| asked.kill_in);
        let later = self.later.iter().map(|later| later.due_in);
        services.chain(left).flatten().chain(hook).chain(asked).chain(later).min()
    }

    fn clocks(&mut self) -> impl Iterator<Item = &mut Millis> {
        let hook = self.current.iter_mut().map(|current| &mut current.kill_in);
        let left = self.left.iter_mut().flat_map(|left| [&mut left.kill_in, &mut left.give_up_in]);
        let asked = self.asked.iter_mut().chain(&mut self.waiting).map(|asked| &mut asked.kill_in);
        let later = self.later.iter_mut().map(|later| &mut later.due_in);
        let services = self.services.iter_mut().flat_map(ServiceSeen::clocks);
        services.chain(hook).chain(left).chain(asked).flatten().chain(later)
    }

    /// Time passes. All times are relative to now, so that equal situations are equal values.
    pub(super) fn pass(&mut self, time: Millis, cap: Millis) {
        for at in self.clocks() {
            *at = at.minus(time);
        }
        for at in self.services.iter_mut().filter_map(|service| service.well_in.as_mut()).chain(&mut self.main_left) {
            *at = at.minus(time);
        }
        if let Some(stop) = &mut self.stop {
            stop.elapsed = stop.elapsed.plus(time).min(cap);
        }
        self.pass_plugins(time, cap);
        self.state.pass(time);
    }
}

impl State {
    fn pass(&mut self, time: Millis) {
        let hook = self.hook.iter_mut().filter_map(|hook| hook.until.as_mut());
        let stop = self.stop.iter_mut().map(|stop| &mut stop.end);
        let services = self.services.iter_mut().flat_map(ServiceState::times);
        let asked = self
            .asked
            .iter_mut()
            .chain(&mut self.waiting)
            .flat_map(|asked| [Some(&mut asked.end), asked.until.as_mut()])
            .flatten();
        let later = self.later.iter_mut().map(|later| &mut later.at);
        let hosts = self.hosts.iter_mut().filter_map(|host| match &mut host.life {
            HostLife::Down { again_at } => Some(again_at),
            HostLife::Up | HostLife::Killed => None,
        });
        for at in services.chain(hook).chain(stop).chain(&mut self.until).chain(asked).chain(later).chain(hosts) {
            *at = at.minus(time);
        }
    }
}

impl ServiceState {
    fn times(&mut self) -> impl Iterator<Item = &mut Millis> {
        let life = match &mut self.life {
            Life::Waiting | Life::Ready | Life::Ended => [None, None],
            Life::Starting { until } | Life::Stopping { until } | Life::Forced { until } => [until.as_mut(), None],
            Life::Held { ask, until } => [Some(ask), Some(until)],
            Life::Backoff { until } => [Some(until), None],
        };
        let probe = match &mut self.probe {
            Probe::None | Probe::Killed => None,
            Probe::Due(at) | Probe::Running(at) => Some(at),
        };
        life.into_iter().flatten().chain(probe).chain(&mut self.stop_until).chain(&mut self.well_at)
    }
}
