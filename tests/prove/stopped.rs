//! Nothing stays behind when `wigwag prove` is itself stopped.

use std::{fs, process::Stdio};

use libtest_mimic::Trial;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use scenarios::{Result, until};

use crate::proof;

pub fn trials() -> Vec<Trial> {
    [Signal::SIGINT, Signal::SIGTERM, Signal::SIGKILL]
        .into_iter()
        .map(|signal| Trial::test(format!("nothing stays after {signal}"), move || Ok(stop(signal)?)))
        .collect()
}

fn stop(signal: Signal) -> Result<()> {
    // What is in the environment of its processes, and of no others.
    let mark = format!("WIGWAG_PROVE_TEST={}-{signal}", std::process::id());
    let (name, value) = mark.split_once('=').ok_or("no mark")?;
    let folder = tempfile::tempdir()?;
    let mut prove = proof::command()?;
    prove.args(["--probe", "app", "--start-timeout", "1h", "--ready", "never", "--", "sh", "-c", "app & app & wait"]);
    prove.env(name, value).env("TMPDIR", folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut prove = prove.spawn()?;
    let started = until(|| (marked(&mark).iter().filter(|name| *name == "app").count() == 2).then_some(()));
    kill(Pid::from_raw(i32::try_from(prove.id())?), signal)?;
    prove.wait()?;
    started.ok_or("it did not start")?;
    let is_clean =
        || marked(&mark).is_empty() && fs::read_dir(folder.path()).is_ok_and(|mut files| files.next().is_none());
    until(|| is_clean().then_some(())).ok_or_else(|| {
        let files: Vec<_> =
            fs::read_dir(folder.path()).into_iter().flatten().flatten().map(|file| file.path()).collect();
        format!("left behind: {:?}, {files:?}", marked(&mark))
    })?;
    Ok(())
}

/// What the processes are called that have it in their environment.
fn marked(mark: &str) -> Vec<String> {
    let folders = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    let has = |folder: &std::path::PathBuf| {
        fs::read(folder.join("environ"))
            .is_ok_and(|text| text.split(|byte| *byte == 0).any(|word| word == mark.as_bytes()))
    };
    folders
        .filter(has)
        .map(|folder| fs::read_to_string(folder.join("comm")).unwrap_or_default().trim().to_string())
        .collect()
}
