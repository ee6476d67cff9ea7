//! Doing what a case says.

use std::{
    ffi::OsString,
    fs,
    process::ExitStatus,
    thread,
    time::{Duration, Instant},
};

use scenarios::{Container, DEADLINE, Init, Result, Setup, until};
use wigwag_core::Signal;

use crate::{
    case::{Case, Step},
    expectation::Outcome,
};

impl Case {
    /// Does it, for each of its numbers, as often as it says.
    pub fn run(&self, init: &Init) -> Result<()> {
        let numbers = match &self.each {
            Some(numbers) => numbers.0.iter().copied().map(Some).collect(),
            None => vec![None],
        };
        for each in numbers {
            for _ in 0..self.repeat {
                self.once(init, each)?;
            }
        }
        Ok(())
    }

    fn once(&self, init: &Init, each: Option<u8>) -> Result<()> {
        let directory = tempfile::tempdir()?;
        self.copy_files(directory.path())?;
        let command = self.command(init, each)?;
        let setup = Setup { command, directory: directory.path().to_path_buf(), stdio: self.stdio };
        let mut container = Container::start(&setup)?;
        let outcome = self.carry_out(&mut container, each);
        let story = |problem: &str| {
            let each = each.map(|number| format!(" with {number}")).unwrap_or_default();
            let lines = container.output.so_far().join("\n  ");
            format!("{problem}{each}\nrun: {:?}\noutput:\n  {lines}", setup.command)
        };
        let outcome = outcome.map_err(|error| story(&error.to_string()))?;
        let wrong = self.expect.for_init(init).check(&outcome, each)?;
        if wrong.is_empty() { Ok(()) } else { Err(story(&wrong.join("\n")).into()) }
    }

    /// Files that the case brings along, into the working directory.
    fn copy_files(&self, directory: &std::path::Path) -> Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            fs::copy(entry.path(), directory.join(entry.file_name()))?;
        }
        Ok(())
    }

    fn command(&self, init: &Init, each: Option<u8>) -> Result<Vec<OsString>> {
        let mut command: Vec<OsString> = self.before.iter().map(OsString::from).collect();
        command.push(init.program()?);
        command.extend(self.options.iter().map(OsString::from));
        if self.has_config {
            command.extend(["--config", "init.toml"].map(OsString::from));
        }
        if self.separator {
            command.push("--".into());
        }
        let number = each.map(|number| number.to_string()).unwrap_or_default();
        command.extend(
            self.run
                .iter()
                .map(|word| if each.is_some() { word.replace("{}", &number) } else { word.clone() })
                .map(OsString::from),
        );
        Ok(command)
    }

    fn carry_out(&self, container: &mut Container, each: Option<u8>) -> Result<Outcome> {
        let mut stop = None;
        for step in &self.steps {
            match step {
                Step::Wait(pattern) => container.output.wait_for(pattern)?,
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
                Step::CloseStdin => container.close_stdin(),
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
        Ok(Outcome { status, lines: container.output.all()?, stop: stop.map(|(_, took)| took) })
    }

    /// As an engine does it. The time is in grace periods.
    fn stop(&self, container: &mut Container, signal: Signal) -> Result<(ExitStatus, f64)> {
        let grace = Duration::from_millis(self.grace_period()?.0);
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
