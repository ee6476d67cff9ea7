//! What an init spends on orphans: processes that fork a child each and end before it.

use std::{
    thread,
    time::{Duration, Instant},
};

use scenarios::Result;

use crate::{
    bench::{Bench, SOON, microseconds, ready_container},
    container::{Container, Program},
    proc,
    statistics::median,
    table::Row,
};

pub fn measure(bench: &Bench) -> Result<Vec<Row>> {
    bench.machine.real_time(true)?;
    let orphans = bench.amount.orphans;
    bench.machine.run_on_one()?;
    let one = stream(bench)?;
    let mut rows = vec![
        Row::numbers("CPU per orphan, 1 processor, µs", one.cpu),
        Row::numbers(format!("{orphans} orphans, 1 processor, s"), one.time),
    ];
    let mut zombies = one.zombies;
    if bench.machine.has_two_cpus() {
        bench.machine.run_everywhere()?;
        let several = stream(bench)?;
        rows.push(Row::numbers("CPU per orphan, any processor, µs", several.cpu));
        rows.push(Row::numbers(format!("{orphans} orphans, any processor, s"), several.time));
        zombies = zombies.into_iter().zip(several.zombies).map(|(one, several)| Some(one?.max(several?))).collect();
    }
    rows.push(Row::numbers(format!("zombies left of {orphans}"), zombies));
    Ok(rows)
}

/// One for each column: medians, and the worst round's zombies.
struct Stream {
    cpu: Vec<Option<f64>>,
    time: Vec<Option<f64>>,
    zombies: Vec<Option<f64>>,
}

fn stream(bench: &Bench) -> Result<Stream> {
    let programs = bench.programs(&["orphans", "1"])?;
    let mut samples = vec![Vec::new(); programs.len()];
    for round in 0..bench.amount.rounds {
        for column in bench.init_columns(round) {
            if let (Some(program), Some(samples)) = (programs.get(column), samples.get_mut(column)) {
                samples.push(once(program, bench.amount.orphans)?);
            }
        }
    }
    let column = |value: fn(&Once) -> f64| samples.iter().map(move |all| all.iter().map(value).collect::<Vec<f64>>());
    Ok(Stream {
        cpu: column(|once| once.cpu).map(|all| median(&all)).collect(),
        time: column(|once| once.time).map(|all| median(&all)).collect(),
        zombies: column(|once| once.zombies).map(|all| all.into_iter().reduce(f64::max)).collect(),
    })
}

#[derive(Clone)]
struct Once {
    /// For each orphan, in microseconds.
    cpu: f64,
    time: f64,
    zombies: f64,
}

fn once(program: &Program, orphans: u32) -> Result<Once> {
    let mut container = ready_container(program)?;
    // The program, and the host of a plugin.
    let own = proc::children(container.init).len();
    let before = proc::cpu_time(container.init)?;
    let start = Instant::now();
    container.tell(&orphans.to_le_bytes())?;
    container.hear::<1>(SOON)?;
    let zombies = zombies_left(&container, own);
    let time = start.elapsed().as_secs_f64();
    let cpu = microseconds(proc::cpu_time(container.init)?.saturating_sub(before)) / f64::from(orphans);
    Ok(Once { cpu, time, zombies })
}

/// Waits until no more than its own are left below the init; the zombies that are there if that does not come.
pub fn zombies_left(container: &Container, own: usize) -> f64 {
    let end = Instant::now() + Duration::from_secs(5);
    loop {
        let children = proc::children(container.init);
        if children.len() <= own {
            return 0.0;
        }
        if Instant::now() > end {
            let zombies = children.into_iter().filter(|child| proc::is_zombie(*child)).count();
            return u32::try_from(zombies).map_or(f64::INFINITY, f64::from);
        }
        thread::sleep(Duration::from_millis(1));
    }
}
