//! Why a stop began, and where in the journal.

use wigwag_core::{
    Signal,
    config::{HookPoint, OnFailure},
};

use super::Case;
use crate::{journal::Event, plan::Plan};

/// Why it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Asked(Signal),
    /// A hook failed that may abort a start, or a service was not ready in time.
    StartFailed,
    /// A service ended by itself.
    Ended(String, End),
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// By the convention of the shell.
    pub code: u8,
    pub by: Option<Signal>,
}

impl End {
    pub fn of(event: &Event) -> Self {
        let by: Option<Signal> = event.get("killed_by").parse().ok();
        let status = event.number("status").and_then(|status| u8::try_from(status).ok());
        // What could not be started: that its program is not there is the only reason here.
        let code = by.map_or(status.unwrap_or(127), |signal| 128 + signal.number());
        Self { code, by }
    }
}

impl Case<'_> {
    pub(super) fn stop_begin(&self) -> Option<usize> {
        self.cause().map(|(at, _)| at)
    }

    pub(super) fn cause(&self) -> Option<(usize, Cause)> {
        let asked = self.asked().map(|(at, signal)| (at, Cause::Asked(signal)));
        let failed = self.start_failed().map(|at| (at, Cause::StartFailed));
        [asked, failed, self.somebody_ended()].into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    fn start_failed(&self) -> Option<usize> {
        let hooks = self.plan.config.hooks().filter(|(_, hook)| {
            matches!(hook.point, HookPoint::PreStart | HookPoint::PostStart) && hook.on_failure == OnFailure::Abort
        });
        let labels: Vec<String> = hooks.map(|(id, _)| Plan::hook_label(id.0)).collect();
        let failed = |event: &Event| {
            (event.is("hook-failed") || event.is("hook-timed-out")) && labels.iter().any(|label| event.label() == label)
        };
        self.journal().iter().position(failed)
    }

    /// The main service, or one that is essential.
    fn somebody_ended(&self) -> Option<(usize, Cause)> {
        let main = self.main();
        let journal = self.journal().iter().enumerate();
        journal.into_iter().find_map(|(at, event)| {
            let label = event.label();
            let is_end =
                event.is("essential-ended") || event.is("ended") && label == main && !self.is_restarted(at, &main);
            is_end.then(|| {
                let late = self.was_late(at, label);
                (at, if late { Cause::StartFailed } else { Cause::Ended(label.to_string(), End::of(event)) })
            })
        })
    }

    /// Whether the next that is said of it is that it is started again.
    fn is_restarted(&self, ended: usize, label: &str) -> bool {
        let next = self.journal()[ended + 1..].iter().find(|event| {
            event.label() == label && ["restarts", "started", "ended", "given-up"].iter().any(|kind| event.is(kind))
        });
        next.is_some_and(|event| event.is("restarts"))
    }

    /// Whether it is stopped because it was not ready in time.
    fn was_late(&self, ended: usize, label: &str) -> bool {
        let started = self.said("started", label).filter(|at| *at < ended).last().unwrap_or(0);
        self.said("not-ready", label).any(|at| started < at && at < ended)
    }
}
