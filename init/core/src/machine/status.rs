//! How things are, for the plugins that are called.

use super::{Cause, Machine, services::Life};
use crate::{
    HookId, Millis, ServiceId,
    config::HookPoint,
    plugin::message::{self, ServiceStatus},
};

impl Machine<'_> {
    /// What the container is doing.
    pub fn phase(&self) -> message::Phase {
        match self.state.stop {
            Some(_) => message::Phase::Stopping,
            None if self.state.all_ready => message::Phase::Running,
            None => message::Phase::Starting,
        }
    }

    /// What a service is doing.
    pub fn status(&self, id: ServiceId) -> ServiceStatus {
        match self.life(id) {
            Life::Waiting | Life::Backoff { .. } => ServiceStatus::Waiting,
            Life::Starting { .. } => ServiceStatus::Starting,
            Life::Ready => ServiceStatus::Ready,
            Life::Held { .. } | Life::Stopping { .. } | Life::Forced { .. } => ServiceStatus::Stopping,
            Life::Ended => ServiceStatus::Ended,
        }
    }

    /// Why the stop has begun, if one has.
    pub fn stop_cause(&self) -> Option<message::Cause> {
        let name = |id| self.config.service(id).map(|service| service.name.clone()).unwrap_or_default();
        self.state.stop.map(|stop| match stop.cause {
            Cause::Asked(signal) => message::Cause::Asked(signal),
            Cause::Aborted => message::Cause::Aborted,
            Cause::Ended(id, outcome) => message::Cause::Ended(name(id), outcome),
        })
    }

    /// In a stop, what is left of the grace period for this hook, less what later steps are owed.
    pub fn budget_left(&self, now: Millis, id: HookId) -> Option<Millis> {
        let stop = self.state.stop?;
        let left = match self.config.hook(id).map(|hook| hook.point)? {
            HookPoint::PreStop => stop.end.minus(self.owed_after(id)),
            HookPoint::PostStop => {
                let earlier = self.config.hooks_at(HookPoint::PostStop).filter(|(other, _)| *other <= id);
                stop.end.plus(earlier.filter_map(|(_, hook)| hook.timeout).sum())
            }
            HookPoint::PreStart | HookPoint::PostStart | HookPoint::OnSignal => stop.end,
        };
        Some(left.minus(now))
    }
}
