//! The life of PID 1 itself: it dies of nothing but its own exit, reaps everybody, does not grow, leaves nobody behind.

use super::Case;
use crate::launcher;

/// How long a zombie may stay, in milliseconds.
const MOMENT: u64 = 1_000;
/// How much more memory it may take than at first, in KiB.
const GROWTH: u64 = 256;

impl Case<'_> {
    pub(super) fn judge_life(&mut self) {
        if let Some(signal) = self.seen.killed_by {
            self.problem(format!("PID 1 was killed by signal {signal}"));
        }
        for line in &self.seen.others {
            // Programs of ours that go wrong would be no test.
            let is_bad = ["cannot go on", "Error", "panicked", "wigwag"].iter().any(|word| line.contains(word));
            if is_bad {
                self.verdict.problems.push(format!("said: {line}"));
            }
        }
        let trouble =
            self.journal().iter().filter(|event| event.is("problem") && !event.get("message").contains("./missing"));
        let trouble: Vec<String> = trouble.map(|event| event.get("message").to_string()).collect();
        self.verdict.problems.extend(trouble.into_iter().map(|message| format!("the init says: {message}")));
        self.judge_gone();
        // Nothing in these containers is stuck in the kernel.
        let given_up: Vec<String> = self
            .journal()
            .iter()
            .filter(|event| event.is("unkillable"))
            .map(|event| event.get("message").into())
            .collect();
        for message in given_up {
            self.unless_overloaded(false, || message);
        }
        for (pid, time) in &self.seen.zombies {
            self.unless_overloaded(*time <= MOMENT, || format!("{pid} was a zombie for {time} ms"));
        }
        if let Some((first, most)) = self.seen.memory {
            self.unless(most <= first + GROWTH, || format!("its memory grew from {first} to {most} KiB"));
        }
    }

    /// Where it is not PID 1.
    fn judge_gone(&mut self) {
        let told: Vec<&str> = self
            .seen
            .story
            .iter()
            .filter(|line| line.label == launcher::LABEL)
            .map(|line| line.text.as_str())
            .collect();
        if self.plan.is_pid_1 || self.seen.ended.is_none() {
            return;
        }
        let left = told.iter().find(|text| text.starts_with("left ")).copied();
        self.unless(left.is_some_and(|text| text.starts_with("left 0 ")), || format!("after the init ended: {left:?}"));
        if let Some(killed) = told.iter().find(|text| text.starts_with("killed ")) {
            self.problem(format!("the init was {killed}"));
        }
    }
}
