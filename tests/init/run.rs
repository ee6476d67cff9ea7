//! Doing what a case says.

use std::{
    ffi::OsString,
    fs,
    path::Path,
    process::ExitStatus,
    thread,
    time::{Duration, Instant},
};

use scenarios::{Container, DEADLINE, Init, Result, Setup, built, processes, until};
use wigwag_core::Signal;

use crate::{
    case::{Case, Step},
    expectation::{Expectation, Outcome},
};

/// What stands in a config for the path of the scripted host.
const SCRIPTED_HOST: &str = "{scripted-host}";

impl Case {
    /// Does it, for each of its numbers, as often as it says.
    pub fn run(&self, init: &Init) -> Result<()> {
        let numbers = match &self.each {
            Some(numbers) => numbers.0.iter().copied().map(Some).collect(),
            None => vec![None],
        };
        let mut differs = !self.expect.is_different(init);
        for each in numbers {
            for _ in 0..self.repeat {
                differs |= self.once(init, each)?;
            }
        }
        if differs { Ok(()) } else { Err("what it is said to do differently, it does as every init".into()) }
    }

    /// Whether it did something else than is expected of every init.
    fn once(&self, init: &Init, each: Option<u8>) -> Result<bool> {
        let directory = tempfile::tempdir()?;
        self.copy_files(directory.path())?;
        let command = self.command(init, directory.path(), each)?;
        let setup = Setup { command, directory: directory.path().to_path_buf(), stdio: self.stdio };
        let mut container = Container::start(&setup)?;
        let expected = self.expect.of(init);
        let outcome = self.carry_out(&mut container, each, &expected);
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

    /// Files that the case brings along, into the working directory. A config may name the scripted host.
    fn copy_files(&self, directory: &Path) -> Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            fs::copy(entry.path(), directory.join(entry.file_name()))?;
        }
        if self.has_plugins()? {
            let text = fs::read_to_string(self.config())?;
            let host = built()?.scripted_host.display().to_string();
            fs::write(directory.join("init.toml"), text.replace(SCRIPTED_HOST, &host))?;
        }
        Ok(())
    }

    fn has_plugins(&self) -> Result<bool> {
        Ok(self.config().is_file() && fs::read_to_string(self.config())?.contains(SCRIPTED_HOST))
    }

    fn command(&self, init: &Init, directory: &Path, each: Option<u8>) -> Result<Vec<OsString>> {
        let number = each.map(|number| number.to_string()).unwrap_or_default();
        let word =
            |word: &String| OsString::from(if each.is_some() { word.replace("{}", &number) } else { word.clone() });
        let mut command: Vec<OsString> = self.before.iter().map(word).collect();
        command.push(init.program(directory)?);
        command.extend(self.options.iter().map(word));
        if self.has_config {
            command.extend(["--config", "init.toml"].map(OsString::from));
        }
        if self.separator {
            command.push("--".into());
        }
        command.extend(self.run.iter().map(word));
        Ok(command)
    }

    fn carry_out(&self, container: &mut Container, each: Option<u8>, expected: &Expectation) -> Result<Outcome> {
        let mut stop = None;
        let mut stuck = None;
        for step in &self.steps {
            match step {
                Step::Wait(pattern) if expected.is_stuck_at(pattern) => {
                    if container.output.wait_for(pattern, self.grace()?).is_err() {
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
                Step::Stopped(expected) => {
                    let stopped =
                        || container.processes().into_iter().filter(|pid| processes::is_stopped(*pid)).count();
                    until(|| (stopped() == *expected).then_some(()))
                        .ok_or_else(|| format!("{} processes are stopped, not {expected}", stopped()))?;
                }
                Step::Stop(signal) => {
                    let (status, took) = self.stop(container, *signal)?;
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

    fn grace(&self) -> Result<Duration> {
        Ok(Duration::from_millis(self.grace_period()?.0))
    }

    /// As an engine does it. The time is in grace periods.
    fn stop(&self, container: &mut Container, signal: Signal) -> Result<(ExitStatus, f64)> {
        let grace = self.grace()?;
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
}
