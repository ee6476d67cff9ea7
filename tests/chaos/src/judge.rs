//! What must hold of every round, as somebody would say who knows the documentation and not the code.

mod code;
mod hooks;
mod life;
mod order;
mod stop;
#[cfg(test)]
mod tests;
mod time;

use wigwag_core::config::HookPoint;

use crate::{
    journal::Event,
    plan::Plan,
    round::{Hit, Seen},
};

/// Of a machine that kept the sentinel waiting for so many milliseconds, nothing is said about times.
const OVERLOAD: u64 = 150;
/// Nor of one on which somebody waited for a processor for so many percent of the time.
const PRESSURE: u64 = 70;

/// What is wrong with a round.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What did not hold.
    pub problems: Vec<String>,
    /// What did not hold on a machine that was too busy to say whose fault it is.
    pub excused: Vec<String>,
}

/// A round, and what was seen of it.
struct Case<'a> {
    plan: &'a Plan,
    seen: &'a Seen,
    verdict: Verdict,
}

pub fn judge(plan: &Plan, seen: &Seen) -> Verdict {
    let mut case = Case { plan, seen, verdict: Verdict::default() };
    case.judge_time();
    case.judge_life();
    case.judge_hooks();
    case.judge_order();
    case.judge_code();
    case.verdict
}

impl Case<'_> {
    fn problem(&mut self, text: String) {
        self.verdict.problems.push(text);
    }

    fn unless(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.problem(problem());
        }
    }

    /// What a busy machine may do, too.
    fn unless_overloaded(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds && self.is_overloaded() {
            let Seen { delay, pressure, .. } = self.seen;
            let machine = format!("the machine was {delay} ms late, and had {pressure}% pressure");
            self.verdict.excused.push(format!("{} ({machine})", problem()));
        } else {
            self.unless(holds, problem);
        }
    }

    fn is_overloaded(&self) -> bool {
        self.seen.delay >= OVERLOAD || self.seen.pressure >= PRESSURE
    }

    /// What the init said; nothing if that was not kept.
    fn journal(&self) -> &[Event] {
        self.seen.journal.as_deref().unwrap_or_default()
    }

    fn has_journal(&self) -> bool {
        self.seen.journal.is_some()
    }

    /// Where in the journal this was said of somebody.
    fn said<'e>(&'e self, kind: &'e str, label: &'e str) -> impl Iterator<Item = usize> + 'e {
        let matching = move |event: &Event| event.is(kind) && event.label() == label;
        self.journal().iter().enumerate().filter(move |(_, event)| matching(event)).map(|(at, _)| at)
    }

    fn hooks_at(&self, point: HookPoint) -> Vec<String> {
        self.plan.config.hooks_at(point).map(|(id, _)| Plan::hook_label(id.0)).collect()
    }

    fn services(&self) -> Vec<String> {
        (0..self.plan.config.services.len()).map(Plan::service_label).collect()
    }

    fn main(&self) -> String {
        Plan::service_label(self.plan.config.main_id().0)
    }

    /// Whether a fault hit it, or something that could not be told from it: a process that is not executed yet.
    fn was_hit(&self, label: &str, pid: Option<i32>) -> bool {
        let is_it = |hit: &Hit| match pid {
            Some(pid) => hit.pid == pid,
            None => !hit.label.starts_with(['s', 'p']) && (!hit.label.starts_with('h') || hit.label == label),
        };
        self.seen.hits.iter().any(is_it)
    }

    /// Whether the init said that something was not gone after SIGKILL: only a busy machine makes it so.
    fn gave_somebody_up(&self) -> bool {
        self.journal().iter().any(|event| event.is("unkillable"))
    }
}
