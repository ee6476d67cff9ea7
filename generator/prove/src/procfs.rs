//! What /proc says of a process.

use std::{fs, os::unix::ffi::OsStrExt, path::PathBuf, time::Duration};

use wigwag_core::Signal;

use crate::{record::Descriptor, sys::Pid, text::Text};

/// /proc/PID/status, as far as it is of interest here.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// The process, if this is a thread of it.
    pub process: Pid,
    /// Its parent.
    pub parent: Pid,
    /// What it is called in its own PID namespace.
    pub inner: Pid,
    /// `R`, `S`, `Z`, …
    pub state: char,
    /// Its user.
    pub uid: u32,
    /// Signals that are blocked.
    pub blocked: u64,
    /// Signals that are ignored.
    pub ignored: u64,
    /// Signals that have a handler.
    pub caught: u64,
    /// Signals that wait to be taken.
    pub pending: u64,
}

/// Of a process or a thread that is there.
pub fn status(pid: Pid) -> Option<Status> {
    Some(parse(&fs::read_to_string(format!("/proc/{pid}/status")).ok()?))
}

fn parse(text: &str) -> Status {
    let mut status = Status::default();
    for (key, value) in text.lines().filter_map(|line| line.split_once(":\t")) {
        let mut words = value.split_whitespace();
        let number = |word: Option<&str>| word.and_then(|word| word.parse().ok()).unwrap_or_default();
        let bits = || u64::from_str_radix(value.trim(), 16).unwrap_or_default();
        match key {
            "State" => status.state = value.chars().next().unwrap_or_default(),
            "Tgid" => status.process = number(words.next()),
            "PPid" => status.parent = number(words.next()),
            "NStgid" => status.inner = number(words.next_back()),
            "Uid" => status.uid = words.nth(1).and_then(|word| word.parse().ok()).unwrap_or_default(),
            "SigPnd" | "ShdPnd" => status.pending |= bits(),
            "SigBlk" => status.blocked = bits(),
            "SigIgn" => status.ignored = bits(),
            "SigCgt" => status.caught = bits(),
            _ => {}
        }
    }
    status
}

/// Whether the set of /proc/PID/status has the signal.
pub fn has(set: u64, signal: Signal) -> bool {
    set >> (signal.number() - 1) & 1 == 1
}

/// The signals of a set of /proc/PID/status.
pub fn signals(set: u64) -> Vec<String> {
    Signal::all().filter(|signal| has(set, *signal)).map(|signal| signal.to_string()).collect()
}

/// The arguments, the program's name first.
pub fn arguments(pid: Pid) -> Vec<Text> {
    strings(pid, "cmdline")
}

/// The environment, in its order.
pub fn environment(pid: Pid) -> Vec<Text> {
    strings(pid, "environ")
}

fn strings(pid: Pid, file: &str) -> Vec<Text> {
    let bytes = fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
    if bytes.is_empty() { Vec::new() } else { bytes.split(|byte| *byte == 0).map(Text::from).collect() }
}

/// Every open descriptor.
pub fn descriptors(pid: Pid) -> Vec<Descriptor> {
    let folder = format!("/proc/{pid}/fd");
    let mut descriptors: Vec<Descriptor> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.parse().ok()?;
            let target = fs::read_link(entry.path()).ok()?;
            Some(Descriptor { number, target: target.as_os_str().as_bytes().into() })
        })
        .collect();
    descriptors.sort_by_key(|descriptor| descriptor.number);
    descriptors
}

/// The processor time that it has used, in the kernel's ticks.
pub fn ticks(pid: Pid) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name before it may have blanks and parentheses.
    let fields = stat.rsplit_once(')').map(|(_, fields)| fields).unwrap_or_default();
    fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

/// The time that it was on a processor, where the kernel counts it.
pub fn run_time(pid: Pid) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{pid}/schedstat")).ok()?;
    Some(Duration::from_nanos(text.split_whitespace().next()?.parse().ok()?))
}

/// Every process that is to be seen here.
pub fn processes() -> Vec<Pid> {
    numbers("/proc")
}

/// The threads of a process.
pub fn threads(pid: Pid) -> Vec<Pid> {
    numbers(&format!("/proc/{pid}/task"))
}

fn numbers(folder: &str) -> Vec<Pid> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut numbers: Vec<Pid> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

/// The PID namespace that it is in.
pub fn namespace(pid: Pid) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/ns/pid")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read() {
        let status = parse(
            "Name:\tx\nState:\tS (sleeping)\nTgid:\t70\nPPid:\t60\nUid:\t1\t2\t3\t4\nNStgid:\t70\t5\n\
             SigPnd:\t0000000000000000\nShdPnd:\t0000000000004000\nSigBlk:\t0000000000004000\nSigIgn:\t0000000000001000\n\
             SigCgt:\t0000000000000002\n",
        );
        assert_eq!((status.process, status.parent, status.inner, status.uid), (70, 60, 5, 2));
        assert_eq!(status.state, 'S');
        assert!(has(status.blocked, Signal::TERM) && has(status.pending, Signal::TERM));
        assert_eq!(signals(status.ignored), ["SIGPIPE"]);
        assert_eq!(signals(status.caught), ["SIGINT"]);
    }

    #[test]
    fn this_process_is_there() {
        let pid = Pid::try_from(std::process::id()).unwrap_or_default();
        assert_eq!(status(pid).map(|status| status.process), Some(pid));
        assert!(!arguments(pid).is_empty());
        assert!(!descriptors(pid).is_empty());
        assert!(processes().contains(&pid) && threads(pid).contains(&pid));
    }
}
