//! Doing what a case says.

use std::{
    ffi::OsString,
    fs,
    path::Path,
    process::{Command, ExitStatus},
    thread,
    time::{Duration, Instant},
};

use wigwag_core::{Config, Signal, budget::DEFAULT_GRACE_PERIOD, form};

use super::{
    CONFIG, Case, Step,
    expectation::{Expectation, Outcome},
    plugins,
};
use crate::{Container, DEADLINE, Init, Result, Setup, processes, until};

impl Case {
    /// Does it, for each of its numbers, as often as it says.
    pub fn run(&self, init: &Init) -> Result<()> {
        self.run_where(init, false)
    }

    /// The same with an init that is not PID 1.
    pub fn run_below(&self, init: &Init) -> Result<()> {
        self.run_where(init, true)
    }

    fn run_where(&self, init: &Init, is_below: bool) -> Result<()> {
        let numbers = match &self.each {
            Some(numbers) => numbers.0.iter().copied().map(Some).collect(),
            None => vec![None],
        };
        let mut differs = !self.expect.is_different(init);
        for each in numbers {
            for _ in 0..self.repeat {
                differs |= self.once(init, each, is_below)?;
            }
        }
        if differs { Ok(()) } else { Err("what it is said to do differently, it does as every init".into()) }
    }

    /// Whether it did something else than is expected of every init.
    fn once(&self, init: &Init, each: Option<u8>, is_below: bool) -> Result<bool> {
        let directory = tempfile::tempdir()?;
        self.prepare(directory.path())?;
        let command = self.command(init, directory.path(), each)?;
        let setup = Setup { command, directory: directory.path().to_path_buf(), stdio: self.stdio, is_below };
        let mut container = Container::start(&setup)?;
        let expected = self.expect.of(init);
        let grace = self.grace(directory.path());
        let outcome = self.carry_out(&mut container, grace, each, &expected);
        let story = |problem: &str| {
            let each = each.map(|number| format!(" with {number}")).unwrap_or_default();
            let lines = container.output.so_far().join("\n  ");
            format!("{problem}{each}\nrun: {:?}\noutput:\n  {lines}", setup.command)
        };
        let outcome = outcome.map_err(|error| story(&error.to_string()))?;
        let wrong = expected.check(&outcome, each)?;
        if !wrong.is_empty() {
            return Err(story(&wrong.join("\n")).into());
        }
        Ok(!self.expect.of_every_init().check(&outcome, each)?.is_empty())
    }

