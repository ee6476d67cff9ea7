//! Who descends from whom, by /proc (proc(5)).

use nix::{errno::Errno, unistd::Pid};

/// Every living descendant of `ancestor`, zombies left out.
///
/// # Errors
/// When /proc cannot be read.
pub fn descendants(ancestor: Pid) -> nix::Result<Vec<Pid>> {
    let entries = std::fs::read_dir("/proc").map_err(|error| errno(&error))?;
    let everybody: Vec<Stat> = entries
        .flatten()
        .filter(|entry| entry.file_name().as_encoded_bytes().iter().all(u8::is_ascii_digit))
        .filter_map(|entry| std::fs::read(entry.path().join("stat")).ok())
        .filter_map(|stat| parse(&stat))
        .collect();
    let mut family = vec![ancestor];
    let mut at = 0_usize;
    while let Some(parent) = family.get(at).copied() {
        family.extend(everybody.iter().filter(|stat| stat.parent == parent && stat.pid != parent).map(|stat| stat.pid));
        at = at.saturating_add(1);
    }
    let zombies: Vec<Pid> = everybody.iter().filter(|stat| stat.is_zombie).map(|stat| stat.pid).collect();
    Ok(family.into_iter().skip(1).filter(|pid| !zombies.contains(pid)).collect())
}

fn errno(error: &std::io::Error) -> Errno {
    Errno::from_raw(error.raw_os_error().unwrap_or(0))
}

#[derive(Debug, PartialEq, Eq)]
struct Stat {
    pid: Pid,
    parent: Pid,
    is_zombie: bool,
}

/// `pid (name) state ppid …`; the name may hold anything, brackets too.
fn parse(stat: &[u8]) -> Option<Stat> {
    let text = String::from_utf8_lossy(stat);
    let (pid, rest) = text.split_once(" (")?;
    let (_, rest) = rest.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    let state = fields.next()?;
    let parent = fields.next()?;
    let number = |text: &str| text.parse().ok().map(Pid::from_raw);
    Some(Stat { pid: number(pid)?, parent: number(parent)?, is_zombie: state == "Z" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let stat = |text: &[u8]| parse(text).unwrap();
        let expected = Stat { pid: Pid::from_raw(7), parent: Pid::from_raw(3), is_zombie: false };
        assert_eq!(stat(b"7 (sh) S 3 7 7 0"), expected);
        assert_eq!(stat(b"7 (a) Z 1 (\xff) S 3 7 7 0"), expected);
        assert!(stat(b"7 (sh) Z 3 7 7 0").is_zombie);
        assert_eq!(parse(b""), None);
        assert_eq!(parse(b"7 (sh"), None);
        assert_eq!(parse(b"x (sh) S 3 7"), None);
    }

    #[test]
    fn zombies_are_nobody() {
        use nix::sys::wait::{Id, WaitPidFlag, waitid};
        let mut child = std::process::Command::new("/bin/true").spawn().unwrap();
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT).unwrap();
        assert!(!descendants(nix::unistd::getpid()).unwrap().contains(&pid));
        child.wait().unwrap();
    }

    #[test]
    fn children_and_grandchildren_are_found() {
        let mut child = std::process::Command::new("/bin/sh")
            .args(["-c", "sleep 60 & echo $!; wait"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
        let grandchild = Pid::from_raw(line.trim().parse().unwrap());
        let family = descendants(nix::unistd::getpid()).unwrap();
        assert!(family.contains(&Pid::from_raw(i32::try_from(child.id()).unwrap())));
        assert!(family.contains(&grandchild));
        nix::sys::signal::kill(grandchild, nix::sys::signal::Signal::SIGKILL).unwrap();
        child.wait().unwrap();
    }
}
