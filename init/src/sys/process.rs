//! Processes: reaping and signalling.

use std::os::fd::IntoRawFd as _;

use nix::{
    errno::Errno,
    fcntl::{OFlag, open},
    libc,
    sys::stat::Mode,
    unistd::Pid,
};
use wigwag_core::{Outcome, Signal};

use crate::sys::proc;

/// Whether we are the init of a PID namespace: then all orphans are ours, and so is a broadcast.
pub fn is_pid_1() -> bool {
    nix::unistd::getpid() == Pid::from_raw(1)
}

/// Makes orphaned descendants our children (prctl(2), `PR_SET_CHILD_SUBREAPER`).
pub fn become_subreaper() -> nix::Result<()> {
    nix::sys::prctl::set_child_subreaper(true)
}

/// Puts /dev/null where standard streams are closed, so that no descriptor of ours gets their numbers. It is closed on
/// exec: the service finds closed what was given closed.
pub fn open_standard_streams() {
    for fd in [libc::STDIN_FILENO, libc::STDOUT_FILENO, libc::STDERR_FILENO] {
        if is_closed(fd)
            && let Ok(opened) = open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty())
        {
            // The lowest free number is this one; it stays open for as long as we live.
            let _: i32 = opened.into_raw_fd();
        }
    }
}

#[expect(unsafe_code, reason = "a descriptor by its number, that may be closed")]
fn is_closed(fd: libc::c_int) -> bool {
    // SAFETY: fcntl looks at the number and answers EBADF when it is closed.
    unsafe { libc::fcntl(fd, libc::F_GETFD) == -1 }
}

pub enum Reaped {
    One(Pid, Outcome),
    /// There are children, and none has ended.
    NoneYet,
    NoChild,
}

/// Reaps one child that has ended, if there is one; also one that an earlier program of this process left us with an
/// exit signal other than SIGCHLD (`__WALL`).
#[expect(unsafe_code, reason = "waitpid(2); nix cannot express a death by a real-time signal")]
pub fn reap() -> Reaped {
    loop {
        let mut status = 0;
        // SAFETY: `status` is a valid place for the status.
        let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG | libc::__WALL) };
        match pid {
            0 => return Reaped::NoneYet,
            1.. if libc::WIFSTOPPED(status) => release(pid, libc::WSTOPSIG(status)),
            1.. => return Reaped::One(Pid::from_raw(pid), outcome(status)),
            _ => return Reaped::NoChild,
        }
    }
}

/// A child that made us its tracer (`PTRACE_TRACEME` of ptrace(2)) has stopped for us: lets it go on, untraced.
#[expect(unsafe_code, reason = "ptrace(2)")]
fn release(pid: libc::pid_t, signal: libc::c_int) {
    let signal = if signal == libc::SIGTRAP { 0 } else { signal };
    // SAFETY: a call with numbers.
    unsafe { libc::ptrace(libc::PTRACE_DETACH, pid, 0, signal) };
}

fn outcome(status: libc::c_int) -> Outcome {
    if libc::WIFEXITED(status) {
        return Outcome::Exited(u8::try_from(libc::WEXITSTATUS(status)).unwrap_or(u8::MAX));
    }
    let signal = u8::try_from(libc::WTERMSIG(status)).ok().and_then(Signal::new);
    signal.map_or(Outcome::Exited(u8::MAX), Outcome::Killed)
}

/// Signals one process.
pub fn signal(pid: Pid, signal: Signal) -> nix::Result<()> {
    kill(pid.as_raw(), signal)
}

/// Signals a process group.
pub fn signal_group(leader: Pid, signal: Signal) -> nix::Result<()> {
    kill(leader.as_raw().saturating_neg(), signal)
}

/// Signals every descendant; `ESRCH` when there is none. As PID 1 that is everybody, in one call that no fork escapes.
/// Elsewhere "everybody" would be the machine: the descendants are looked up, until no new one turns up.
pub fn signal_descendants(signal: Signal) -> nix::Result<()> {
    if is_pid_1() {
        return kill(-1, signal);
    }
    let mut signalled: Vec<Pid> = Vec::new();
    let mut result = Err(Errno::ESRCH);
    for _ in 0..16 {
        let mut found = proc::descendants(nix::unistd::getpid())?;
        found.retain(|pid| !signalled.contains(pid));
        if found.is_empty() {
            break;
        }
        for pid in found {
            match (kill(pid.as_raw(), signal), &mut result) {
                // One that ended meanwhile says nothing of the others.
                (Err(Errno::ESRCH), _) => {}
                (Err(errno), _) => result = Err(errno),
                (Ok(()), result @ Err(Errno::ESRCH)) => *result = Ok(()),
                (Ok(()), _) => {}
            }
            signalled.push(pid);
        }
    }
    result
}

#[expect(unsafe_code, reason = "kill(2); nix does not know real-time signals")]
fn kill(pid: libc::pid_t, signal: Signal) -> nix::Result<()> {
    // SAFETY: a call with two numbers.
    Errno::result(unsafe { libc::kill(pid, libc::c_int::from(signal.number())) }).map(drop)
}