    /// Files that the case brings along, into the working directory, and what is done with them.
    fn prepare(&self, directory: &Path) -> Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            fs::copy(entry.path(), directory.join(entry.file_name()))?;
        }
        if self.has_spec() {
            plugins::build(&self.folder, directory)?;
        }
        plugins::name_scripted_host(directory)?;
        let Some(script) = &self.prepare else { return Ok(()) };
        let output = Command::new("sh").args(["-euc", script]).current_dir(directory).output()?;
        if output.status.success() { Ok(()) } else { Err(format!("cannot be prepared: {output:?}").into()) }
    }

    fn command(&self, init: &Init, directory: &Path, each: Option<u8>) -> Result<Vec<OsString>> {
        let number = each.map(|number| number.to_string()).unwrap_or_default();
        let word =
            |word: &String| OsString::from(if each.is_some() { word.replace("{}", &number) } else { word.clone() });
        let mut command: Vec<OsString> = self.before.iter().map(word).collect();
        command.push(init.program(directory)?);
        command.extend(self.options.iter().map(word));
        if self.has_config {
            command.extend(["--config", CONFIG].map(OsString::from));
        }
        if self.separator {
            command.push("--".into());
        }
        command.extend(self.run.iter().map(word));
        Ok(command)
    }

    fn carry_out(
        &self,
        container: &mut Container,
        grace: Duration,
        each: Option<u8>,
        expected: &Expectation,
    ) -> Result<Outcome> {
        let mut stop = None;
        let mut stuck = None;
        for step in &self.steps {
            match step {
                Step::Wait(pattern) if expected.is_stuck_at(pattern) => {
                    if container.output.wait_for(pattern, grace).is_err() {
                        container.send(Signal::KILL)?;
                        stuck = Some(pattern.clone());
                        break;
                    }
                }
                Step::Wait(pattern) => container.output.wait_for(pattern, DEADLINE)?,
                Step::Listening(signal) => {
                    until(|| container.listens(*signal).map(|listens| listens.then_some(())).transpose())
                        .ok_or("PID 1 never listened")??;
                }
                Step::Processes(expected) => {
                    until(|| (container.processes().len() == *expected).then_some(()))
                        .ok_or_else(|| format!("{} processes, not {expected}", container.processes().len()))?;
                }
                Step::Send(signal) => container.send(*signal)?,
                Step::Queue(signal, value) => container.queue(*signal, *value)?,
                Step::SendTimes(signal, times) => (0..*times).try_for_each(|_| container.send(*signal))?,
                Step::SendEach(numbers) => {
                    let signals = numbers.0.iter().filter_map(|number| Signal::new(*number));
                    signals.into_iter().try_for_each(|signal| container.send(signal))?;
                }
                Step::Later => thread::sleep(Duration::from_millis(u64::from(each.unwrap_or_default()))),
                Step::CloseStdin | Step::HangUp => container.close_stdin(),
                Step::Type(text) => container.terminal()?.write(text)?,
                Step::Resize(rows) => container.terminal()?.resize(*rows)?,
                Step::Host(plugin, signal) => signal_host(container, plugin, *signal)?,
                Step::Stopped(expected) => {
                    let stopped =
                        || container.processes().into_iter().filter(|pid| processes::is_stopped(*pid)).count();
                    until(|| (stopped() == *expected).then_some(()))
                        .ok_or_else(|| format!("{} processes are stopped, not {expected}", stopped()))?;
                }
                Step::Stop(signal) => {
                    let (status, took) = stop_container(container, *signal, grace)?;
                    stop = Some((status, took));
                }
            }
        }
        let status = match stop {
            Some((status, _)) => status,
            None => container.ended_within(DEADLINE)?.ok_or("it did not end")?,
        };
        Ok(Outcome { status, lines: container.output.all()?, stop: stop.map(|(_, took)| took), stuck })
    }

    /// How long an engine would wait after the stop signal.
    fn grace(&self, directory: &Path) -> Duration {
        let said = || form::read::<Config>(&fs::read_to_string(directory.join(CONFIG)).ok()?).ok();
        let grace = self.grace.or_else(|| said().map(|config| config.grace_period)).unwrap_or(DEFAULT_GRACE_PERIOD);
        Duration::from_millis(grace.0)
    }
}

/// As an engine does it. The time is in grace periods.
fn stop_container(container: &mut Container, signal: Signal, grace: Duration) -> Result<(ExitStatus, f64)> {
    let start = Instant::now();
    container.send(signal)?;
    let ended = container.ended_within(grace)?;
    let took = start.elapsed().as_secs_f64() / grace.as_secs_f64();
    if let Some(status) = ended {
        return Ok((status, took));
    }
    container.send(Signal::KILL)?;
    let status = container.ended_within(DEADLINE)?.ok_or("not even SIGKILL ended it")?;
    Ok((status, took))
}

/// Sends it to the plugin's host, when there is one.
fn signal_host(container: &Container, plugin: &str, signal: Signal) -> Result<()> {
    let host = until(|| container.host(plugin).transpose()).ok_or_else(|| format!("`{plugin}` has no host"))??;
    processes::send(host, signal)?;
    let is_done = || match signal {
        Signal::KILL => processes::program(host).is_none(),
        Signal::STOP => processes::is_stopped(host) || processes::program(host).is_none(),
        _ => true,
    };
    until(|| is_done().then_some(())).ok_or_else(|| format!("{signal} does nothing to the host of `{plugin}`").into())
}
