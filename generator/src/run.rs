//! `wigwag run`: this program plays the platform, and the entrypoint runs as it would in a container.

use std::{
    ffi::OsString,
    fs, io,
    os::{fd::AsFd, unix::process::CommandExt},
    path::Path,
    process::{Child, Command, ExitCode, ExitStatus},
    time::{Duration, Instant},
};

use clap::Args;
use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::{
        signal::{self, SigSet},
        signalfd::{SfdFlags, SignalFd},
    },
    unistd::{Pid, getpgrp, tcgetpgrp, tcsetpgrp},
};
use tempfile::TempDir;
use wigwag::{
    artifacts,
    model::Model,
    render::{self, CONFIG_FILE, HOST_FILE, INIT_FILE, SCRIPT_FILE},
    spec::Entrypoint,
};
use wigwag_core::{Config, Millis, Signal, exit_code};
use wigwag_engine::Platform;
use wigwag_prove::namespace::{self, Inside};

use crate::{
    checked::Spec,
    exit::Failure,
    input::Programs,
    supplies::Real,
    terminal::{note, report, tell},
};

/// Run a spec here as its container would, as PID 1 of a new namespace; SIGTERM to this program is the stop.
#[derive(Args)]
pub struct Run {
    #[command(flatten)]
    spec: Spec,
    #[command(flatten)]
    programs: Programs,
    /// The container's arguments.
    #[arg(last = true)]
    args: Vec<OsString>,
}

impl Run {
    /// Ends with the status of what it runs; whatever else goes wrong has one code, because the others may be the
    /// service's.
    pub fn run(self) -> ExitCode {
        let model = self.spec.model(None);
        match model.and_then(|model| platform(model, &self.programs, self.args)) {
            Ok(status) => ExitCode::from(namespace::code(status)),
            Err(failure) => {
                report(&failure);
                ExitCode::from(exit_code::OWN_FAILURE)
            }
        }
    }
}

fn platform(model: Model, programs: &Programs, args: Vec<OsString>) -> Result<ExitStatus, Failure> {
    let (stop_signal, grace_period) = (model.stop_signal(), model.config.grace_period);
    let (mut entrypoint, _files) = entrypoint(model, programs)?;
    entrypoint.extend(args);
    let cannot = |error: io::Error| Failure::io(format!("cannot run the entrypoint: {error}"));
    // From here on signals are read, not suffered.
    let all = SigSet::all();
    all.thread_block().map_err(|error| cannot(error.into()))?;
    let signals = SignalFd::with_flags(&all, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK);
    let signals = signals.map_err(|error| cannot(error.into()))?;
    let has_terminal = has_terminal();
    let mut command = command(&entrypoint, has_terminal).map_err(cannot)?;
    let mut child = command.process_group(0).spawn().map_err(cannot)?;
    let status = supervise(&mut child, &signals, stop_signal, grace_period);
    if has_terminal {
        // SIGTTOU, which asking for it back from the background would bring, is blocked.
        let _ = tcsetpgrp(io::stdin(), getpgrp());
    }
    status.map_err(cannot)
}

/// The entrypoint's words, and the directory that must be there as long as it runs.
fn entrypoint(model: Model, programs: &Programs) -> Result<(Vec<OsString>, TempDir), Failure> {
    let words = |words: &[&std::ffi::OsStr]| words.iter().map(|word| (*word).to_os_string()).collect();
    let directory = tempfile::Builder::new().prefix("wigwag-").tempdir();
    let directory = directory.map_err(|error| cannot_write(&error))?;
    let file = |name| directory.path().join(name);
    let entrypoint = match model.entrypoint {
        Entrypoint::Init => {
            let init = programs.path(INIT_FILE)?;
            let path = file(CONFIG_FILE);
            write(&path, render::config(&configured(model, programs, directory.path())?)?.as_bytes())?;
            words(&[init.as_os_str(), "--config".as_ref(), path.as_os_str(), "--".as_ref()])
        }
        // By name of the shell, because /tmp may be mounted without execution.
        Entrypoint::Script => {
            let path = file(SCRIPT_FILE);
            write(&path, render::script(&model)?.as_bytes())?;
            words(&["/bin/sh".as_ref(), path.as_os_str()])
        }
    };
    Ok((entrypoint, directory))
}

