//! Takes away what must not stay, whatever becomes of the program that made it: a process of its own, which waits until
//! its input ends, as it does when nobody lives any more who holds the other end.

use std::{
    ffi::OsString,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
};

use nix::unistd::setsid;

/// The subcommand by which this program guards.
pub const GUARD: &str = "prove-guard";

/// What is taken away.
#[derive(Debug, clap::Args)]
pub struct Guarded {
    /// A container of the engine.
    #[arg(long)]
    container: Option<String>,
    /// A folder.
    #[arg(long)]
    folder: Option<PathBuf>,
}

impl Guarded {
    /// Waits, and does it.
    pub fn wait(&self) -> ExitCode {
        // Ctrl-C is for the others.
        let _ = setsid();
        let _ = io::stdin().read_to_end(&mut Vec::new());
        if let Some(container) = &self.container {
            let mut docker = Command::new("docker");
            docker.args(["rm", "--force", "--volumes", container]);
            let _ = docker.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        }
        if let Some(folder) = &self.folder {
            let _ = fs::remove_dir_all(folder);
        }
        ExitCode::SUCCESS
    }
}

/// Until this is dropped, things stay.
#[derive(Debug)]
pub struct Guard(Child);

impl Guard {
    /// Of a container that is about to be made.
    pub fn container(name: &str) -> io::Result<Self> {
        Self::start(["--container".into(), name.into()])
    }

    /// Of a folder.
    pub fn folder(path: &Path) -> io::Result<Self> {
        Self::start(["--folder".into(), path.into()])
    }

    fn start(words: [OsString; 2]) -> io::Result<Self> {
        let mut guard = Command::new(crate::namespace::THIS_PROGRAM);
        guard.arg(GUARD).args(words).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let guard = guard.spawn();
        let why = |error: io::Error| io::Error::new(error.kind(), format!("what clears up cannot be started: {error}"));
        Ok(Self(guard.map_err(why)?))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // This closes its input.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
