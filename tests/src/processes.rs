//! Processes, as /proc shows them from outside.

use std::{fs, path::PathBuf, process::Command};

use nix::{errno::Errno, sys::signal};
use wigwag_core::Signal;

use crate::{Result, printable};

/// A process id, as seen from outside the container.
pub type Pid = i32;

/// Sends the process a signal; one that is gone has all that it could get.
pub fn send(pid: Pid, signal: Signal) -> Result<()> {
    let Ok(named) = signal::Signal::try_from(i32::from(signal.number())) else {
        // nix has no real-time signals.
        let number = format!("-{}", signal.number());
        Command::new("sh").args(["-c", "kill \"$@\"", "-", &number, &pid.to_string()]).status()?;
        return Ok(());
    };
    match signal::kill(nix::unistd::Pid::from_raw(pid), named) {
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The process's children, zombies too.
pub fn children(pid: Pid) -> Vec<Pid> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let lists = threads.flatten().flat_map(|thread| fs::read_to_string(thread.path().join("children")));
    let mut children: Vec<Pid> = lists.flat_map(|list| parse(&list)).collect();
    children.sort_unstable();
    children
}

fn parse(list: &str) -> Vec<Pid> {
    list.split_ascii_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

/// The process and all its descendants, zombies too.
pub fn family(pid: Pid) -> Vec<Pid> {
    let mut family = vec![pid];
    let mut next = 0;
    while let Some(pid) = family.get(next) {
        family.extend(children(*pid));
        next += 1;
    }
    family
}

/// The file that the process executes; none for one that is gone.
pub fn program(pid: Pid) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/exe")).ok()
}

/// What it was executed with.
pub fn arguments(pid: Pid) -> Vec<String> {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.split_inclusive(|byte| *byte == 0).map(|word| printable(word.strip_suffix(b"\0").unwrap_or(word))).collect()
}

/// Whether the signal, sent now, would come to the process's notice: it is blocked until it is asked for, or handled.
pub fn listens(pid: Pid, signal: Signal) -> bool {
    let has = |key| {
        let mask = status(pid, key).and_then(|mask| u64::from_str_radix(&mask, 16).ok()).unwrap_or_default();
        mask >> (signal.number() - 1) & 1 == 1
    };
    has("SigBlk") || has("SigCgt")
}

/// Whether it was stopped, as by Ctrl-Z.
pub fn is_stopped(pid: Pid) -> bool {
    state(pid) == Some('T')
}

/// The letter of its state, as in ps(1); none for one that is gone.
pub fn state(pid: Pid) -> Option<char> {
    status(pid, "State")?.chars().next()
}

/// The process's numbers, in the PID namespace of /proc and in those below it that it is in; `self` is the caller.
pub fn numbers(pid: &str) -> Option<Vec<Pid>> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:"))?;
    Some(parse(numbers))
}

/// A value of /proc/PID/status.
pub fn status(pid: Pid, key: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    Some(value.trim().to_string())
}
