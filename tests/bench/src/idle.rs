//! What an init does while nothing happens. All wait at the same time; none is in another's way.

use std::thread;

use scenarios::Result;

use crate::{
    bench::{Bench, microseconds},
    proc,
    table::Row,
};

pub fn measure(bench: &Bench) -> Result<Vec<Row>> {
    bench.machine.real_time(false)?;
    bench.machine.run_everywhere()?;
    let containers = bench.ready_containers(&["sleep"])?;
    let look = || -> Result<Vec<Option<(f64, f64)>>> {
        let one = |pid| Ok((proc::sleeps(pid)?, microseconds(proc::cpu_time(pid)?)));
        containers.iter().map(|container| container.as_ref().map(|container| one(container.init)).transpose()).collect()
    };
    // The program is ready before its init is: that one may still be on its way to its first sleep.
    thread::sleep(bench.amount.idle / 10);
    let before = look()?;
    thread::sleep(bench.amount.idle);
    let after = look()?;
    let seconds = bench.amount.idle.as_secs_f64();
    let per_second = |value: fn((f64, f64)) -> f64| {
        let differences = before.iter().zip(&after).map(|(before, after)| Some(value((*after)?) - value((*before)?)));
        differences.map(|difference| Some(difference? / seconds)).collect()
    };
    Ok(vec![
        Row::numbers("idle, wake-ups per second", per_second(|(sleeps, _)| sleeps)),
        Row::numbers("idle, CPU µs per second", per_second(|(_, cpu)| cpu)),
    ])
}
