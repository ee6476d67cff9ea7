//! What the ends of all paths say about a script.

use std::collections::BTreeSet;

use super::becoming;
use super::state::{Action, Args, Candidate, End, Exit, How, Position, State};
use super::walk::Walk;
use super::work::Work;
use super::{Found, Mode};
use crate::launchers::{Effect, launch};
use crate::pid1::Sh;
use crate::rules::{
    background_without_wait, deferred_trap, exec_in_background, exec_in_pipeline, exec_in_subshell, exec_nothing,
    keep_alive_hack, leaves_the_container, no_exec, not_understood, one_wait, right_by_luck, second_service,
    shell_c_forks, swallowing_launcher, trap_exit_code, trap_signals_itself, trap_without_forwarding,
    wait_without_trap,
};

/// Judges a script that has been walked through.
pub fn judge(walk: Walk) {
    let view = View::of(&walk);
    let mut found = Vec::new();
    let mut executed = BTreeSet::new();
    for end in &walk.ends {
        match &end.how {
            How::Exec(_) => view.beside(&end.state, &mut found),
            How::Over | How::Exit => view.end(end, &mut found, &mut executed),
        }
    }
    let executed: Vec<_> = executed.iter().filter_map(|number| walk.candidates.get(*number)).collect();
    let (check, mode) = (walk.check, walk.mode);
    for candidate in executed {
        if let Mode::Text { may_differ: true, .. } = mode {
            found.push(right_by_luck::find(&candidate.span, "sh"));
        }
        check.becomes(&candidate.words, &candidate.span, None, Args::Own);
    }
    for found in found {
        check.find(found);
    }
}

/// What all paths together say.
struct View<'w, 's, 'c, 'd> {
    walk: &'w Walk<'s, 'c, 'd>,
    /// The programs that are executed on some path; nothing for one that is not known.
    executed: BTreeSet<&'w str>,
    /// Whether a path that is simply over has something to be judged by.
    is_over_with_something: bool,
    sh: Sh,
}

impl<'w, 's, 'c, 'd> View<'w, 's, 'c, 'd> {
    fn of(walk: &'w Walk<'s, 'c, 'd>) -> Self {
        let executed = walk.ends.iter().filter_map(|end| match &end.how {
            How::Exec(program) => Some(program.as_str()),
            How::Over | How::Exit => None,
        });
        let is_over_with_something = walk
            .ends
            .iter()
            .any(|end| end.how == How::Over && !(end.state.last.is_empty() && end.state.jobs.is_empty()));
        Self { walk, executed: executed.collect(), is_over_with_something, sh: walk.check.surroundings.sh }
    }

    /// Whether a command on a path that ends so is what the container is for.
    fn counts(&self, candidate: &Candidate, how: &How) -> bool {
        let is_over = *how == How::Over;
        if self.executed.is_empty() {
            return is_over || !self.is_over_with_something;
        }
        if candidate.work == Work::Service {
            return true;
        }
        let program = becoming::program(&candidate.words, self.sh);
        is_over && (candidate.has_exec || !program.is_empty() && self.executed.contains(program.as_str()))
    }

