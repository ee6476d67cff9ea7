//! PID 1 of a namespace in which the init is not PID 1, but a subreaper below. It tells what the init left behind.

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    process::{Command, ExitCode, exit, id},
    thread,
    time::{Duration, Instant},
};

use nix::{
    sys::wait::{WaitPidFlag, waitpid},
    unistd::Pid,
};
use scenarios::Result;

use crate::inside::{open_story, tell};

/// The first argument of this program when it is that.
pub const LAUNCHER: &str = "launcher";
/// Its label in the story.
pub const LABEL: &str = "launcher";

/// What was killed may need a moment to be gone.
const MOMENT: Duration = Duration::from_secs(2);

pub fn run(words: impl Iterator<Item = String>) -> Result<ExitCode> {
    let story = open_story()?;
    let mut words = words;
    let status = Command::new(words.next().ok_or("no init")?).args(words).status()?;
    let start = Instant::now();
    let left = loop {
        while waitpid(Pid::from_raw(-1), Some(WaitPidFlag::WNOHANG)).is_ok_and(|status| status.pid().is_some()) {}
        let left = others()?;
        if left.is_empty() || start.elapsed() > MOMENT {
            break left;
        }
        thread::sleep(Duration::from_millis(5));
    };
    tell(&story, LABEL, &format!("left {} after {} ms", left.len(), start.elapsed().as_millis()))?;
    if let Some(signal) = status.signal() {
        tell(&story, LABEL, &format!("killed by {signal}"))?;
    }
    exit(status.code().unwrap_or(125))
}

fn others() -> Result<Vec<u32>> {
    let mut others = Vec::new();
    for entry in fs::read_dir("/proc")? {
        others.extend(entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()).filter(|pid| *pid != id()));
    }
    Ok(others)
}
