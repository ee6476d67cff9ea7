//! An init as PID 1 of a PID namespace, as an engine starts, signals and kills it.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions},
    io::{self, PipeReader, PipeWriter, Write},
    path::{Path, PathBuf},
    process::{self, Child, Command, ExitStatus},
    sync::LazyLock,
    time::{Duration, Instant},
};

use nix::{
    fcntl::{FcntlArg, OFlag, fcntl},
    sys::{signal, stat::Mode},
    unistd::{Pid, mkfifo},
};
use wigwag_core::Signal;

use crate::{Output, Result, built, processes, until};

/// What the container is started with.
#[derive(Debug)]
pub struct Setup {
    /// What becomes PID 1: the init and its arguments, behind what prepares them.
    pub command: Vec<OsString>,
    /// The working directory.
    pub directory: PathBuf,
    /// Where its output goes.
    pub stdio: Stdio,
}

/// Where the container's output goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stdio {
    /// Somebody reads it.
    #[default]
    Read,
    /// Into a pipe that is full; the program tells what it got through the named pipe `log`.
    Full,
    /// Into a pipe that nobody will ever read; the program tells what it got through the named pipe `log`.
    Broken,
}

/// A running container. Nothing of it is left when this is dropped.
#[derive(Debug)]
pub struct Container {
    launcher: Child,
    stdin: Option<PipeWriter>,
    /// The reading end of a pipe that stays full as long as this is there.
    _full: Option<PipeReader>,
    init: processes::Pid,
    /// What it printed.
    pub output: Output,
}

/// The program, with no signal ignored: whoever starts the tests in the background, or under nohup(1), has it ignore
/// some, which everything started from here inherits. An env(1) that cannot reset them is done without.
fn with_default_signals(program: &Path) -> Command {
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
        let (stdin, keep) = io::pipe()?;
        let (reader, writer) = io::pipe()?;
        let (output, full) = match setup.stdio {
            Stdio::Read => (Output::read(|| Ok(reader)), None),
            Stdio::Full => {
                fill(&writer)?;
                (log(&setup.directory)?, Some(reader))
            }
            Stdio::Broken => {
                drop(reader);
                (log(&setup.directory)?, None)
            }
        };
        let built = built()?;
        let launcher = with_default_signals(&built.wigwag)
            .args(["pid1", "--"])
            .args(&setup.command)
            .env("PATH", built.path()?)
            .current_dir(&setup.directory)
            .stdin(stdin)
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .spawn()?;
        let mut container = Self { launcher, stdin: Some(keep), _full: full, init: 0, output };
        container.init = container.find_init()?;
        Ok(container)
    }

    /// The launcher's only child is PID 1; there is none any more if it ended at once.
    fn find_init(&mut self) -> Result<processes::Pid> {
        let launcher = processes::Pid::try_from(self.launcher.id())?;
        until(|| match processes::children(launcher).first() {
            Some(init) => Some(Ok(*init)),
            None => self.launcher.try_wait().transpose().map(|ended| ended.map(|_| 0)),
        })
        .ok_or("no PID 1")?
        .map_err(Into::into)
    }

    /// Sends PID 1 a signal from outside, as an engine does.
    pub fn send(&self, signal: Signal) -> Result<()> {
        // A container that has just ended is nobody's mistake; what it must have done is asserted elsewhere.
        if self.init == 0 {
            return Ok(());
        }
        let Ok(named) = signal::Signal::try_from(i32::from(signal.number())) else {
            // nix has no real-time signals.
            let number = format!("-{}", signal.number());
            Command::new("sh").args(["-c", "kill \"$@\"", "-", &number, &self.init.to_string()]).status()?;
            return Ok(());
        };
        match signal::kill(Pid::from_raw(self.init), named) {
            Ok(()) | Err(nix::errno::Errno::ESRCH) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends PID 1 a signal with a value.
    pub fn queue(&self, signal: Signal, value: i32) -> Result<()> {
        // nix has no sigqueue(3).
        let [signal, value, init] = [i32::from(signal.number()), value, self.init].map(|number| number.to_string());
        let status = Command::new("kill").args(["--queue", &value, "--signal", &signal, "--", &init]).status()?;
        if status.success() { Ok(()) } else { Err("the signal could not be queued".into()) }
    }

    /// Ends the program's input.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Every process of the container, PID 1 first, zombies too.
    pub fn processes(&self) -> Vec<processes::Pid> {
        if self.init == 0 { Vec::new() } else { processes::family(self.init) }
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
        // PID 1 is killed with its launcher, and every process of the namespace with PID 1.
        let _ = self.launcher.kill();
        let _ = self.launcher.wait();
    }
}

/// What the program will write to the named pipe `log`.
fn log(directory: &Path) -> Result<Output> {
    let path = directory.join("log");
    mkfifo(&path, Mode::S_IRWXU)?;
    Ok(Output::read(|| File::open(path)))
}

/// Writes until nothing more goes in, then makes writing wait again, as it does in a container.
fn fill(pipe: &PipeWriter) -> Result<()> {
    // Another open file of the same pipe, so that its mode is not that of the container's.
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(pipe));
    let mut own = OpenOptions::new().write(true).open(path)?;
    fcntl(&own, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    loop {
        match own.write(&[b'.'; 4096]) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