    /// The commands of these numbers that count.
    fn those<'n>(
        &'n self,
        numbers: &'n BTreeSet<usize>,
        how: &'n How,
    ) -> impl Iterator<Item = (usize, &'w Candidate)> + 'n {
        let candidates = numbers.iter().filter_map(|number| Some((*number, self.walk.candidates.get(*number)?)));
        candidates.filter(move |(_, candidate)| self.counts(candidate, how))
    }

    /// What is wrong with what runs beside a program that was executed.
    fn beside(&self, state: &State, found: &mut Vec<Found>) {
        if state.is_told || state.waits.0 > 0 {
            return;
        }
        let jobs = state.jobs.iter().filter_map(|number| self.walk.candidates.get(*number));
        let is_known = |job: &&Candidate| {
            job.work == Work::Service && !job.words.first().is_some_and(crate::script::syntax::Word::is_arguments)
        };
        found.extend(jobs.filter(is_known).map(|job| second_service::find(&job.span)));
    }

    /// What is wrong with the end of a path on which nothing was executed.
    fn end(&self, End { state, how }: &End, found: &mut Vec<Found>, executed: &mut BTreeSet<usize>) {
        let jobs: Vec<_> = self.those(&state.jobs, how).map(|(_, job)| job).collect();
        let last: Vec<_> = self.those(&state.last, how).collect();
        if let (Some(job), (1.., Some(wait))) = (jobs.first(), &state.waits) {
            found.extend(self.waiting(state, wait, job));
        } else if let Some(span) = &state.keeps_alive {
            if self.executed.is_empty() {
                found.push(keep_alive_hack::find(span));
            }
        } else if !last.is_empty() {
            for (number, candidate) in last {
                match self.waited_for(candidate, state) {
                    Some(wrong) => {
                        found.extend(self.behind(candidate));
                        found.push(wrong);
                    }
                    None => {
                        executed.insert(number);
                    }
                }
            }
        } else if let Some(job) = jobs.first() {
            if job.has_exec {
                found.push(exec_in_background::find(&job.span));
            } else {
                found.push(background_without_wait::find(&job.span));
            }
        } else if let Some((launcher, span)) = state.left.as_ref().filter(|_| self.executed.is_empty()) {
            found.push(leaves_the_container::find(span, launcher));
        } else if let Some(span) = &state.executed_nothing {
            found.push(exec_nothing::find(span));
        }
    }

    /// What would be wrong with a command if the shell executed it.
    fn behind(&self, candidate: &Candidate) -> Option<Found> {
        let launch = launch(&candidate.words, self.sh).filter(|_| candidate.unknown.is_none())?;
        let is_heard = matches!(self.sh, Sh::Bash | Sh::Busybox);
        (launch.effect == Effect::TellsShell && !is_heard)
            .then(|| swallowing_launcher::find_shell(&candidate.span, launch.name))
    }

    /// What is wrong where the shell waits for jobs.
    fn waiting(&self, state: &State, wait: &std::ops::Range<usize>, job: &Candidate) -> Option<Found> {
        let actions: Vec<_> = state.trap.set.iter().filter_map(|number| self.walk.actions.get(*number)).collect();
        if actions.is_empty() {
            return Some(if job.has_exec {
                exec_in_background::find(&job.span)
            } else {
                wait_without_trap::find(wait)
            });
        }
        if let Some(endless) = actions.iter().find(|action| action.signals_itself) {
            return Some(trap_signals_itself::find(&endless.span));
        }
        if let Some(silent) = actions.iter().find(|action| !action.forwards) {
            return Some(trap_without_forwarding::find(&silent.span));
        }
        let is_waited_for = state.waits.0 > 1 || actions.iter().all(|action| action.waits);
        if !is_waited_for {
            return Some(one_wait::find(wait));
        }
        // Bash ends a plain `exit` with the code of what the trap waited for.
        let is_lost = |action: &&&Action| match action.exit {
            Some(Exit::Code) => false,
            Some(Exit::Plain) => action.waits && !self.walk.check.is_bash(),
            None => action.waits && state.waits.0 == 1 && state.has_just_waited,
        };
        let lost = actions.iter().find(is_lost)?;
        Some(trap_exit_code::find(&lost.span, lost.exit == Some(Exit::Plain)))
    }

    /// What is wrong where the shell waits for a command; nothing if it executes that in its own place.
    fn waited_for(&self, candidate: &Candidate, state: &State) -> Option<Found> {
        let span = &candidate.span;
        if let Some(why) = &candidate.unknown {
            return Some(not_understood::find(span, why));
        }
        Some(match candidate.place {
            Position::Pipeline => exec_in_pipeline::find(span),
            Position::Subshell => exec_in_subshell::find(span),
            Position::Background => exec_in_background::find(span),
            Position::Foreground if !state.trap.set.is_empty() => deferred_trap::find(span),
            Position::Foreground => match self.walk.mode {
                Mode::File => no_exec::find(span),
                Mode::Text { shell: Sh::Bash | Sh::Busybox, .. } if candidate.is_last => return None,
                Mode::Text { shell, .. } => shell_c_forks::find(span, shell, candidate.is_last),
            },
        })
    }
}
