//! Who descends from whom, by /proc (proc(5)).

use alloc::{ffi::CString, vec, vec::Vec};
use core::{ffi::CStr, mem::MaybeUninit};

use rustix::{
    fd::{AsFd, OwnedFd},
    fs::{Mode, OFlags, RawDir, open, openat},
    io::{Result, read},
    process::Pid,
};

/// Every living descendant of `ancestor`, zombies left out.
///
/// # Errors
/// When /proc cannot be read.
pub fn descendants(ancestor: Pid) -> Result<Vec<Pid>> {
    let everybody = everybody()?;
    let mut family = vec![ancestor];
    let mut at = 0_usize;
    while let Some(parent) = family.get(at).copied() {
        family.extend(everybody.iter().filter(|stat| stat.parent == Some(parent)).map(|stat| stat.pid));
        at = at.saturating_add(1);
    }
    let zombies: Vec<Pid> = everybody.iter().filter(|stat| stat.is_zombie).map(|stat| stat.pid).collect();
    Ok(family.into_iter().skip(1).filter(|pid| !zombies.contains(pid)).collect())
}

fn everybody() -> Result<Vec<Stat>> {
    let proc = open(c"/proc", OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let mut buffer = vec![MaybeUninit::uninit(); 8192];
    let mut entries = RawDir::new(proc.as_fd(), &mut buffer);
    let mut everybody = Vec::new();
    while let Some(Ok(entry)) = entries.next() {
        if entry.file_name().to_bytes().iter().all(u8::is_ascii_digit) {
            everybody.extend(stat(&proc, entry.file_name()));
        }
    }
    Ok(everybody)
}

/// `None` when it is gone meanwhile.
fn stat(proc: &OwnedFd, pid: &CStr) -> Option<Stat> {
    let path = CString::new([pid.to_bytes(), b"/stat"].concat()).ok()?;
    let file = openat(proc, path.as_c_str(), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    // What we look for is in the beginning, and the kernel gives that much in one piece.
    let mut start = [0; 256];
    let length = read(file, &mut start).ok()?;
    parse(start.get(..length)?)
}

#[derive(Debug, PartialEq, Eq)]
struct Stat {
    pid: Pid,
    /// None for those that the kernel or another namespace started.
    parent: Option<Pid>,
    is_zombie: bool,
}

/// `pid (name) state ppid …`; the name may hold anything, brackets too.
fn parse(stat: &[u8]) -> Option<Stat> {
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    let (begin, rest) = stat.split_at_checked(end)?;
    let pid = begin.split(|byte| *byte == b' ').next()?;
    let mut fields = rest.split(|byte| *byte == b' ').skip(1);
    let state = fields.next()?;
    let parent = fields.next()?;
    let number = |digits| str::from_utf8(digits).ok()?.parse().ok();
    Some(Stat { pid: Pid::from_raw(number(pid)?)?, parent: Pid::from_raw(number(parent)?), is_zombie: state == b"Z" })
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead as _, BufReader},
        process::{Command, Stdio},
    };

    use rustix::process::{Signal, WaitId, WaitIdOptions, getpid, kill_process, waitid};

    use super::*;

    fn pid(number: i32) -> Pid {
        Pid::from_raw(number).unwrap()
    }

    #[test]
    fn a_name_may_hold_anything() {
        let stat = |text: &[u8]| parse(text).unwrap();
        let expected = Stat { pid: pid(7), parent: Some(pid(3)), is_zombie: false };
        assert_eq!(stat(b"7 (sh) S 3 7 7 0"), expected);
        assert_eq!(stat(b"7 (a) Z 1 (\xff) S 3 7 7 0"), expected);
        assert!(stat(b"7 (sh) Z 3 7 7 0").is_zombie);
        assert_eq!(stat(b"2 (kthreadd) S 0 0 0").parent, None);
        assert_eq!(parse(b""), None);
        assert_eq!(parse(b"7 (sh"), None);
        assert_eq!(parse(b"x (sh) S 3 7"), None);
    }

    #[test]
    fn zombies_are_nobody() {
        let mut child = Command::new("/bin/true").spawn().unwrap();
        let pid = Pid::from_child(&child);
        waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).unwrap();
        assert!(!descendants(getpid()).unwrap().contains(&pid));
        child.wait().unwrap();
    }

    #[test]
    fn children_and_grandchildren_are_found() {
        let mut child =
            Command::new("/bin/sh").args(["-c", "sleep 60 & echo $!; wait"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let grandchild = pid(line.trim().parse().unwrap());
        let family = descendants(getpid()).unwrap();
        assert!(family.contains(&Pid::from_child(&child)));
        assert!(family.contains(&grandchild));
        kill_process(grandchild, Signal::KILL).unwrap();
        child.wait().unwrap();
    }
}
