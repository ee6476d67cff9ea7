//! How long an init is deaf after its start: SIGTERM at evenly spread moments within a millisecond.
//!
//! Each container is held by a tracer where its exec is done and nothing of it has run yet, and is let go; the time runs
//! from there. So what the kernel drops inside execve, with every init, is not counted. A signal is lost if the container
//! is still there a second later.

use std::{
    hint, thread,
    time::{Duration, Instant},
};

use nix::sys::signal::Signal;
use scenarios::Result;

use crate::{
    bench::{Bench, microseconds},
    container::{Container, Program},
    table::{Cell, Row},
};

/// Signals are sent within this time after the start.
const SPAN: Duration = Duration::from_millis(1);

/// A container that has heard the signal ends sooner than this, and needs no second look.
const PROMPT: Duration = Duration::from_millis(5);

/// What is still there after this time has not heard.
const LONG: Duration = Duration::from_secs(1);

/// So many containers are kept for the second look.
const KEPT: usize = 100;

pub fn measure(bench: &Bench) -> Result<Vec<Row>> {
    if !bench.machine.has_two_cpus() {
        let cells = vec![Some(Cell::Word("needs two processors")); bench.inits.len()];
        return Ok(vec![Row { what: "TERM lost".to_string(), cells }]);
    }
    bench.machine.real_time(true)?;
    let programs = bench.programs(&["sleep"])?;
    let mut losses: Vec<_> = bench.inits.iter().map(|init| init.is_init().then(Losses::default)).collect();
    let mut kept = Vec::new();
    let signals = bench.amount.rounds * bench.amount.early_signals;
    for number in 0..signals {
        let delay = SPAN * number / signals;
        for column in bench.init_columns(number) {
            let Some(program) = programs.get(column) else { continue };
            let mut container = early_signal(bench, program, delay)?;
            match container.ended_within(PROMPT)? {
                Some(code) => is_right(program, code)?,
                None => kept.push((column, delay, container)),
            }
        }
        if kept.len() >= KEPT || number + 1 == signals {
            thread::sleep(LONG);
            for (column, delay, mut container) in kept.drain(..) {
                match (container.ended_within(Duration::ZERO)?, losses.get_mut(column), programs.get(column)) {
                    (Some(code), _, Some(program)) => is_right(program, code)?,
                    (None, Some(Some(losses)), _) => losses.add(delay),
                    (Some(_) | None, _, _) => {}
                }
            }
        }
    }
    let counts = losses.iter().map(|losses| Some(losses.as_ref()?.count)).collect();
    let latest = losses.iter().map(|losses| match losses.as_ref()? {
        Losses { count: 0.0, .. } => Some(Cell::Word("-")),
        Losses { latest, .. } => Some(Cell::Number(*latest)),
    });
    Ok(vec![
        Row::numbers(format!("TERM lost of {signals} within 1 ms of the start"), counts),
        Row { what: "the last one lost, µs after the start".to_string(), cells: latest.collect() },
    ])
}

#[derive(Clone, Default)]
struct Losses {
    count: f64,
    /// In microseconds.
    latest: f64,
}

impl Losses {
    fn add(&mut self, delay: Duration) {
        self.count += 1.0;
        self.latest = self.latest.max(microseconds(delay));
    }
}

/// Starts a container and sends it SIGTERM so long after.
fn early_signal(bench: &Bench, program: &Program, delay: Duration) -> Result<Container> {
    let cpus = bench.machine.run_beside()?;
    let container = Container::start_held(program, &cpus)?;
    container.release()?;
    let start = Instant::now();
    while start.elapsed() < delay {
        hint::spin_loop();
    }
    container.signal(Signal::SIGTERM)?;
    Ok(container)
}

/// Nothing else than the signal may be what ends it.
fn is_right(program: &Program, code: i32) -> Result<()> {
    if code == 128 + Signal::SIGTERM as i32 {
        return Ok(());
    }
    Err(format!("{program} ended with {code}, and not by SIGTERM").into())
}
