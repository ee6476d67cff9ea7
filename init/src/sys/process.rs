//! Processes: reaping and signalling.

use alloc::vec::Vec;

use rustix::{
    fd::{AsRawFd as _, BorrowedFd, IntoRawFd as _},
    fs::{Mode, OFlags, open},
    io::{Errno, Result, fcntl_getfd},
    process::{Pid, WaitOptions, chdir, getcwd, getpid, set_child_subreaper},
};
use wigwag_core::{Outcome, Signal, SignalSet};

use crate::{
    sys::{proc, raw, signals::Received},
    text::Text,
};

/// Our own pid.
pub fn own_pid() -> i32 {
    getpid().as_raw_pid()
}

/// Whether we are the init of a PID namespace: then all orphans are ours, and so is a broadcast.
pub fn is_pid_1() -> bool {
    getpid().is_init()
}

/// Makes orphaned descendants our children (prctl(2), `PR_SET_CHILD_SUBREAPER`).
pub fn become_subreaper() -> Result<()> {
    // Any number but 0 means yes.
    set_child_subreaper(Some(getpid()))
}

/// Has the kernel send us this when our parent ends. A signal number is never refused.
pub fn set_parent_death_signal(signal: Signal) {
    let _ = raw::prctl(raw::PR_SET_PDEATHSIG, signal.number().into());
}

/// Closes every descriptor but the standard streams and these. An old kernel without `close_range(2)` keeps them.
pub fn close_all_but<'fd>(kept: impl Iterator<Item = BorrowedFd<'fd>>) {
    let kept: Vec<u32> = kept.map(|fd| fd.as_raw_fd().unsigned_abs()).collect();
    let mut from = 3;
    while let Some(next) = kept.iter().copied().filter(|number| *number >= from).min() {
        if let Some(last) = next.checked_sub(1).filter(|last| *last >= from) {
            raw::close_range(from, last);
        }
        from = next.saturating_add(1);
    }
    raw::close_range(from, u32::MAX);
}

/// Goes to `/`, so that whatever we were started in can be unmounted; returns where that was.
pub fn leave_directory() -> Text {
    let directory = getcwd(Vec::new()).map_or_else(|_| Text::from("/"), Text::from);
    let _ = chdir(c"/");
    directory
}

/// Puts /dev/null where standard streams are closed, so that no descriptor of ours gets their numbers. It is closed on
/// exec: the service finds closed what was given closed.
pub fn open_standard_streams() {
    for fd in 0..=2 {
        if is_closed(fd)
            && let Ok(opened) = open(c"/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())
        {
            // The lowest free number is this one; it stays open for as long as we live.
            let _: i32 = opened.into_raw_fd();
        }
    }
}

#[expect(unsafe_code, reason = "a descriptor by its number, that may be closed")]
fn is_closed(number: i32) -> bool {
    // SAFETY: it is used for a call only that answers EBADF when it is closed.
    let fd = unsafe { BorrowedFd::borrow_raw(number) };
    fcntl_getfd(fd).is_err()
}

pub enum Reaped {
    One(Pid, Outcome),
    /// A child was stopped by this signal.
    Stopped(Pid, Signal),
    /// There are children, and none has ended.
    NoneYet,
    NoChild,
}

/// Reaps one child that has ended, if there is one; also one that an earlier program of this process left us with an
/// exit signal other than SIGCHLD.
pub fn reap() -> Reaped {
    loop {
        match raw::wait(WaitOptions::NOHANG | WaitOptions::UNTRACED) {
            Ok(None) => return Reaped::NoneYet,
            Ok(Some((pid, status))) => match ending(status) {
                Ending::Stopped(signal) => {
                    if !release(pid, signal)
                        && let Some(signal) = Signal::new(signal)
                    {
                        return Reaped::Stopped(pid, signal);
                    }
                }
                Ending::Ended(outcome) => return Reaped::One(pid, outcome),
            },
            Err(_) => return Reaped::NoChild,
        }
    }
}

/// Waits for the only child that there is; nothing if it is not there.
pub fn wait_for(child: Pid) -> Option<Outcome> {
    loop {
        match raw::wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) => match ending(status) {
                Ending::Ended(outcome) if pid == child => return Some(outcome),
                Ending::Ended(_) | Ending::Stopped(_) => {}
            },
            Ok(None) | Err(Errno::INTR) => {}
            Err(_) => return None,
        }
    }
}

/// The first of these signals that was sent to us, and is blocked.
pub fn pending(mut signals: impl Iterator<Item = Signal>) -> Option<Signal> {
    let pending = raw::pending();
    signals.find(|signal| {
        let mut one = SignalSet::default();
        one.insert(*signal);
        pending & one.bits() != 0
    })
}

