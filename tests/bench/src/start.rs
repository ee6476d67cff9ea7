//! What an init adds to the life of a program that ends at once: from clone to the end of PID 1.

use std::time::{Duration, Instant};

use scenarios::Result;

use crate::{
    bench::{Bench, microseconds},
    container::{Container, Program},
    statistics::median,
    table::Row,
};

pub fn measure(bench: &Bench) -> Result<Vec<Row>> {
    bench.machine.real_time(true)?;
    // One runs after the other anyway; on one processor, no time goes by in waking another one up.
    bench.machine.run_on_one()?;
    let programs = bench.programs(&["exit"])?;
    let mut samples = bench.samples();
    for round in 0..bench.amount.rounds * bench.amount.starts {
        for column in bench.columns(round) {
            if let (Some(program), Some(samples)) = (programs.get(column), samples.get_mut(column)) {
                samples.push(microseconds(once(program)?));
            }
        }
    }
    let total: Vec<_> = samples.iter().map(|samples| median(samples)).collect();
    let floor = samples.first().ok_or("no column")?;
    // Of each round by itself, so that what changes slowly on the machine is on both sides.
    let added = samples.iter().zip(&bench.inits).map(|(samples, init)| {
        let differences: Vec<f64> = samples.iter().zip(floor).map(|(with, without)| with - without).collect();
        median(&differences).filter(|_| init.is_init())
    });
    Ok(vec![
        Row::numbers("start to end of a program, µs", total),
        Row::numbers("of these added by the init, µs", added.collect()),
    ])
}

fn once(program: &Program) -> Result<Duration> {
    let start = Instant::now();
    let mut container = Container::start(program)?;
    let code = container.wait()?;
    let duration = start.elapsed();
    if code == 0 {
        return Ok(duration);
    }
    Err(format!("{program} ended with {code} instead of 0").into())
}
