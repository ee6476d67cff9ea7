//! What the kernel tells of a process.

use std::{fs, time::Duration};

use nix::unistd::Pid;
use scenarios::{Result, processes};

/// What a process has of the memory.
pub struct Memory {
    pub resident: f64,
    /// Pages that several processes have are shared out among them.
    pub proportional: f64,
    pub private_dirty: f64,
}

/// In kB.
pub fn memory(pid: Pid) -> Result<Memory> {
    let text = read(pid, "smaps_rollup")?;
    let value = |key| number(&text, key).ok_or_else(|| format!("smaps_rollup has no {key}"));
    Ok(Memory { resident: value("Rss")?, proportional: value("Pss")?, private_dirty: value("Private_Dirty")? })
}

/// The processor time that the process has had until it last went to sleep.
pub fn cpu_time(pid: Pid) -> Result<Duration> {
    let text = read(pid, "schedstat")?;
    let nanoseconds = text.split_whitespace().next().ok_or("schedstat is empty")?;
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}

/// How often the process has gone to sleep by itself.
pub fn sleeps(pid: Pid) -> Result<f64> {
    let text = read(pid, "status")?;
    Ok(number(&text, "voluntary_ctxt_switches").ok_or("status has no voluntary_ctxt_switches")?)
}

pub fn children(pid: Pid) -> Vec<Pid> {
    processes::children(pid.as_raw()).into_iter().map(Pid::from_raw).collect()
}

pub fn is_zombie(pid: Pid) -> bool {
    read(pid, "status").is_ok_and(|text| text.contains("\nState:\tZ"))
}

/// Whether it was stopped by a signal.
pub fn is_stopped(pid: Pid) -> bool {
    read(pid, "status").is_ok_and(|text| text.contains("\nState:\tT"))
}

/// The name of its program, as far as the kernel keeps it.
pub fn name(pid: Pid) -> Option<String> {
    Some(read(pid, "comm").ok()?.trim_end().to_string())
}

fn read(pid: Pid, file: &str) -> Result<String> {
    let path = format!("/proc/{pid}/{file}");
    Ok(fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?)
}

/// The number in the line `key: number unit`.
fn number(text: &str, key: &str) -> Option<f64> {
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    value.split_whitespace().next()?.parse().ok()
}
