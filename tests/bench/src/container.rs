//! A program as PID 1 of a PID namespace, started without anything between clone and exec that would cost time.

use std::{
    ffi::{CString, OsString},
    io::{PipeReader, PipeWriter, Read, Write, pipe},
    os::{fd::AsFd, unix::ffi::OsStrExt},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sched::{CloneFlags, CpuSet, sched_setaffinity},
    sys::{
        prctl,
        ptrace::{self, Options},
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::{Pid, dup2_stdin, dup2_stdout, execve},
};
use scenarios::Result;

use crate::sys;

/// How PID 1 ends when its program cannot be executed.
pub const NOT_EXECUTED: u8 = 127;

/// Between two looks at whether it has ended.
const INTERVAL: Duration = Duration::from_micros(200);

/// What is executed, in the form in which the kernel wants it.
pub struct Program {
    words: Vec<CString>,
    environment: Vec<CString>,
}

impl Program {
    pub fn new(words: &[OsString]) -> Result<Self> {
        let words = words.iter().map(|word| CString::new(word.as_bytes())).collect::<std::result::Result<_, _>>()?;
        Ok(Self { words, environment: vec![c"PATH=/usr/bin:/bin".into(), c"HOME=/".into()] })
    }

    /// Returns only when it cannot be executed.
    pub fn execute(&self) -> Errno {
        let Some(path) = self.words.first() else { return Errno::ENOENT };
        let Err(errno) = execve(path, &self.words, &self.environment);
        errno
    }
}

/// A running container. Nothing of it is left when this is dropped.
pub struct Container {
    pub init: Pid,
    stdin: PipeWriter,
    stdout: PipeReader,
    ended: bool,
}

/// Finds out what it takes to make a PID namespace here.
pub fn namespaces() -> nix::Result<CloneFlags> {
    static NAMESPACES: OnceLock<nix::Result<CloneFlags>> = OnceLock::new();
    *NAMESPACES.get_or_init(|| {
        let attempt = |flags| {
            let pid = sys::clone_into(flags, || 0)?;
            waitpid(pid, None)?;
            Ok(flags)
        };
        match attempt(CloneFlags::CLONE_NEWPID) {
            // Whoever has a user namespace of its own may.
            Err(Errno::EPERM) => attempt(CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWUSER),
            done => done,
        }
    })
}

impl Container {
    pub fn start(program: &Program) -> Result<Self> {
        Self::clone(program, || Ok(()))
    }

    /// Starts it on these processors, and leaves PID 1 where the program is executed and none of it has run yet; from
    /// there, [`Container::release`] lets it go.
    pub fn start_held(program: &Program, cpus: &CpuSet) -> Result<Self> {
        let (mut gate, open) = pipe()?;
        let mut container = Self::clone(program, || {
            sched_setaffinity(Pid::from_raw(0), cpus)?;
            let _ = gate.read_exact(&mut [0]);
            Ok(())
        })?;
        ptrace::seize(container.init, Options::PTRACE_O_TRACEEXEC | Options::PTRACE_O_EXITKILL)?;
        (&open).write_all(b".")?;
        let status = container.look(None)?;
        if matches!(status, WaitStatus::PtraceEvent(..)) {
            return Ok(container);
        }
        Err(format!("{program} did not get as far as its exec: {status:?}").into())
    }

    pub fn release(&self) -> Result<()> {
        Ok(ptrace::detach(self.init, None)?)
    }

    fn clone(program: &Program, mut prepare: impl FnMut() -> nix::Result<()>) -> Result<Self> {
        let (inside_stdin, stdin) = pipe()?;
        let (stdout, inside_stdout) = pipe()?;
        let init = sys::clone_into(namespaces()?, || {
            let ready = prctl::set_pdeathsig(Signal::SIGKILL)
                .and_then(|()| dup2_stdin(&inside_stdin))
                .and_then(|()| dup2_stdout(&inside_stdout))
                .and_then(|()| prepare());
            if ready.is_ok() {
                program.execute();
            }
            NOT_EXECUTED
        })?;
        Ok(Self { init, stdin, stdout, ended: false })
    }

    pub fn signal(&self, signal: Signal) -> Result<()> {
        Ok(kill(self.init, signal)?)
    }

    pub fn tell(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.stdin.write_all(bytes)?)
    }

    /// What the payload tells next.
    pub fn hear<const LENGTH: usize>(&mut self, within: Duration) -> Result<[u8; LENGTH]> {
        if !self.speaks(within)? {
            return Err("the program below the init says nothing".into());
        }
        let mut bytes = [0; LENGTH];
        self.stdout.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Whether the payload says something, or ends, in this time.
    pub fn speaks(&self, within: Duration) -> Result<bool> {
        let mut wanted = [PollFd::new(self.stdout.as_fd(), PollFlags::POLLIN)];
        Ok(poll(&mut wanted, PollTimeout::try_from(within)?)? > 0)
    }

    /// Waits for the end; the exit code as a shell has it.
    pub fn wait(&mut self) -> Result<i32> {
        loop {
            if let Some(code) = code(self.look(None)?) {
                return Ok(code);
            }
        }
    }

    /// The exit code as a shell has it, if it ends in this time.
    pub fn ended_within(&mut self, time: Duration) -> Result<Option<i32>> {
        let end = Instant::now() + time;
        loop {
            let code = code(self.look(Some(WaitPidFlag::WNOHANG))?);
            if code.is_some() || Instant::now() >= end {
                return Ok(code);
            }
            thread::sleep(INTERVAL);
        }
    }

    /// What waitpid(2) says of PID 1.
    pub fn look(&mut self, how: Option<WaitPidFlag>) -> Result<WaitStatus> {
        let status = waitpid(self.init, how)?;
        self.ended |= code(status).is_some();
        Ok(status)
    }
}

fn code(status: WaitStatus) -> Option<i32> {
    match status {
        WaitStatus::Exited(_, code) => Some(code),
        WaitStatus::Signaled(_, signal, _) => Some(128 + signal as i32),
        WaitStatus::Stopped(..)
        | WaitStatus::PtraceEvent(..)
        | WaitStatus::PtraceSyscall(_)
        | WaitStatus::Continued(_)
        | WaitStatus::StillAlive => None,
    }
}

impl std::fmt::Display for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.words)
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // Every process of the namespace is killed with PID 1.
        if !self.ended && kill(self.init, Signal::SIGKILL).is_ok() {
            let _ = self.wait();
        }
    }
}
