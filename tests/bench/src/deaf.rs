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
    statistics::percentile,
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
    // The delays of the lost ones, for each column.
    let mut lost = bench.samples();
    let mut kept = Vec::new();
    let signals = bench.amount.rounds * bench.amount.early_signals;
    for number in 0..signals {
        let delay = SPAN * number / signals;
        for column in bench.init_columns(number) {
            let Some(program) = programs.get(column) else { continue };
            let mut container = early_signal(bench, program, delay)?;
            match container.ended_within(PROMPT)? {
                Some(code) => is_right(program, code)?,
                None => kept.push((column, program, delay, container)),
            }
        }
        if kept.len() >= KEPT || number + 1 == signals {
            thread::sleep(LONG);
            for (column, program, delay, mut container) in kept.drain(..) {
                match container.ended_within(Duration::ZERO)? {
                    Some(code) => is_right(program, code)?,
                    None => lost.get_mut(column).into_iter().for_each(|lost| lost.push(microseconds(delay))),
                }
            }
        }
    }
    let count = |lost: &Vec<f64>| u32::try_from(lost.len()).map(f64::from);
    let counts = lost.iter().map(count).collect::<std::result::Result<Vec<_>, _>>()?;
    let counts = counts.into_iter().zip(&bench.inits).map(|(count, init)| init.is_init().then_some(count));
    let latest = lost.iter().map(|lost| percentile(lost, 99)).collect();
    Ok(vec![
        Row::numbers(format!("TERM lost of {signals} within 1 ms of the start"), counts.collect()),
        Row::numbers("99 % of these within, µs", latest),
    ])
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
