//! A terminal: the end that a person sits at. The container has the other one.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    os::{
        fd::{AsFd, OwnedFd},
        unix::fs::OpenOptionsExt,
    },
    process::{Command, Stdio},
};

use nix::{
    fcntl::OFlag,
    pty::{grantpt, posix_openpt, ptsname_r, unlockpt},
    sys::termios::{OutputFlags, SetArg, tcgetattr, tcsetattr},
};

use crate::Result;

/// What stands before a program that is to lead a session of its own, on the terminal of its standard input.
pub const TAKE: [&str; 4] = ["probe", "session", "terminal", "exec"];

/// Hung up when this and everything that reads from it is dropped.
#[derive(Debug)]
pub struct Terminal(File);

impl Terminal {
    /// A new one, and its other end.
    pub fn open() -> Result<(Self, File)> {
        // Not openpty(3): containers that are started meanwhile would inherit it, and keep it from being hung up.
        let master = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let other =
            OpenOptions::new().read(true).write(true).custom_flags(OFlag::O_NOCTTY.bits()).open(ptsname_r(&master)?)?;
        // A line ends as it does in a pipe.
        let mut settings = tcgetattr(&other)?;
        settings.output_flags.remove(OutputFlags::ONLCR);
        tcsetattr(&other, SetArg::TCSANOW, &settings)?;
        Ok((Self(File::from(master.as_fd().try_clone_to_owned()?)), other))
    }

    /// What is written to it.
    pub fn output(&self) -> Result<impl Read + Send + use<>> {
        Ok(self.0.try_clone()?)
    }

    /// Types.
    pub fn write(&self, text: &str) -> Result<()> {
        Ok((&self.0).write_all(text.as_bytes())?)
    }

    /// As a window that gets another size: rows alone, because stty(1) sets one after the other.
    pub fn resize(&self, rows: u16) -> Result<()> {
        let mut stty = Command::new("stty");
        stty.args(["rows", &rows.to_string()]).stdin(Stdio::from(OwnedFd::from(self.0.try_clone()?)));
        let status = stty.status()?;
        if status.success() { Ok(()) } else { Err(format!("{stty:?}: {status}").into()) }
    }
}
