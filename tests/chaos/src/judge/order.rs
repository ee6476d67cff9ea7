//! Services start in their order, and none once a stop has begun.

use super::Case;
use crate::round::Hit;

/// A process that was forked before the stop may tell so a little later, in milliseconds.
const MOMENT: u64 = 500;

impl Case<'_> {
    pub(super) fn judge_order(&mut self) {
        let services = self.services();
        if let Some(stop) = self.stop_begin() {
            for label in &services {
                let late = self.said("started", label).any(|at| at > stop);
                self.unless(!late, || format!("`{label}` was started after the stop began"));
            }
        }
        for label in &services {
            let Some(own) = self.said("started", label).next() else { continue };
            let after = self.service(label).map(|service| service.after.clone()).unwrap_or_default();
            for other in after {
                let holds = self.said("started", &other).next().is_some_and(|at| at < own);
                self.unless(holds, || format!("`{label}` was started before `{other}`"));
            }
        }
        self.judge_told();
    }

    /// What the services told, without the init.
    fn judge_told(&mut self) {
        let Some(stop) = self.seen.stop else { return };
        let services = self.services();
        let was_hit = |pid: i32| self.seen.hits.iter().any(|hit: &Hit| hit.pid == pid);
        let limit = stop + MOMENT + self.seen.delay;
        let starts = self.seen.story.iter().filter(|line| line.is_start() && services.contains(&line.label));
        let late: Vec<String> = starts
            .filter(|line| line.at > limit && !was_hit(line.pid))
            .map(|line| {
                format!("`{}` (pid {}) started {} ms after the stop signal", line.label, line.pid, line.at - stop)
            })
            .collect();
        self.verdict.problems.extend(late);
    }
}
