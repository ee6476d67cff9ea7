//! What each step of a stop may take.

use super::*;

impl Checker<'_> {
    /// Leftovers have what is left of the main service's time, and their own at least.
    pub(super) fn begin_left(&self, world: &mut World) -> Result<(), Broken> {
        let (Some(stop), None) = (&world.stop, &world.left) else { return Ok(()) };
        let own = self.config.leftover_timeout;
        let main = self.config.main_id();
        let kill_in = match self.config.services[main.0].stop_timeout {
            // The end is a guess, and must not cut anybody short.
            None => self.end_in(stop).max(own),
            Some(timeout) => {
                let left = world.main_left.unwrap_or_else(|| self.service_limit(stop, main, timeout));
                left.max(own).min(self.end_in(stop))
            }
        };
        rule(stop.disturbed || kill_in >= own, "leftovers have their own time")?;
        world.left = Some(Left { asked: false, kill_in: Some(kill_in), give_up_in: None });
        Ok(())
    }

    /// Until the post-stop hooks must begin.
    pub(super) fn end_in(&self, stop: &StopSeen) -> Millis {
        let post_stop = self.config.hooks_at(HookPoint::PostStop).filter_map(|(_, hook)| hook.timeout).sum();
        self.config.grace_period.minus(Millis(500)).minus(post_stop).minus(stop.elapsed)
    }

    /// A step has its own time, or what is left when the later steps have theirs; that is less only when an earlier step
    /// took longer than it may.
    pub(super) fn service_limit(&self, stop: &StopSeen, id: ServiceId, own: Millis) -> Millis {
        let owed = self.config.chain_below(id).plus(self.config.leftover_timeout);
        own.min(self.end_in(stop).minus(owed))
    }

    /// The time of one that is to be told now.
    pub(super) fn service_time(&self, world: &World, id: ServiceId) -> Result<Option<Millis>, Broken> {
        let (Some(stop), Some(own)) = (&world.stop, self.config.services[id.0].stop_timeout) else {
            return Ok(self.config.services[id.0].stop_timeout);
        };
        let limit = self.service_limit(stop, id, own);
        rule(stop.disturbed || limit == own, "a service has its own time")?;
        Ok(Some(limit))
    }

    pub(super) fn hook_time(&self, world: &World, id: HookId) -> Result<Option<Millis>, Broken> {
        let hook = &self.config.hooks[id.0];
        let (HookPoint::PreStop, Some(stop), Some(own)) = (hook.point, &world.stop, hook.timeout) else {
            return Ok(hook.timeout);
        };
        let later = self.config.hooks_at(HookPoint::PreStop).filter(|(other, _)| *other > id);
        let owed = later.filter_map(|(_, hook)| hook.timeout).sum::<Millis>();
        let owed = owed.plus(self.config.budget().stop).plus(self.config.leftover_timeout);
        let limit = own.min(self.end_in(stop).minus(owed));
        rule(stop.disturbed || limit == own, "a hook has its own time")?;
        Ok(Some(limit))
    }
}
