//! A run: rounds side by side, and what is said about them.

use std::{
    hash::{BuildHasher, RandomState},
    io::{Write, stderr},
    process::ExitCode,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

use scenarios::Result;

use crate::{judge, options::Options, plan::Plan, report, round, sentinel, totals::Totals};

/// Rounds, until the time is over or one has failed.
pub fn run(options: &Options) -> Result<ExitCode> {
    // The hasher's keys are the library's own randomness.
    let seed = options.seed.unwrap_or_else(|| RandomState::new().hash_one(0) >> 32);
    writeln!(stderr(), "chaos: --seed {seed}")?;
    scenarios::built()?;
    sentinel::start();
    let run = Run { options, seed, begin: Instant::now(), next: AtomicU64::default(), totals: Mutex::default() };
    thread::scope(|scope| {
        for _ in 0..if options.round.is_some() { 1 } else { options.jobs } {
            scope.spawn(|| run.work());
        }
    });
    let totals = run.totals.into_inner().unwrap_or_else(PoisonError::into_inner);
    writeln!(stderr(), "chaos: --seed {seed}: {}", totals.show())?;
    Ok(if totals.has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What those share who work at rounds, side by side: nearly all of a round is waiting.
struct Run<'o> {
    options: &'o Options,
    seed: u64,
    begin: Instant,
    /// How many rounds were begun.
    next: AtomicU64,
    totals: Mutex<Totals>,
}

impl Run<'_> {
    /// Until the time is over, or a round has failed.
    fn work(&self) {
        while self.begin.elapsed() < self.options.time && !self.totals().has_failed {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let round = match (self.options.round, self.options.rounds) {
                (Some(_), _) if at > 0 => return,
                (Some(round), _) => round,
                (None, Some(most)) if at >= most => return,
                (None, _) => at,
            };
            let report = self.one(round).unwrap_or_else(|error| {
                self.totals().has_failed = true;
                format!("{error}\nfailed: --seed {} --round {round}\n", self.seed)
            });
            let _ = stderr().write_all(report.as_bytes());
        }
    }

    /// One round, and what is to be said about it.
    fn one(&self, round: u64) -> Result<String> {
        let replay = format!("--seed {} --round {round}", self.seed);
        let plan = Plan::new(self.seed, round);
        let seen = round::run(&plan)?;
        let verdict = judge::judge(&plan, &seen);
        let mut totals = self.totals();
        totals.add(&plan, &seen, &verdict);
        Ok(if !verdict.problems.is_empty() {
            let (plan, seen, verdict) = (report::plan(&plan), report::seen(&seen), report::verdict(&verdict));
            format!("{replay}: {plan}\n{seen}\n{verdict}failed: {replay}\n")
        } else if self.options.show {
            format!("{replay}: {}\n{}\n{}", report::plan(&plan), report::seen(&seen), report::verdict(&verdict))
        } else if !verdict.excused.is_empty() {
            format!("{replay}\n{}", report::verdict(&verdict))
        } else {
            String::new()
        })
    }

    fn totals(&self) -> MutexGuard<'_, Totals> {
        self.totals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
