//! The container's standard streams, and what is kept of them outside.

use std::{
    fs::{File, OpenOptions},
    io::{self, PipeReader, PipeWriter, Write},
    os::fd::AsRawFd,
    path::Path,
    process::Command,
};

use nix::{
    fcntl::{FcntlArg, OFlag, fcntl},
    sys::stat::Mode,
    unistd::mkfifo,
};

use crate::{Output, Result, Terminal, terminal};

/// Where the container's output goes, and where its input comes from: a pipe, but for a terminal.
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
    /// To a terminal, as an engine gives it: PID 1 leads its session.
    Terminal,
    /// To a terminal that can be hung up; the program tells what it got through the named pipe `log`.
    TerminalNotRead,
}

/// What the tests hold of them.
#[derive(Debug)]
pub enum Outside {
    Pipe {
        stdin: Option<PipeWriter>,
        /// The reading end of a pipe that stays full as long as this is there.
        _full: Option<PipeReader>,
    },
    Terminal(Option<Terminal>),
}

impl Stdio {
    /// Gives them to the command, to which nothing but the program and its arguments must be added.
    pub fn connect(self, command: &mut Command, directory: &Path) -> Result<(Outside, Output)> {
        match self {
            Self::Terminal | Self::TerminalNotRead => self.connect_terminal(command, directory),
            Self::Read | Self::Full | Self::Broken => self.connect_pipes(command, directory),
        }
    }

    fn connect_pipes(self, command: &mut Command, directory: &Path) -> Result<(Outside, Output)> {
        let (stdin, keep) = io::pipe()?;
        let (reader, writer) = io::pipe()?;
        let (output, full) = match self {
            Self::Full => {
                fill(&writer)?;
                (log(directory)?, Some(reader))
            }
            Self::Broken => (log(directory)?, None),
            Self::Read | Self::Terminal | Self::TerminalNotRead => (Output::read(|| Ok(reader)), None),
        };
        command.stdin(stdin).stdout(writer.try_clone()?).stderr(writer);
        Ok((Outside::Pipe { stdin: Some(keep), _full: full }, output))
    }

    fn connect_terminal(self, command: &mut Command, directory: &Path) -> Result<(Outside, Output)> {
        let (terminal, other) = Terminal::open()?;
        let output = match self {
            Self::TerminalNotRead => log(directory)?,
            Self::Read | Self::Full | Self::Broken | Self::Terminal => {
                let text = terminal.output()?;
                Output::read(|| Ok(text))
            }
        };
        command.args(terminal::TAKE).stdin(other.try_clone()?).stdout(other.try_clone()?).stderr(other);
        Ok((Outside::Terminal(Some(terminal)), output))
    }
}

impl Outside {
    /// The program's input ends, or its terminal hangs up.
    pub fn close(&mut self) {
        match self {
            Self::Pipe { stdin, .. } => *stdin = None,
            Self::Terminal(terminal) => *terminal = None,
        }
    }

    /// The terminal.
    pub fn terminal(&self) -> Result<&Terminal> {
        match self {
            Self::Terminal(Some(terminal)) => Ok(terminal),
            Self::Terminal(None) | Self::Pipe { .. } => Err("there is no terminal".into()),
        }
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
    let path = format!("/proc/self/fd/{}", pipe.as_raw_fd());
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
