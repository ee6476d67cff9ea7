//! What a signal costs: the way from kill(2) through the init to the program, one signal at a time.

use std::{thread, time::Duration};

use nix::sys::signal::Signal;
use scenarios::Result;

use crate::{
    bench::{Bench, SOON, microseconds, ready_container},
    container::{Container, Program},
    payload::{Arrival, now},
    proc,
    statistics::{median, percentile},
    table::Row,
    tracer::Tracer,
};

/// The first ones find cold caches and lazily bound functions.
const WARM_UP: u32 = 10;

/// So many to one init, then so many to the next: what else happens on the machine happens to all.
const BLOCK: u32 = 50;

/// Between two signals, so that the init is waiting again.
const PAUSE: Duration = Duration::from_micros(200);

pub fn measure(bench: &Bench) -> Result<Vec<Row>> {
    bench.machine.real_time(true)?;
    bench.machine.run_on_one()?;
    let mut rows = placed(bench, "1 processor")?;
    if bench.machine.has_two_cpus() {
        bench.machine.run_everywhere()?;
        rows.extend(placed(bench, "any processor")?);
    }
    let programs = bench.programs(&["receive"])?;
    let mut calls = vec![None; programs.len()];
    for column in bench.init_columns(0) {
        if let (Some(program), Some(calls)) = (programs.get(column), calls.get_mut(column)) {
            *calls = Some(system_calls(program)?);
        }
    }
    rows.push(Row::numbers("system calls per signal", calls));
    Ok(rows)
}

fn placed(bench: &Bench, place: &str) -> Result<Vec<Row>> {
    let programs = bench.programs(&["receive"])?;
    let (mut latency, mut cpu) = (bench.samples(), bench.samples());
    for _ in 0..bench.amount.rounds {
        let mut targets = programs.iter().map(Target::start).collect::<Result<Vec<_>>>()?;
        for block in 0..bench.amount.signals.div_ceil(BLOCK) {
            for column in bench.columns(block) {
                if let (Some(target), Some(latency)) = (targets.get_mut(column), latency.get_mut(column)) {
                    for _ in 0..BLOCK {
                        latency.push(send(&mut target.container)?);
                    }
                }
            }
        }
        let signals = bench.amount.signals.next_multiple_of(BLOCK);
        for (target, cpu) in targets.iter().zip(&mut cpu) {
            cpu.push(microseconds(target.cpu_time()?) / f64::from(signals));
        }
    }
    let cpu = cpu.iter().zip(&bench.inits).map(|(cpu, init)| median(cpu).filter(|_| init.is_init()));
    Ok(vec![
        Row::numbers(format!("signal, {place}, median µs"), latency.iter().map(|samples| median(samples)).collect()),
        Row::numbers(format!("signal, {place}, p99 µs"), latency.iter().map(|all| percentile(all, 99)).collect()),
        Row::numbers(format!("CPU per signal, {place}, µs"), cpu.collect()),
    ])
}

/// A container that has received some signals already.
struct Target {
    container: Container,
    /// The processor time of its init by then.
    before: Duration,
}

impl Target {
    fn start(program: &Program) -> Result<Self> {
        let mut container = ready_container(program)?;
        for _ in 0..WARM_UP {
            send(&mut container)?;
        }
        let before = proc::cpu_time(container.init)?;
        Ok(Self { container, before })
    }

    fn cpu_time(&self) -> Result<Duration> {
        Ok(proc::cpu_time(self.container.init)?.saturating_sub(self.before))
    }
}

/// The time from just before kill(2) until the program has got the signal.
fn send(container: &mut Container) -> Result<f64> {
    let sent = now()?;
    container.signal(Signal::SIGUSR1)?;
    let arrival = arrival(container)?;
    thread::sleep(PAUSE);
    Ok(microseconds(Duration::from_nanos(arrival.time.saturating_sub(sent))))
}

/// The next signal that the program gets.
pub fn arrival(container: &mut Container) -> Result<Arrival> {
    Arrival::read(container.hear::<{ Arrival::LENGTH }>(SOON)?)
}

/// How many system calls the init makes for each signal, seen by a tracer.
fn system_calls(program: &Program) -> Result<f64> {
    let mut container = ready_container(program)?;
    let mut tracer = Tracer::new(container.init)?;
    tracer.calls_of_each(
        &mut container,
        |container| container.signal(Signal::SIGUSR1),
        |container| {
            let has_come = container.speaks(Duration::ZERO)?;
            if has_come {
                arrival(container)?;
            }
            Ok(has_come)
        },
    )
}
