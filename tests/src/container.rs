//! An init as PID 1 of a PID namespace, as an engine starts, signals and kills it.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{self, Child, Command, ExitStatus},
    sync::LazyLock,
    time::{Duration, Instant},
};

use nix::{sys::signal, unistd::Pid};
use wigwag_core::Signal;

use crate::{Output, Result, Stdio, Terminal, built, processes, stdio::Outside, until};

/// What the container is started with.
#[derive(Debug)]
pub struct Setup {
    /// What becomes PID 1: the init and its arguments, behind what prepares them.
    pub command: Vec<OsString>,
    /// The working directory.
    pub directory: PathBuf,
    /// Its standard streams.
    pub stdio: Stdio,
    /// Whether PID 1 is a shell, and the init its child.
    pub is_below: bool,
}

/// PID 1, if the init is not: it says whether it left somebody, and ends as it does.
const ABOVE: [&str; 4] = [
    "sh",
    "-c",
    r#""$@"; status=$?; until set -- /proc/[0-9]*; test $# = 1; do sleep 0.01; done; echo "nobody left"; exit $status"#,
    "-",
];

/// A running container. Nothing of it is left when this is dropped.
#[derive(Debug)]
pub struct Container {
    launcher: Child,
    outside: Outside,
    /// PID 1.
    first: processes::Pid,
    /// Who gets the signals.
    init: processes::Pid,
    /// What it printed.
    pub output: Output,
}

/// The program, with no signal ignored: whoever starts the tests in the background, or under nohup(1), has it ignore
/// some, which everything started from here inherits. An env(1) that cannot reset them is done without.
pub fn with_default_signals(program: &Path) -> Command {
    const RESET: &str = "--default-signal";
    static CAN_RESET: LazyLock<bool> = LazyLock::new(|| {
        let mut env = Command::new("env");
        env.args([RESET, "true"]).stdout(process::Stdio::null()).stderr(process::Stdio::null());
        env.status().is_ok_and(|status| status.success())
    });
    if !*CAN_RESET {
        return Command::new(program);
    }
    let mut env = Command::new("env");
    env.arg(RESET).arg(program);
    env
}

impl Container {
    /// Starts it, and returns when there is a PID 1.
    pub fn start(setup: &Setup) -> Result<Self> {
        let built = built()?;
        let mut launcher = with_default_signals(&built.wigwag);
        launcher.args(["pid1", "--"]);
        let (outside, output) = setup.stdio.connect(&mut launcher, &setup.directory)?;
        launcher
            .args(ABOVE.iter().filter(|_| setup.is_below))
            .args(&setup.command)
            .env("PATH", built.path()?)
            .current_dir(&setup.directory);
        let mut container = Self { launcher: launcher.spawn()?, outside, first: 0, init: 0, output };
        // Nobody but the container holds its ends.
        drop(launcher);
        container.first = container.find_child(processes::Pid::try_from(container.launcher.id())?, |_| true)?;
        container.init = container.first;
        if setup.is_below && container.first != 0 {
            let is_init = |pid| processes::program(pid).is_some_and(|program| program == built.init);
            container.init = container.find_child(container.first, is_init)?;
        }
        Ok(container)
    }

    /// The process's child of this kind; there is none any more if it ended at once.
    fn find_child(&mut self, parent: processes::Pid, is_it: impl Fn(processes::Pid) -> bool) -> Result<processes::Pid> {
        until(|| match processes::children(parent).into_iter().find(|child| is_it(*child)) {
            Some(child) => Some(Ok(child)),
            None => self.launcher.try_wait().transpose().map(|ended| ended.map(|_| 0)),
        })
        .ok_or("no init")?
        .map_err(Into::into)
    }

    /// Sends the init a signal from outside, as an engine does.
    pub fn send(&self, signal: Signal) -> Result<()> {
        // A container that has just ended is nobody's mistake; what it must have done is asserted elsewhere.
        if self.init == 0 { Ok(()) } else { processes::send(self.init, signal) }
    }

    /// Sends the init a signal with a value.
    pub fn queue(&self, signal: Signal, value: i32) -> Result<()> {
        // nix has no sigqueue(3).
        let [signal, value, init] = [i32::from(signal.number()), value, self.init].map(|number| number.to_string());
        let status = Command::new("kill").args(["--queue", &value, "--signal", &signal, "--", &init]).status()?;
        if status.success() { Ok(()) } else { Err("the signal could not be queued".into()) }
    }

    /// Ends the program's input, or hangs up its terminal.
    pub fn close_stdin(&mut self) {
        self.outside.close();
    }

    /// Its terminal.
    pub fn terminal(&self) -> Result<&Terminal> {
        self.outside.terminal()
    }

    /// Every process of the container, PID 1 first, zombies too.
    pub fn processes(&self) -> Vec<processes::Pid> {
        if self.first == 0 { Vec::new() } else { processes::family(self.first) }
    }

    /// The process that the plugin lives in.
    pub fn host(&self, plugin: &str) -> Result<Option<processes::Pid>> {
        let host = &built()?.host;
        let is_host = |pid: &processes::Pid| {
            processes::program(*pid).is_some_and(|program| program == *host)
                && processes::arguments(*pid).last().is_some_and(|name| name == plugin)
        };
        Ok(self.processes().into_iter().find(is_host))
    }

    /// Whether PID 1 would take notice of the signal.
    pub fn listens(&self, signal: Signal) -> Result<bool> {
        // The launcher's child, which blocks signals too, is not the init yet.
        let launcher = &built()?.wigwag;
        if processes::program(self.init).is_none_or(|program| program == *launcher) {
            return Ok(false);
        }
        // A signal that is waited for by sigtimedwait(2) is not shown as blocked; then there is a child already.
        Ok(processes::listens(self.init, signal) || !processes::children(self.init).is_empty())
    }

    /// How it ended, when it has within this time.
    pub fn ended_within(&mut self, time: Duration) -> Result<Option<ExitStatus>> {
        let end = Instant::now() + time;
        let ended = until(|| match self.launcher.try_wait() {
            Ok(None) if Instant::now() < end => None,
            ended => Some(ended),
        });
        Ok(ended.transpose()?.flatten())
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // Every process of the namespace is killed with PID 1. That would be killed with its launcher, but the kernel
        // forgets it when it becomes another user.
        if self.first != 0 && matches!(self.launcher.try_wait(), Ok(None)) {
            let _ = signal::kill(Pid::from_raw(self.first), signal::Signal::SIGKILL);
        }
        let _ = self.launcher.kill();
        let _ = self.launcher.wait();
    }
}
