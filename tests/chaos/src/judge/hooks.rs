//! Hooks run when they should, and as often.

use wigwag_core::{
    Signal,
    config::{HookPoint, RepeatStop, Service},
};

use super::Case;
use crate::inside;

impl Case<'_> {
    pub(super) fn judge_hooks(&mut self) {
        self.judge_once();
        self.judge_pre_start();
        self.judge_pre_stop();
        if self.seen.ended.is_some() {
            self.judge_post_stop();
        }
    }

    fn told_start(&self, label: &str) -> usize {
        self.seen.story.iter().filter(|line| line.label == label && line.is_start()).count()
    }

    /// No hook but those for a signal runs twice.
    fn judge_once(&mut self) {
        for point in [HookPoint::PreStart, HookPoint::PostStart, HookPoint::PreStop, HookPoint::PostStop] {
            for label in self.hooks_at(point) {
                let count = self.told_start(&label).max(self.said("started", &label).count());
                self.unless(count <= 1, || format!("{} hook {label} was started {count} times", point.name()));
            }
        }
    }

    fn judge_pre_start(&mut self) {
        let services = self.services();
        let first_service = self.seen.story.iter().position(|line| line.is_start() && services.contains(&line.label));
        for label in self.hooks_at(HookPoint::PreStart) {
            let told = self.seen.story.iter().position(|line| line.is_start() && line.label == label);
            if let (Some(told), Some(service)) = (told, first_service) {
                self.unless(told < service, || format!("pre-start hook {label} told after a service"));
            }
            let said = self.said("started", &label).next();
            let service = services.iter().filter_map(|service| self.said("started", service).next()).min();
            if let Some(service) = service {
                let holds = said.is_some_and(|said| said < service);
                self.unless(holds, || format!("pre-start hook {label} did not run before the services"));
            }
        }
    }

    /// Only of a stop, and only for a main service that is there; then all of them, if nobody is in a hurry.
    fn judge_pre_stop(&mut self) {
        let labels = self.hooks_at(HookPoint::PreStop);
        let starts: Vec<Option<usize>> = labels.iter().map(|label| self.said("started", label).next()).collect();
        let Some(first) = starts.iter().flatten().min().copied() else {
            if self.has_journal() && !labels.is_empty() && self.needs_pre_stop() {
                self.problem(
                    "no pre-stop hook ran, although the main service was there when the stop was asked for".into(),
                );
            }
            return;
        };
        let hurried = self.plan.config.repeat_stop == RepeatStop::Escalate;
        self.unless(hurried || starts.iter().all(Option::is_some), || "not all pre-stop hooks ran".to_string());
        let main = self.main();
        let started = self.said("started", &main).filter(|at| *at < first).count();
        let ended = self.said("ended", &main).filter(|at| *at < first).count();
        self.unless(started > ended, || "a pre-stop hook ran without the main service".to_string());
        let stop = self.stop_begin();
        self.unless(stop.is_some_and(|stop| stop < first), || "a pre-stop hook ran without a stop".to_string());
    }

    fn needs_pre_stop(&self) -> bool {
        let Some((asked, _)) = self.asked() else { return false };
        let main = self.main();
        let count = |kind| self.said(kind, &main).filter(|at| *at < asked).count();
        self.stop_begin() == Some(asked) && count("started") > count("ended")
    }

    /// Each exactly once, in their order, when everybody is gone.
    fn judge_post_stop(&mut self) {
        let labels = self.hooks_at(HookPoint::PostStop);
        let first = self.seen.story.iter().position(|line| line.is_start() && labels.contains(&line.label));
        let mut last = 0;
        for (at, label) in labels.iter().enumerate() {
            let said = self.said("started", label).next();
            if self.has_journal() {
                self.unless(said.is_some(), || format!("post-stop hook {label} was not started"));
                self.unless(said.unwrap_or(last) >= last, || format!("post-stop hook {label} was started too early"));
                last = said.unwrap_or(last);
            }
            let pid = said.and_then(|at| self.journal()[at].number("pid")).and_then(|pid| i32::try_from(pid).ok());
            // One that was hit, or cut short, before it could tell.
            let silent =
                self.was_hit(label, pid) || self.said("hook-timed-out", label).next().is_some() || !self.has_journal();
            self.unless(silent || self.told_start(label) == 1, || format!("post-stop hook {label} did not run"));
            self.judge_census(label, &labels[..at]);
        }
        let Some(first) = first else { return };
        let later = self.seen.story[first..]
            .iter()
            .find(|line| !labels.contains(&line.label) && line.label != crate::launcher::LABEL);
        if let Some(line) = later.cloned() {
            self.excusable(format!(
                "{} (pid {}) told `{}` after a post-stop hook began",
                line.label, line.pid, line.text
            ));
        }
        self.judge_ended();
    }

    /// What it saw: nobody but what earlier post-stop hooks left behind.
    fn judge_census(&mut self, label: &str, earlier: &[String]) {
        let sees =
            self.seen.story.iter().filter(|line| line.label == label).find_map(|line| line.text.strip_prefix("sees"));
        let Some(sees) = sees.map(str::to_string) else { return };
        let strangers = sees.split_whitespace().filter(|member| {
            let (_, program) = member_of(member);
            let is_known = earlier.iter().any(|earlier| program.strip_prefix("./") == Some(earlier));
            // One without a name is ending, or not executed yet: an earlier hook that had no time left, or its child.
            !is_known && (earlier.is_empty() || !program.is_empty())
        });
        // What is killed and not gone, because the machine has no time for it, is given up: that is documented.
        let (killed, alive): (Vec<&str>, Vec<&str>) =
            strangers.partition(|member| member_of(member).0 == inside::KILLED);
        if !killed.is_empty() {
            self.verdict.excused.push(format!("post-stop hook {label} saw {}, which was killed", killed.join(", ")));
        }
        if !alive.is_empty() {
            self.excusable(format!("post-stop hook {label} saw {}", alive.join(", ")));
        }
    }

    /// In the journal, too: whatever was started has ended.
    fn judge_ended(&mut self) {
        let labels = self.hooks_at(HookPoint::PostStop);
        let Some(first) = labels.iter().filter_map(|label| self.said("started", label).next()).min() else { return };
        for label in self.services() {
            let count = |kind| self.said(kind, &label).filter(|at| *at < first).count();
            if count("started") != count("ended") {
                self.excusable(format!("`{label}` had not ended when a post-stop hook began"));
            }
        }
    }

    /// What the documentation allows the init when SIGKILL does not end a process in time: on a busy machine.
    fn excusable(&mut self, problem: String) {
        if self.gave_somebody_up() {
            self.verdict.excused.push(problem);
        } else {
            // What it gave up is not known where nobody kept what it said.
            let is_excused = !self.has_journal() && self.is_overloaded();
            let list = if is_excused { &mut self.verdict.excused } else { &mut self.verdict.problems };
            list.push(problem);
        }
    }

    /// The signals that ask for a stop, from wherever; where in the journal the first one is, and which it was.
    pub(super) fn asked(&self) -> Option<(usize, Signal)> {
        let first = self.said("started", &self.main()).next().unwrap_or(usize::MAX);
        let journal = self.journal().iter().enumerate();
        journal.filter(|(_, event)| event.is("received")).find_map(|(at, event)| {
            let reaction = event.get("reaction");
            // Before there is a main service, what is sent to end it means all that is there.
            let asks = reaction == "stop" || at < first && ["SIGINT", "SIGQUIT"].contains(&reaction);
            asks.then(|| event.get("signal").parse().ok()).flatten().map(|signal| (at, signal))
        })
    }

    pub(super) fn service(&self, label: &str) -> Option<&Service> {
        self.plan.config.services.iter().find(|service| service.name == label)
    }
}

/// The state and the program of somebody in a census.
fn member_of(member: &str) -> (&str, &str) {
    let mut parts = member.splitn(3, ':').skip(1);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}