enum Ending {
    Ended(Outcome),
    /// By this signal.
    Stopped(u8),
}

/// What wait(2) tells: in the low byte the signal that it died of, 0 for an exit or 0x7f for a stop; in the next one the
/// exit status, or the signal that it stopped for.
fn ending(status: i32) -> Ending {
    let [low, high, ..] = status.to_le_bytes();
    match low & 0x7f {
        0 => Ending::Ended(Outcome::Exited(high)),
        0x7f => Ending::Stopped(high),
        signal => Ending::Ended(Signal::new(signal).map_or(Outcome::Exited(u8::MAX), Outcome::Killed)),
    }
}

/// A child that made us its tracer (`PTRACE_TRACEME` of ptrace(2)) has stopped for us: lets it go on, untraced. Says
/// whether it was such a child.
fn release(pid: Pid, signal: u8) -> bool {
    raw::detach(pid, if signal == Signal::TRAP.number() { 0 } else { signal }).is_ok()
}

/// Stops this process, until somebody continues it.
pub fn stop() {
    let _ = signal(getpid(), Signal::STOP);
}

/// Signals one process.
pub fn signal(pid: Pid, signal: Signal) -> Result<()> {
    raw::kill(pid.as_raw_pid(), signal)
}

/// Passes a signal on to one process, perhaps as another signal: with the sender and the value that it came with, if the
/// kernel lets us say so. It does when the code is below zero, but for `SI_TKILL` (`rt_sigqueueinfo(2)`).
pub fn pass_on(pid: Pid, received: &Received, signal: Signal) -> Result<()> {
    let Received { code, pid: sender, uid, value, .. } = *received;
    if code < 0 {
        let number = i32::from(signal.number());
        let info = raw::SigInfo { signal: number, errno: 0, code, padding: 0, pid: sender, uid, value, rest: [0; 12] };
        let sent = raw::queue(pid, &info);
        if matches!(sent, Ok(()) | Err(Errno::SRCH)) {
            return sent;
        }
    }
    self::signal(pid, signal)
}

/// Signals the process group of a child; the child alone if it has none of its own, because it shares ours or has not come
/// to make its session yet.
pub fn signal_group_of(child: Pid, signal: Signal) -> Result<()> {
    match signal_group(child, signal) {
        Err(Errno::SRCH) => self::signal(child, signal),
        result => result,
    }
}

/// Signals a process group.
pub fn signal_group(leader: Pid, signal: Signal) -> Result<()> {
    raw::kill(leader.as_raw_pid().saturating_neg(), signal)
}

/// Signals every descendant; `ESRCH` when there is none. As PID 1 that is everybody, in one call that no fork escapes.
/// Elsewhere "everybody" would be the machine: the descendants are looked up, until no new one turns up.
pub fn signal_descendants(signal: Signal) -> Result<()> {
    if is_pid_1() {
        return raw::kill(-1, signal);
    }
    let mut signalled: Vec<Pid> = Vec::new();
    let mut result = Err(Errno::SRCH);
    for _ in 0..16 {
        let mut found = proc::descendants(getpid())?;
        found.retain(|pid| !signalled.contains(pid));
        if found.is_empty() {
            break;
        }
        for pid in found {
            match (self::signal(pid, signal), &mut result) {
                // One that ended meanwhile says nothing of the others.
                (Err(Errno::SRCH), _) => {}
                (Err(errno), _) => result = Err(errno),
                (Ok(()), result @ Err(Errno::SRCH)) => *result = Ok(()),
                (Ok(()), _) => {}
            }
            signalled.push(pid);
        }
    }
    result
}

/// The end when there is no way on: everybody is asked to end, and waited for; if somebody does not, the platform's final
/// signal ends us all. Allocates nothing.
#[cfg(freestanding)]
pub fn give_up() -> ! {
    if is_pid_1() {
        let _ = raw::kill(-1, Signal::TERM);
        let _ = raw::kill(-1, Signal::CONT);
        while raw::wait(WaitOptions::empty()).is_ok() {}
    }
    raw::exit(wigwag_core::exit_code::OWN_FAILURE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_as_wait_2_writes_it() {
        let is = |status, expected| matches!(ending(status), Ending::Ended(outcome) if outcome == expected);
        assert!(is(0x0700, Outcome::Exited(7)));
        assert!(is(0xff00, Outcome::Exited(255)));
        assert!(is(15, Outcome::Killed(Signal::TERM)));
        assert!(is(0x80 | 6, Outcome::Killed(Signal::new(6).unwrap())));
        assert!(is(34, Outcome::Killed(Signal::RTMIN)));
        assert!(matches!(ending(0x137f), Ending::Stopped(19)));
    }
}
