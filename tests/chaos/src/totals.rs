//! How much was tried.

use crate::{judge::Verdict, plan::Plan, round::Seen};

/// How much was tried.
#[derive(Default)]
pub struct Totals {
    rounds: u64,
    excused: u64,
    stopped: u64,
    hits: usize,
    /// The largest part of a grace period that a stop took, in percent.
    slowest: u64,
    pub has_failed: bool,
}

impl Totals {
    pub fn add(&mut self, plan: &Plan, seen: &Seen, verdict: &Verdict) {
        self.rounds += 1;
        self.excused += u64::from(!verdict.excused.is_empty());
        self.has_failed |= !verdict.problems.is_empty();
        self.hits += seen.hits.len();
        if let (Some(stop), Some(ended)) = (seen.stop, seen.ended) {
            self.stopped += 1;
            self.slowest = self.slowest.max((ended - stop) * 100 / plan.config.grace_period.0);
        }
    }

    pub fn show(&self) -> String {
        let Self { rounds, excused, stopped, hits, slowest, has_failed: _ } = self;
        format!(
            "{rounds} rounds, {stopped} of them stopped from outside, {hits} processes hit; the slowest stop took \
             {slowest}% of its grace period; {excused} rounds excused because the machine was too busy"
        )
    }
}
