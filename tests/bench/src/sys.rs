//! What safe Rust has no words for: processes that go on after a fork, descriptors with a number,
//! and real-time scheduling.
//!
//! The bench has one thread, so a forked child may do whatever the parent could.
#![expect(unsafe_code, reason = "clone, fork, dup2 and sched_setscheduler have no safe form")]

use std::os::fd::{BorrowedFd, RawFd};

use nix::{
    errno::Errno,
    fcntl::{FcntlArg, fcntl},
    libc,
    sched::{CloneFlags, clone},
    sys::signal::{SigHandler, Signal, signal},
    unistd::{ForkResult, Pid, fork},
};

/// A process in namespaces of its own, which runs `child` and ends with what it returns.
pub fn clone_into(namespaces: CloneFlags, mut child: impl FnMut() -> u8) -> nix::Result<Pid> {
    let mut stack = vec![0; 256 * 1024];
    let child = Box::new(|| {
        // Rust ignores it, and it would stay ignored in what is executed; an engine does not.
        // SAFETY: the default is no handler that could do anything wrong.
        let _ = unsafe { signal(Signal::SIGPIPE, SigHandler::SigDfl) };
        isize::from(child())
    });
    // SAFETY: memory is not shared, so the child has the stack and everything else for itself.
    unsafe { clone(child, &mut stack, namespaces, Some(libc::SIGCHLD)) }
}

/// A process that runs `child` and ends.
pub fn fork_to(child: impl FnOnce()) -> nix::Result<Pid> {
    // SAFETY: there is one thread.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => {
            child();
            // SAFETY: it ends this process; nothing of the parent's is to be flushed or run at an exit.
            unsafe { libc::_exit(0) }
        }
    }
}

/// Makes the descriptor this one too, for what is executed. To be called where nobody needs the one that was there.
pub fn put(descriptor: BorrowedFd, number: RawFd) -> nix::Result<()> {
    // It may have that number already, and would be closed then.
    let other = fcntl(descriptor, FcntlArg::F_DUPFD_CLOEXEC(number + 1))?;
    // SAFETY: they are numbers; nobody here uses what this one was.
    Errno::result(unsafe { libc::dup2(other, number) }).map(drop)
}

/// Real-time scheduling from here on, for this process and all that it starts, if on; the usual one if not.
pub fn real_time(on: bool) -> nix::Result<()> {
    let (policy, sched_priority) = if on { (libc::SCHED_FIFO, 10) } else { (libc::SCHED_OTHER, 0) };
    // SAFETY: the parameters outlive the call.
    Errno::result(unsafe { libc::sched_setscheduler(0, policy, &libc::sched_param { sched_priority }) }).map(drop)
}
