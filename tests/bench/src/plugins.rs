//! What plugins cost: the examples in hosts, with the bench in the place of the init, and in a container.

pub mod example;
mod host;
mod inside;
mod lost;

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use nix::{sched::CloneFlags, sys::wait::waitpid};
use scenarios::{Result, built};

use self::{example::Example, host::Host, inside::Inside};
use crate::{
    bench::{Bench, microseconds},
    container::{NOT_EXECUTED, Program},
    proc,
    statistics::{median, percentile},
    sys,
    table::{Row, Table},
    tracer::Tracer,
};

/// The first ones find cold caches.
const WARM_UP: u32 = 10;

/// Between two decisions of a plugin that is seldom asked.
const SELDOM: Duration = Duration::from_millis(10);

/// Until a host that has something to do has done it.
const REST: Duration = Duration::from_millis(20);

/// A column for each example; compared with the first.
pub fn table(examples: &[Example]) -> Table {
    let columns = examples.iter().map(|example| example.name.clone()).collect();
    Table { columns, baseline: Some(0), rows: Vec::new() }
}

pub fn measure(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = sizes(bench)?;
    bench.machine.real_time(true)?;
    bench.machine.run_on_one()?;
    rows.extend(starts(bench)?);
    rows.extend(decisions(bench, "1 processor")?);
    rows.push(seldom(bench, "1 processor")?);
    if bench.machine.has_two_cpus() {
        bench.machine.run_everywhere()?;
        rows.extend(decisions(bench, "any processor")?);
        rows.push(seldom(bench, "any processor")?);
    }
    rows.push(inside(bench)?);
    rows.push(each(bench, "system calls of the host per decision", |program| Ok(Some(system_calls(program)?)))?);
    rows.extend(losses(bench)?);
    bench.machine.real_time(false)?;
    bench.machine.run_everywhere()?;
    rows.extend(memory(bench)?);
    rows.push(idle(bench)?);
    Ok(rows)
}

/// What of a plugin and its host is in an image.
fn sizes(bench: &Bench) -> Result<Vec<Row>> {
    let size = |file: &str| -> Result<f64> { Ok(f64::from(u32::try_from(fs::metadata(file)?.len())?)) };
    let mut rows = Vec::new();
    for platform in ["linux/amd64", "linux/arm64"] {
        let code = bench.examples.iter().map(|example| {
            let artifact = example.plugin.artifacts.iter().find(|artifact| artifact.platform == platform);
            artifact.map(|artifact| size(&artifact.file)).transpose()
        });
        rows.push(Row::numbers(format!("native code for {platform}, bytes"), code.collect::<Result<_>>()?));
    }
    let host = size(&built()?.host.display().to_string())?;
    rows.push(Row::numbers("wigwag-host, bytes", bench.examples.iter().map(|_| Some(host)).collect()));
    Ok(rows)
}

/// From clone to the first decision; and beside it, to the end of a program that does nothing.
fn starts(bench: &Bench) -> Result<Vec<Row>> {
    let programs = programs(bench)?;
    let nothing = Program::new(&["/bin/true".into()])?;
    let (mut samples, mut floor) = (lists(bench), Vec::new());
    for _ in 0..bench.amount.rounds * bench.amount.hosts {
        for (program, samples) in programs.iter().zip(&mut samples) {
            let start = Instant::now();
            let host = Host::ready(program)?;
            samples.push(microseconds(start.elapsed()));
            drop(host);
        }
        floor.push(microseconds(run(&nothing)?));
    }
    let floor = median(&floor);
    Ok(vec![
        Row::numbers("start of the host to its first decision, median µs", samples.iter().map(|s| median(s)).collect()),
        Row::numbers("p99 of these, µs", samples.iter().map(|samples| percentile(samples, 99)).collect()),
        Row::numbers("start to end of /bin/true, median µs", samples.iter().map(|_| floor).collect()),
    ])
}

fn run(program: &Program) -> Result<Duration> {
    let start = Instant::now();
    let pid = sys::clone_into(CloneFlags::empty(), || {
        program.execute();
        NOT_EXECUTED
    })?;
    waitpid(pid, None)?;
    Ok(start.elapsed())
}

/// One right after the other.
fn decisions(bench: &Bench, place: &str) -> Result<Vec<Row>> {
    let programs = programs(bench)?;
    let (mut latency, mut cpu) = (lists(bench), lists(bench));
    for _ in 0..bench.amount.rounds {
        for ((program, latency), cpu) in programs.iter().zip(&mut latency).zip(&mut cpu) {
            let mut host = Host::ready(program)?;
            repeat(WARM_UP, || host.decide())?;
            let before = proc::cpu_time(host.pid)?;
            latency.extend(repeat(bench.amount.decisions, || host.decide())?);
            let after = proc::cpu_time(host.pid)?;
            cpu.push(microseconds(after.saturating_sub(before)) / f64::from(bench.amount.decisions));
        }
    }
    Ok(vec![
        Row::numbers(format!("decision, {place}, median µs"), latency.iter().map(|samples| median(samples)).collect()),
        Row::numbers(format!("decision, {place}, p99 µs"), latency.iter().map(|all| percentile(all, 99)).collect()),
        Row::numbers(format!("CPU of the host per decision, {place}, µs"), cpu.iter().map(|cpu| median(cpu)).collect()),
    ])
}

