//! Running one container and looking at what came of it.

use std::{
    cell::Cell,
    path::Path,
    time::{Duration, Instant},
};

use scenarios::{DEADLINE, Result, matches, until};
use wigwag_core::{Millis, budget::DEFAULT_GRACE_PERIOD};

use crate::{
    beside::Running,
    case::{Action, Run, Step, Takes},
    disk::Disk,
    docker::Container,
    neighbour,
};

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    pub exit: u8,
    pub lines: Vec<String>,
    /// How long it took to end, in grace periods.
    pub took: f64,
}

impl Run {
    /// Runs a container of this image, of the case in this folder.
    pub fn run(&self, image: &str, folder: &Path) -> Result<Outcome> {
        if let Action::Prove(options) = &self.action {
            return self.prove(options, image);
        }
        let disk = self.expect.device.map(|_| Disk::new()).transpose()?;
        let folder = folder.display().to_string();
        // It goes after the container that is its neighbour.
        let neighbour = self.neighbour.as_ref().map(|neighbour| neighbour.start(image)).transpose()?;
        let mut words: Vec<_> = self.options.iter().map(|option| option.replace('@', &folder)).collect();
        words.extend(disk.iter().flat_map(Disk::options));
        words.extend(neighbour.iter().flat_map(neighbour::Running::options));
        words.push(image.to_string());
        words.extend(self.command.iter().cloned());
        let run = if self.has_terminal() { Container::run_at_terminal } else { Container::run };
        let mut container = run(&words)?;
        let outcome = self.watch(&mut container, image);
        let story = |problem: &str| format!("{problem}\noutput:\n  {}", container.output.so_far().join("\n  "));
        let outcome = outcome.map_err(|error| story(&error.to_string()))?;
        let wrong = self.wrong(&outcome);
        if !wrong.is_empty() {
            return Err(story(&wrong.join("\n")).into());
        }
        if let (Some(disk), Some(device)) = (disk, self.expect.device) {
            disk.wait_for(device).map_err(|error| story(&error.to_string()))?;
        }
        Ok(outcome)
    }

    fn watch(&self, container: &mut Container, image: &str) -> Result<Outcome> {
        for line in &self.ready {
            container.output.wait_for(line, DEADLINE)?;
        }
        let beside = self.beside.as_ref().map(|beside| beside.start(container, image)).transpose()?;
        if let Some(expected) = self.processes {
            let last = Cell::new((0, 0));
            until(|| {
                let processes = container.processes().inspect(|processes| last.set(*processes));
                processes.map(|processes| (processes == expected).then_some(())).transpose()
            })
            .ok_or_else(|| format!("{:?} processes and zombies, not {expected:?}", last.get()))??;
        }
        for step in &self.steps {
            match step {
                Step::Wait(line) => container.output.wait_for(line, DEADLINE)?,
                Step::Type(text) => container.terminal()?.write(text)?,
                Step::Resize(rows) => container.terminal()?.resize(*rows)?,
                Step::Kill(signal) => drop(container.docker(&["kill", "-s", signal])?),
                Step::Exec(words) => container.exec(words)?,
            }
        }
        let start = Instant::now();
        match &self.action {
            Action::Stop => drop(container.docker(&["stop"])?),
            Action::StopWithin(seconds) => drop(container.docker(&["stop", "-t", &seconds.to_string()])?),
            Action::Kill(signal) => drop(container.docker(&["kill", "-s", signal])?),
            Action::Exec(words) => container.exec(words)?,
            Action::Wait | Action::Prove(_) => {}
        }
        let exit = container.exit_code()?;
        let took = start.elapsed().as_secs_f64() / Duration::from_millis(self.grace_period().0).as_secs_f64();
        beside.map(Running::end).transpose()?;
        Ok(Outcome { exit, lines: container.output.all()?, took })
    }

    fn grace_period(&self) -> Millis {
        match self.action {
            Action::StopWithin(seconds) => Millis(u64::from(seconds) * 1_000),
            Action::Stop | Action::Kill(_) | Action::Exec(_) | Action::Wait | Action::Prove(_) => DEFAULT_GRACE_PERIOD,
        }
    }

    pub fn wrong(&self, outcome: &Outcome) -> Vec<String> {
        let mut wrong = Vec::new();
        let expect = &self.expect;
        if outcome.exit != expect.exit {
            wrong.push(format!("exit code {}, not {}", outcome.exit, expect.exit));
        }
        let mut lines = outcome.lines.iter();
        for pattern in &expect.output {
            if !lines.any(|line| matches(pattern, line)) {
                wrong.push(format!("no line `{pattern}`, or not in this order"));
            }
        }
        let count = |pattern: &str| outcome.lines.iter().filter(|line| matches(pattern, line)).count();
        for pattern in expect.absent.iter().filter(|pattern| count(pattern) > 0) {
            wrong.push(format!("there is a line `{pattern}`"));
        }
        for (pattern, times) in expect.count.iter().filter(|(pattern, times)| count(pattern) != **times) {
            wrong.push(format!("`{pattern}` comes {} times, not {times}", count(pattern)));
        }
        if expect.takes.is_some() && Takes::new(outcome.took) != expect.takes {
            wrong.push(format!("it took {:.2} grace periods, not {:?}", outcome.took, expect.takes));
        }
        wrong
    }
}
