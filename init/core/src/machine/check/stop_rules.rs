//! The order of a stop, and its end.

use super::{foresight::Expected, *};
use crate::FailureCause;

impl Checker<'_> {
    /// Whether the pre-stop hooks are over, or there is nothing to prepare.
    pub(super) fn is_prepared(&self, world: &World) -> bool {
        let Some(stop) = &world.stop else { return false };
        let hooks = world.current.map(|current| self.config.hooks[current.id.0].point);
        let all_ran = self.config.hooks_at(HookPoint::PreStop).all(|(id, _)| world.hooks[id.0] != Child::Unborn);
        hooks.is_none_or(|point| point == HookPoint::PostStop)
            && (stop.began != Began::WithMain || stop.hurried || all_ran)
    }

    /// Whether the service may be told to stop.
    pub(super) fn has_turn(&self, world: &World, id: ServiceId) -> bool {
        self.is_prepared(world) && self.config.successors(id).all(|other| world.services[other.0].process.is_out())
    }

    pub(super) fn are_services_out(world: &World) -> bool {
        world.services.iter().all(|seen| seen.process.is_out())
    }

    /// Whose turn to stop has come has been told, or is held.
    pub(super) fn turns(&self, world: &mut World) -> Result<(), Broken> {
        if world.stop.is_none() || world.exited {
            return Ok(());
        }
        for (id, service) in self.config.services() {
            if !self.has_turn(world, id) {
                continue;
            }
            let stop = world.stop.as_ref();
            let limit = stop.zip(service.stop_timeout).map(|(stop, own)| self.service_limit(stop, id, own));
            let time = world.services[id.0].final_in.map_or_else(|| self.service_time(world, id), |at| Ok(Some(at)));
            let is_told =
                world.services[id.0].process.told() == Some(Told::Nothing) && self.word_is_deliveries(world, id);
            let seen = &mut world.services[id.0];
            match seen.process.told() {
                Some(Told::Nothing) if is_told => {
                    let time = time?;
                    seen.stop_clocks();
                    seen.final_in = time;
                    seen.process.tell(Told::ToEnd);
                    if service.main {
                        world.main_left = time;
                    }
                }
                Some(Told::Nothing) => {
                    let time = time?;
                    let may_wait = self.config.hold_until == HoldUntil::Ready && seen.readiness == ReadySeen::NotYet;
                    rule(may_wait, "a service is told when its turn has come")?;
                    let Some(time) = time else { return Err("for how long is it held?".into()) };
                    seen.ask_in.get_or_insert(Millis(time.0 / 2));
                    seen.final_in = Some(time);
                    if service.main {
                        world.main_left = Some(time);
                    }
                }
                // It was told before there was a stop.
                Some(Told::ToEnd) => seen.final_in = seen.final_in.into_iter().chain(limit).min(),
                Some(Told::Killed) => {
                    seen.give_up_in.get_or_insert(REAP_TIME);
                }
                Some(Told::GivenUp) | None => {}
            }
        }
        if self.is_prepared(world) && Self::are_services_out(world) && self.config.wait != Wait::Leave {
            self.begin_left(world)?;
        }
        Ok(())
    }

    pub(super) fn signal_leftovers(
        &mut self,
        world: &mut World,
        signal: Signal,
        orders: &[Action],
    ) -> Result<(), Broken> {
        rule(self.config.wait != Wait::Leave, "leftovers are left alone")?;
        rule(self.is_prepared(world) && Self::are_services_out(world), "leftovers come after the services")?;
        self.begin_left(world)?;
        let main = self.config.main().ok_or("there is no main service")?;
        let own = Some(main.stop_signal).filter(|signal| signal.ends_by_default());
        let asks = match main.kill_mode {
            KillMode::Process => None,
            KillMode::Mixed | KillMode::Group => self.config.leftover_signal.or(own).or(Some(TERM)),
        };
        let is_asked_again = world.stop.as_ref().is_some_and(|stop| stop.hurried);
        let hurried = is_asked_again || self.config.wait == Wait::Main;
        let time = world.stop.as_ref().filter(|stop| !stop.hurried).map(|stop| self.end_in(stop));
        let Some(left) = &mut world.left else { return Err("leftovers' time has not begun".into()) };
        let order = if signal == Signal::KILL {
            rule(left.give_up_in.is_none(), "leftovers are killed once")?;
            rule(left.asked || asks.is_none(), "leftovers are asked before they are killed")?;
            rule(hurried || left.kill_in == Some(Millis::ZERO), "leftovers have their time")?;
            let told = orders.contains(&Action::Tell(Note::LeftoversKilled));
            rule(told != hurried, "that leftovers had no time left is told of, and nothing else")?;
            left.kill_in = None;
            left.give_up_in = time.max(Some(REAP_TIME));
            Told::Killed
        } else if signal == Signal::CONT {
            rule(left.asked, "leftovers are asked before they are continued")?;
            return Ok(());
        } else {
            rule(Some(signal) == asks && !left.asked, "leftovers get their signal once")?;
            self.seen.insert(Seen::LeftoversAsked(signal));
            left.asked = true;
            Told::ToEnd
        };
        world.children_mut().for_each(|child| child.tell(order));
        Ok(())
    }

    pub(super) fn note(
        &self,
        world: &mut World,
        note: Note,
        orders: &[Action],
        expected: &Expected,
    ) -> Result<(), Broken> {
        let kills = |target| orders.contains(&Action::Signal(target, Signal::KILL));
        let is_due = |clock: Option<Millis>| clock == Some(Millis::ZERO);
        let is_right = match note {
            Note::HookFailed(..) | Note::Restarts(..) | Note::GivenUp(..) | Note::Ended(..) => {
                expected.notes.contains(&note)
            }
            Note::HookTimedOut(id) => match self.config.plugin_of(id) {
                Some(_) => {
                    let current = world.current.filter(|current| current.id == id);
                    if current.is_some_and(|current| !current.called) {
                        self.hook_over(world, id, Err(FailureCause::Timeout));
                    }
                    current.is_some_and(|current| is_due(current.kill_in))
                }
                None => kills(Target::Process(Process::Hook(id))),
            },
            Note::CallFailed(..) => expected.notes.contains(&note),
            Note::FinalSignal(id) => kills(Target::Process(Process::Service(id))),
            Note::LeftoversKilled => kills(Target::Leftovers),
            Note::NotReady(id) => {
                let seen = &mut world.services[id.0];
                let is_right = is_due(seen.not_ready_in) && seen.readiness == ReadySeen::NotYet;
                seen.readiness = ReadySeen::Late;
                seen.not_ready_in = None;
                seen.probe_in = None;
                is_right
            }
            Note::Unkillable(Target::Process(Process::Service(id))) => {
                let seen = &mut world.services[id.0];
                let is_right = is_due(seen.give_up_in);
                seen.process.tell(Told::GivenUp);
                seen.outcome = Some(Outcome::Killed(Signal::KILL));
                seen.stop_clocks();
                if let Some(stop) = &mut world.stop {
                    stop.disturbed = true;
                }
                is_right
            }
            Note::Unkillable(Target::Leftovers) => {
                world.children_mut().for_each(|child| child.tell(Told::GivenUp));
                world.left.as_mut().is_some_and(|left| is_due(left.give_up_in.take()))
            }
            Note::Unkillable(Target::Process(Process::Probe(_) | Process::Hook(_) | Process::Host(_))) => false,
        };
        if is_right { Ok(()) } else { Err(format!("{note:?} is not so")) }
    }

    /// Post-stop hooks, and the end, come when everybody is gone.
    pub(super) fn gone_rule(&self, world: &mut World) -> Result<(), Broken> {
        if let Some(left) = &mut world.left {
            (left.kill_in, left.give_up_in) = (None, None);
        }
        let hooks = self.config.hooks.iter().zip(&world.hooks).filter(|(hook, _)| hook.point != HookPoint::PostStop);
        let hosts = world.hosts.iter().filter(|host| !host.at_post_stop).map(|host| host.process);
        let mut others = hooks.map(|(_, child)| *child).chain(hosts).chain([world.descendant]);
        let mut probes = world.services.iter().map(|seen| seen.probe);
        rule(self.is_prepared(world) && Self::are_services_out(world), "the services end first")?;
        if self.config.wait == Wait::Leave {
            return rule(probes.all(|probe| probe.told() != Some(Told::Nothing)), "no probe stays");
        }
        rule(others.all(Child::is_out) && probes.all(Child::is_out), "post-stop: all are gone")
    }

    pub(super) fn exit(&mut self, world: &mut World, code: u8) -> Result<(), Broken> {
        self.gone_rule(world)?;
        let mut post_stop = self.config.hooks_at(HookPoint::PostStop);
        let all_ran = post_stop.all(|(id, hook)| (world.hooks[id.0] != Child::Unborn) == self.is_occasion(world, hook));
        rule(all_ran && world.current.is_none() && world.next.is_none(), "the post-stop hooks have run")?;
        world.exited = true;
        self.seen.insert(Seen::Exit(code));
        let mapped = self.right_mapped_code(world);
        if code == mapped { Ok(()) } else { Err(format!("exit {code}, not {mapped}")) }
    }

    pub(super) fn right_mapped_code(&self, world: &World) -> u8 {
        let right = self.right_code(world);
        self.config.exit_codes.iter().find(|(from, _)| *from == right).map_or(right, |(_, to)| *to)
    }

    fn right_code(&self, world: &World) -> u8 {
        let main = self.config.main_id();
        let outcome = world.services[main.0].outcome;
        let asked_by = Outcome::Killed(self.config.services[main.0].stop_signal);
        // What is to blame for the stop, if anything but the main service and the platform is.
        let failure = match world.stop.as_ref().map(|stop| stop.cause) {
            Some(Cause::Aborted) => Some(125),
            Some(Cause::Ended(id, failure)) if id != main && !failure.is_success() => Some(failure.code()),
            Some(Cause::Asked(_) | Cause::Ended(..)) | None => None,
        };
        match (outcome, failure, world.stop.as_ref().map(|stop| stop.cause)) {
            (Some(outcome), Some(failure), _) if outcome.is_success() || outcome == asked_by => failure,
            (Some(outcome), ..) => outcome.code(),
            (None, Some(failure), _) => failure,
            (None, None, Some(Cause::Asked(signal))) => signal.number() | 128,
            (None, None, _) => 125,
        }
    }
}
