//! An image in a container engine, by the `docker` command that people use.

use std::{
    io,
    process::{self, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use wigwag_core::{Signal, exit_code};

use crate::{
    Error, procfs,
    record::{End, Image, Moment, Process, Record, Up},
    sys::Pid,
    text::Text,
};

/// A container that has been started.
#[derive(Debug)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// What asks it to stop.
    pub signal: Signal,
    /// Its first process, if that is one of this machine's and can be looked at.
    pub first: Option<Pid>,
}

/// A name for a container of ours.
pub fn new_name() -> String {
    format!("wigwag-prove-{}", process::id())
}

fn docker(words: &[&str]) -> Result<String, Error> {
    let mut docker = Command::new("docker");
    let output = docker.args(words).stdin(Stdio::null()).output();
    let output = output.map_err(|error| {
        Error::Io(if error.kind() == io::ErrorKind::NotFound {
            "`docker` is not in PATH: `--image` needs its command line; `wigwag prove -- CMD…` does without".to_string()
        } else {
            format!("cannot run `docker`: {error}")
        })
    })?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(Error::Io(format!("`docker {}`: {}", words.first().unwrap_or(&""), why.trim())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_string())
}

impl Container {
    /// Starts it.
    pub fn start(
        name: &str,
        image: &str,
        options: &[String],
        args: &[String],
        signal: Option<Signal>,
    ) -> Result<Self, Error> {
        let wanted = signal.map(|signal| format!("--stop-signal={signal}"));
        let mut words = vec!["create", "--name", name, "--label", "wigwag-prove"];
        words.extend(wanted.as_deref());
        words.extend(options.iter().map(String::as_str));
        words.push(image);
        words.extend(args.iter().map(String::as_str));
        docker(&words)?;
        let declared = docker(&["inspect", "--format", "{{.Config.StopSignal}}", name])?;
        let declared = declared.strip_prefix("SIG").unwrap_or(&declared);
        let signal = if declared.is_empty() { Signal::TERM } else { declared.parse().unwrap_or(Signal::TERM) };
        docker(&["start", name])?;
        let state = docker(&["inspect", "--format", "{{.State.Pid}} {{.Id}}", name])?;
        let (pid, id) = state.split_once(' ').unwrap_or_default();
        let first = pid.parse().ok().filter(|pid| is_here(*pid, id));
        Ok(Self { name: name.to_string(), signal, first })
    }

    /// Its address in its network.
    pub fn address(&self) -> Result<String, Error> {
        let format = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}";
        let addresses = docker(&["inspect", "--format", format, &self.name])?;
        Ok(addresses.split_whitespace().next().unwrap_or("127.0.0.1").to_string())
    }

    /// Waits for its end; the exit code, as the engine knows it.
    pub fn status(&self) -> Result<Option<End>, Error> {
        let code = docker(&["wait", &self.name])?;
        Ok(code.parse().ok().map(End::Exited))
    }

    /// Stops it and says what the engine says of it.
    pub fn stop_unseen(&self, quiet: Duration, start_timeout: Duration, grace: Duration) -> Result<Record, Error> {
        let start = Instant::now();
        let mut record = Record::default();
        record.unknown.push(
            "the engine's processes are not this machine's: what they were given, who took which signal and how they ended \
             is not known, but for the exit code and the time"
                .to_string(),
        );
        let mut seen = (String::new(), Instant::now());
        let is_running = loop {
            let Ok(top) = docker(&["top", &self.name, "-eo", "pid,ppid,args"]) else { break false };
            if top != seen.0 {
                seen = (top, Instant::now());
            }
            if seen.1.elapsed() >= quiet || start.elapsed() >= start_timeout {
                break true;
            }
            thread::sleep(Duration::from_millis(50));
        };
        record.processes = listed(&seen.0);
        let now = || Moment(start.elapsed());
        if is_running {
            record.up = Some(Up { at: now(), how: "`docker top` did not change".to_string() });
            record.stopped = Some(now());
            docker(&["stop", "-t", &grace.as_secs().to_string(), &self.name])?;
        }
        record.ended = Some(now());
        record.status = self.status()?;
        let is_killed = record.status.and_then(End::code) == Some(exit_code::of_signal(Signal::KILL));
        let took = record.stopped.map(|stopped| now().since(stopped));
        if is_killed && took.is_some_and(|took| took >= grace) {
            record.killed = record.ended;
        }
        for process in &mut record.processes {
            let end = record.status.filter(|_| process.parent == 0).unwrap_or(End::Unseen);
            process.ended = record
                .ended
                .map(|ended| (ended, if record.killed.is_some() { End::Killed(Signal::KILL) } else { end }));
        }
        Ok(record)
    }
}

/// What `docker top` lists, the first process first; the numbers are those of the machine that they are on.
fn listed(top: &str) -> Vec<Process> {
    let rows: Vec<(Pid, Pid, &str)> = top
        .lines()
        .skip(1)
        .filter_map(|line| {
            let (pid, rest) = line.trim_start().split_once(char::is_whitespace)?;
            let (parent, args) = rest.trim_start().split_once(char::is_whitespace)?;
            Some((pid.parse().ok()?, parent.parse().ok()?, args.trim()))
        })
        .collect();
    let pids: Vec<Pid> = rows.iter().map(|(pid, ..)| *pid).collect();
    let process = |(pid, parent, args): &(Pid, Pid, &str)| Process {
        pid: *pid,
        parent: if pids.contains(parent) { *parent } else { 0 },
        images: vec![Image { arguments: args.split_whitespace().map(Text::from).collect(), ..Image::default() }],
        ..Process::default()
    };
    let mut processes: Vec<Process> = rows.iter().map(process).collect();
    processes.sort_by_key(|process| (process.parent != 0, process.pid));
    processes
}

/// Whether this is the container's first process, and not one that is called the same on another machine.
fn is_here(pid: Pid, id: &str) -> bool {
    let is_first = procfs::status(pid).is_some_and(|status| status.inner == 1);
    let cgroup = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
    let short = id.get(..12).unwrap_or(id);
    let is_named =
        procfs::environment(pid).iter().any(|variable| variable.bytes() == format!("HOSTNAME={short}").as_bytes());
    is_first && !id.is_empty() && (cgroup.contains(id) || is_named)
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_docker_lists_is_read() {
        let top = "PID    PPID   COMMAND\n312  300  /bin/sh /run.sh\n340  312  app --port 80\n";
        let processes = listed(top);
        let shown: Vec<_> = processes.iter().map(|process| (process.pid, process.parent)).collect();
        assert_eq!(shown, [(312, 0), (340, 312)]);
        assert_eq!(processes.first().and_then(Process::image).map(|image| image.arguments.len()), Some(2));
    }
}
