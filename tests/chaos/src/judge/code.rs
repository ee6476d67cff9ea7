//! The exit code is the one that is documented.

use super::{
    Case,
    stop::{Cause, End},
};

const OWN_FAILURE: u8 = 125;

impl Case<'_> {
    pub(super) fn judge_code(&mut self) {
        if self.seen.ended.is_none() || !self.has_journal() {
            return;
        }
        self.judge_told_codes();
        let expected = self.mapped(self.expected());
        let code = self.seen.code;
        let cause = self.cause().map(|(_, cause)| cause);
        self.unless(code == Some(expected), || {
            format!("exit code {code:?}, not {expected}; the stop began with {cause:?}")
        });
        let said = self.journal().iter().find(|event| event.is("stopped")).and_then(|event| event.number("code"));
        self.unless(said.is_none_or(|said| Some(said) == code.map(u64::from)), || {
            format!("the init says that its exit code is {said:?}, and it is {code:?}")
        });
    }

    fn expected(&self) -> u8 {
        let main = self.main();
        let cause = self.cause().map(|(_, cause)| cause);
        let Some(end) = self.end_of(&main) else {
            return match cause {
                Some(Cause::Asked(signal)) => 128 + signal.number(),
                Some(Cause::Ended(_, end)) if end.code != 0 => end.code,
                Some(Cause::Ended(..) | Cause::StartFailed) | None => OWN_FAILURE,
            };
        };
        // It did what it was told to.
        let well = end.code == 0 || end.by.is_some() && end.by == self.service(&main).map(|main| main.stop_signal);
        match cause {
            Some(Cause::StartFailed) if well => OWN_FAILURE,
            Some(Cause::Ended(other, failure)) if well && other != main && failure.code != 0 => failure.code,
            _ => end.code,
        }
    }

    /// How it ended last; what SIGKILL did not end in time counts as killed.
    fn end_of(&self, label: &str) -> Option<End> {
        let started = self.said("started", label).count();
        let ended = self.said("ended", label).last().map(|at| End::of(&self.journal()[at]));
        if started > self.said("ended", label).count() || self.said("unkillable", label).next().is_some() {
            return Some(End { code: 137, by: Some(wigwag_core::Signal::KILL) });
        }
        ended
    }

    fn mapped(&self, code: u8) -> u8 {
        self.plan.config.exit_codes.iter().find(|(from, _)| *from == code).map_or(code, |(_, to)| *to)
    }

    /// A service that told its exit status has no other in the journal, unless it was killed after telling.
    fn judge_told_codes(&mut self) {
        let mut wrong = Vec::new();
        for line in self.seen.story.iter().filter(|line| line.is_of_service()) {
            let Some(status) = line.text.strip_prefix("exit ") else { continue };
            let started = self
                .said("started", &line.label)
                .find(|at| self.journal()[*at].number("pid") == u64::try_from(line.pid).ok());
            // A descendant of a service is none.
            let Some(started) = started else { continue };
            let ended = self.said("ended", &line.label).find(|at| *at > started).map(|at| &self.journal()[at]);
            let Some(ended) = ended else { continue };
            if ended.get("killed_by").is_empty() && ended.get("status") != status {
                wrong.push(format!("`{}` told exit {status}, the init says {}", line.label, ended.get("status")));
            }
        }
        self.verdict.problems.extend(wrong);
    }
}
