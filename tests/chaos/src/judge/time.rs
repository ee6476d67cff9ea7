//! Every stop ends inside its grace period.

use super::Case;

impl Case<'_> {
    pub(super) fn judge_time(&mut self) {
        let grace = self.plan.config.grace_period.0;
        match (self.seen.stop, self.seen.ended) {
            (Some(stop), Some(ended)) => {
                let took = ended.saturating_sub(stop);
                let picture = self.seen.delay_of_stop;
                self.late(took, &format!("the stop took {took} ms of {grace} (the machine was {picture} ms late)"));
            }
            (_, None) => {
                let picture = self.seen.picture.join("; ");
                self.problem(format!("it did not end by itself, long after the grace period; left: {picture}"));
            }
            (None, Some(_)) => {}
        }
        // Of stops that nobody asked for, only the init knows when they began.
        let own =
            self.journal().iter().find(|event| event.is("stopped")).and_then(|event| event.number("milliseconds"));
        if let Some(took) = own {
            self.late(took, &format!("the init says that the stop took {took} ms of {grace}"));
        }
    }

    fn late(&mut self, took: u64, what: &str) {
        let late = took.saturating_sub(self.plan.config.grace_period.0);
        // A machine that was late by less than the stop is has not made it late.
        let is_excused = self.seen.delay_of_stop >= late.max(super::OVERLOAD);
        match (late, is_excused) {
            (0, _) => {}
            (_, true) => self.verdict.excused.push(what.to_string()),
            (_, false) => self.problem(what.to_string()),
        }
    }
}
