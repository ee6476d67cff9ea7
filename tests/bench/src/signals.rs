//! What a signal costs: the way from kill(2) through the init to the program, one signal at a time.

use std::{thread, time::Duration};

use nix::sys::{
    ptrace,
    signal::Signal,
    wait::{WaitPidFlag, WaitStatus},
};
use scenarios::Result;

use crate::{
    bench::{Bench, SOON, microseconds, ready_container},
    container::{Container, Program},
    payload::now,
    proc,
    statistics::{median, percentile},
    table::Row,
};

/// The first ones find cold caches and lazily bound functions.
const WARM_UP: u32 = 10;

/// So many to one init, then so many to the next: what else happens on the machine happens to all.
const BLOCK: u32 = 50;

/// Between two signals, so that the init is waiting again.
const PAUSE: Duration = Duration::from_micros(200);

/// Signals whose system calls are counted: the number does not vary.
const TRACED: u32 = 20;

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
    let received = u64::from_le_bytes(container.hear(SOON)?);
    thread::sleep(PAUSE);
    Ok(microseconds(Duration::from_nanos(received.saturating_sub(sent))))
}

/// How many system calls the init makes for each signal, seen by a tracer.
fn system_calls(program: &Program) -> Result<f64> {
    let mut container = ready_container(program)?;
    ptrace::seize(container.init, ptrace::Options::PTRACE_O_TRACESYSGOOD | ptrace::Options::PTRACE_O_EXITKILL)?;
    ptrace::interrupt(container.init)?;
    for _ in 0..WARM_UP {
        traced(&mut container)?;
    }
    let mut stops = 0;
    for _ in 0..TRACED {
        stops += traced(&mut container)?;
    }
    // Between two signals it is inside the call in which it waits: one stop at its end, one at the next one's begin.
    Ok(f64::from(stops) / 2.0 / f64::from(TRACED))
}

/// Sends one signal and lets the init go on from stop to stop until it is quiet again; the stops at system calls.
fn traced(container: &mut Container) -> Result<u32> {
    const QUIET: u32 = 20;
    let mut stops = 0;
    let (mut received, mut quiet) = (false, 0);
    container.signal(Signal::SIGUSR1)?;
    while !received || quiet < QUIET {
        quiet += 1;
        match container.look(Some(WaitPidFlag::WNOHANG))? {
            WaitStatus::StillAlive => {
                if !received && container.speaks(Duration::ZERO)? {
                    container.hear::<8>(SOON)?;
                    received = true;
                }
                thread::sleep(PAUSE);
                continue;
            }
            WaitStatus::PtraceSyscall(pid) => {
                stops += 1;
                ptrace::syscall(pid, None)?;
            }
            WaitStatus::PtraceEvent(pid, _, _) => ptrace::syscall(pid, None)?,
            WaitStatus::Stopped(pid, signal) => ptrace::syscall(pid, signal)?,
            ended @ (WaitStatus::Exited(..) | WaitStatus::Signaled(..) | WaitStatus::Continued(_)) => {
                return Err(format!("the init did not stay while it was traced: {ended:?}").into());
            }
        }
        quiet = 0;
    }
    Ok(stops)
}