/// The config with its plugins, which are written to the directory, compiled for this machine.
fn configured(mut model: Model, programs: &Programs, directory: &Path) -> Result<Config, Failure> {
    if model.config.plugins.is_empty() {
        return Ok(model.config);
    }
    let here = Platform::native().ok_or_else(|| Failure::io("plugins cannot be compiled for this machine"))?;
    model.platforms = vec![here];
    let artifacts = artifacts::compile(&model, &Real(programs))?;
    for artifact in &artifacts {
        write(&directory.join(artifact.file()), &artifact.compiled.bytes)?;
    }
    let mut config = artifacts::configure(&model.config, &artifacts, text(directory)?);
    config.plugin_host = Some(text(&programs.path(HOST_FILE)?)?.to_string());
    Ok(config)
}

/// A config is text, and so are the paths in it.
fn text(path: &Path) -> Result<&str, Failure> {
    path.to_str().ok_or_else(|| Failure::io(format!("`{}` is not UTF-8", path.display())))
}

fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    fs::write(path, content).map_err(|error| cannot_write(&error))
}

fn cannot_write(error: &io::Error) -> Failure {
    Failure::io(format!("cannot write a temporary file: {error}"))
}

/// Whether there is a terminal, and it is ours to give: not that of a shell whose job in the background we are.
fn has_terminal() -> bool {
    tcgetpgrp(io::stdin()).is_ok_and(|group| group == getpgrp())
}

fn command(entrypoint: &[OsString], foreground: bool) -> io::Result<Command> {
    let mut inside = if namespace::is_permitted() {
        namespace::enter()?
    } else {
        note("no PID namespace is permitted here: if the entrypoint is killed, what it has started lives on");
        Inside::outside()
    };
    inside.foreground = foreground;
    inside.unblock = true;
    Ok(inside.command(entrypoint))
}

/// Plays the platform until the entrypoint ends.
fn supervise(child: &mut Child, signals: &SignalFd, stop_signal: Signal, grace: Millis) -> io::Result<ExitStatus> {
    let mut deadline: Option<Instant> = None;
    let mut killed = false;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        let left = deadline.filter(|_| !killed).map(|deadline| deadline.saturating_duration_since(Instant::now()));
        wait(signals, left)?;
        while let Some(info) = signals.read_signal()? {
            match u8::try_from(info.ssi_signo).ok().and_then(Signal::new) {
                None | Some(Signal::CHLD) => {}
                Some(Signal::TERM) => {
                    deadline = deadline.or_else(|| Instant::now().checked_add(Duration::from_millis(grace.0)));
                    send(child, stop_signal)?;
                }
                Some(signal) => send(child, signal)?,
            }
        }
        if !killed && deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            tell(&format!("the grace period of {grace} is over: SIGKILL"));
            child.kill()?;
            killed = true;
        }
    }
}

/// Until there is a signal, or no time is left.
fn wait(signals: &SignalFd, left: Option<Duration>) -> io::Result<()> {
    // A millisecond more, so that it does not wake just before; a day at the most, and then it looks again.
    let millis = left.map(|left| i32::try_from(left.as_millis().saturating_add(1)).unwrap_or(86_400_000));
    let timeout = millis.and_then(|millis| PollTimeout::try_from(millis).ok()).unwrap_or(PollTimeout::NONE);
    match poll(&mut [PollFd::new(signals.as_fd(), PollFlags::POLLIN)], timeout) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn send(child: &Child, signal: Signal) -> io::Result<()> {
    let pid = Pid::from_raw(i32::try_from(child.id()).map_err(io::Error::other)?);
    if let Ok(signal) = signal::Signal::try_from(i32::from(signal.number())) {
        return Ok(signal::kill(pid, signal)?);
    }
    // The safe interface to kill(2) has no real-time signals, so a shell sends them. Like every child from now on it is
    // born into the namespace, if there is one.
    let pid = if in_namespace()? { Pid::from_raw(1) } else { pid };
    let script = ["-c", "kill -s \"$1\" \"$2\"", "sh"];
    Command::new("/bin/sh").args(script).args([signal.number().to_string(), pid.to_string()]).status().map(drop)
}

/// Whether this process's children are born into a PID namespace other than its own.
fn in_namespace() -> io::Result<bool> {
    Ok(fs::read_link("/proc/self/ns/pid")? != fs::read_link("/proc/self/ns/pid_for_children")?)
}
