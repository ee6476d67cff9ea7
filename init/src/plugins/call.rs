//! What a plugin is told when one of its hooks is called.

use wigwag_core::{
    Config, HookId, Machine, Millis, Process, Source,
    config::{HookPoint, Reaction},
    plugin::message::{Call, Context, Incoming, Invocation, ServiceInfo, Summary},
};

use crate::{children::Children, sys::signals::Received, tally::Tally};

/// How things are.
pub struct Moment<'m> {
    pub now: Millis,
    /// When the init was started.
    pub start: Millis,
    pub config: &'m Config,
    pub machine: &'m Machine<'m>,
    pub children: &'m Children,
    pub tally: &'m Tally,
    /// The signal that came just now.
    pub received: Option<Received>,
}

impl Moment<'_> {
    /// The call of this hook; none for a hook at a point that cannot be now.
    pub fn call(&self, id: u32, hook: HookId) -> Option<Call> {
        Some(Call { id, context: self.context(hook), hook: self.invocation(hook)? })
    }

    fn context(&self, hook: HookId) -> Context {
        Context {
            now: self.now,
            deadline: self.machine.call_deadline(hook).unwrap_or(Millis(u64::MAX)),
            uptime: self.now.minus(self.start),
            phase: self.machine.phase(),
            budget: self.machine.budget_left(self.now, hook),
            services: self
                .config
                .services()
                .map(|(id, service)| ServiceInfo {
                    name: service.name.clone(),
                    main: service.main,
                    state: self.machine.status(id),
                    pid: self.children.pid(Process::Service(id)).map(|pid| pid.as_raw_pid().unsigned_abs()),
                    outcome: self.machine.outcome(id),
                })
                .collect(),
        }
    }

    fn invocation(&self, hook: HookId) -> Option<Invocation> {
        Some(match self.config.hook(hook)?.point {
            HookPoint::OnSignal => Invocation::OnSignal(self.incoming(self.received?)),
            HookPoint::PreStart => Invocation::PreStart,
            HookPoint::PostStart => Invocation::PostStart,
            HookPoint::PreStop => Invocation::PreStop(self.machine.stop_cause()?),
            HookPoint::PostStop => Invocation::PostStop(self.summary()),
        })
    }

    fn incoming(&self, received: Received) -> Incoming {
        let Received { signal, pid, uid, .. } = received;
        let source = received.source();
        Incoming {
            signal,
            source,
            sender: (source == Source::Process).then_some((pid, uid)),
            asks_for_stop: self.config.reaction_without_plugin(signal) == Reaction::Stop,
        }
    }

    fn summary(&self) -> Summary {
        let began = self.tally.began().unwrap_or(self.now);
        Summary {
            outcome: self.machine.outcome(self.config.main_id()),
            ran: began.minus(self.start),
            stopped_for: self.now.minus(began),
            forced: self.tally.was_forced(),
        }
    }
}