/// With a pause before each, in which processors and caches have forgotten it.
fn seldom(bench: &Bench, place: &str) -> Result<Row> {
    each(bench, &format!("decision, every {} ms, {place}, median µs", SELDOM.as_millis()), |program| {
        let mut host = Host::ready(program)?;
        let mut samples = Vec::new();
        for _ in 0..bench.amount.seldom {
            thread::sleep(SELDOM);
            samples.extend(repeat(1, || host.decide())?);
        }
        Ok(median(&samples))
    })
}

fn inside(bench: &Bench) -> Result<Row> {
    let one = |example: &Example| -> Result<Option<f64>> {
        let mut inside = Inside::new(example)?;
        repeat(WARM_UP, || inside.decide())?;
        Ok(median(&repeat(bench.amount.decisions, || inside.decide())?))
    };
    let medians = bench.examples.iter().map(one).collect::<Result<_>>()?;
    Ok(Row::numbers("the same call in this process, median µs", medians))
}

fn system_calls(program: &Program) -> Result<f64> {
    let mut host = Host::ready(program)?;
    let mut tracer = Tracer::new(host.pid)?;
    tracer.calls_of_each(&mut host, Host::ask, |host| {
        let has_answered = host.speaks(Duration::ZERO)?;
        if has_answered {
            host.hear()?;
        }
        Ok(has_answered)
    })
}

/// In containers, whose init starts the host anew.
fn losses(bench: &Bench) -> Result<Vec<Row>> {
    let (mut fallback, mut decided) = (lists(bench), lists(bench));
    let programs = bench.programs_with_plugins(&["receive"])?;
    for _ in 0..bench.amount.rounds * bench.amount.hosts {
        for ((program, fallback), decided) in programs.iter().zip(&mut fallback).zip(&mut decided) {
            let lost = lost::once(program)?;
            fallback.push(lost.until_fallback);
            decided.push(lost.until_decided);
        }
    }
    let row = |what: &str, samples: &[Vec<f64>]| Row::numbers(what, samples.iter().map(|s| median(s)).collect());
    let worst =
        |what: &str, samples: &[Vec<f64>]| Row::numbers(what, samples.iter().map(|s| percentile(s, 99)).collect());
    Ok(vec![
        row("host killed in a call: until the signal is sent on, median µs", &fallback),
        worst("p99 of these, µs ", &fallback),
        row("host killed in a call: until the next decision, median µs", &decided),
        worst("p99 of these, µs  ", &decided),
    ])
}

fn memory(bench: &Bench) -> Result<Vec<Row>> {
    let mut all = lists(bench);
    for program in &programs(bench)? {
        let mut host = Host::ready(program)?;
        repeat(WARM_UP, || host.decide())?;
        let memory = proc::memory(host.pid)?;
        for (values, value) in all.iter_mut().zip([memory.resident, memory.proportional, memory.private_dirty]) {
            values.push(value);
        }
    }
    let names = ["memory of the host, RSS, kB", "memory of the host, PSS, kB", "memory of the host, private dirty, kB"];
    Ok(names
        .into_iter()
        .zip(all)
        .map(|(name, values)| Row::numbers(name, values.into_iter().map(Some).collect()))
        .collect())
}

/// All wait at the same time.
fn idle(bench: &Bench) -> Result<Row> {
    let hosts = programs(bench)?.iter().map(Host::ready).collect::<Result<Vec<_>>>()?;
    let look = || hosts.iter().map(|host| proc::sleeps(host.pid)).collect::<Result<Vec<_>>>();
    thread::sleep(REST);
    let before = look()?;
    thread::sleep(bench.amount.idle);
    let seconds = bench.amount.idle.as_secs_f64();
    let rates = look()?.iter().zip(&before).map(|(after, before)| Some((after - before) / seconds)).collect();
    Ok(Row::numbers("idle, wake-ups of the host per second", rates))
}

fn programs(bench: &Bench) -> Result<Vec<Program>> {
    bench.examples.iter().map(Host::program).collect()
}

/// An empty list of samples for each column.
fn lists(bench: &Bench) -> Vec<Vec<f64>> {
    vec![Vec::new(); bench.examples.len()]
}

/// A figure for each column.
fn each(bench: &Bench, what: &str, figure: impl Fn(&Program) -> Result<Option<f64>>) -> Result<Row> {
    Ok(Row::numbers(what, programs(bench)?.iter().map(figure).collect::<Result<_>>()?))
}

/// How long each took, in microseconds.
fn repeat(times: u32, mut once: impl FnMut() -> Result<()>) -> Result<Vec<f64>> {
    let measure = |_| {
        let start = Instant::now();
        once()?;
        Ok(microseconds(start.elapsed()))
    };
    (0..times).map(measure).collect()
}
