//! What nix has no safe name for: real-time signals in a traced process, a stopped process that is left stopped, who
//! sent a signal, and a signal handler.

#![expect(unsafe_code, reason = "see above; every pointer is to something that outlives the call")]

use std::{
    os::fd::{AsRawFd, IntoRawFd, OwnedFd},
    ptr,
    sync::atomic::{AtomicI32, Ordering},
};

use nix::{
    errno::Errno,
    libc::{self, c_int, c_void, siginfo_t},
    sys::ptrace,
    unistd,
};
use wigwag_core::Signal;

/// A process or a thread, as it is called here and not inside.
pub type Pid = i32;

/// What became of a traced task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It exited with this code.
    Exited(u8),
    /// This signal ended it.
    Killed(u8),
    /// It waits for the tracer: about to get a signal if `event` is 0.
    Stopped {
        /// The signal.
        signal: c_int,
        /// The number of a `PTRACE_EVENT_…`.
        event: c_int,
    },
}

/// The next change of a child or a traced task, if there is one; `ECHILD` when there is nobody.
pub fn wait() -> nix::Result<Option<(Pid, Change)>> {
    let mut status = 0;
    // SAFETY: `status` is a valid place for the whole call.
    let pid = Errno::result(unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL | libc::WNOHANG) })?;
    let narrow = |number: c_int| u8::try_from(number).unwrap_or(u8::MAX);
    let change = if libc::WIFEXITED(status) {
        Change::Exited(narrow(libc::WEXITSTATUS(status)))
    } else if libc::WIFSIGNALED(status) {
        Change::Killed(narrow(libc::WTERMSIG(status)))
    } else {
        Change::Stopped { signal: libc::WSTOPSIG(status), event: status >> 16 }
    };
    Ok((pid != 0).then_some((pid, change)))
}

/// Lets a stopped task go on, with this signal if it is not 0.
pub fn resume(pid: Pid, signal: c_int) -> nix::Result<()> {
    let signal = usize::try_from(signal).map_err(|_| Errno::EINVAL)?;
    // SAFETY: the request takes numbers only, the last one in the place of a pointer.
    let done = unsafe {
        libc::ptrace(libc::PTRACE_CONT, pid, ptr::null_mut::<c_void>(), ptr::without_provenance_mut::<c_void>(signal))
    };
    Errno::result(done).map(drop)
}

/// Leaves a task stopped that job control has stopped, until SIGCONT.
pub fn listen(pid: Pid) -> nix::Result<()> {
    // SAFETY: the request takes numbers only.
    let done = unsafe { libc::ptrace(libc::PTRACE_LISTEN, pid, ptr::null_mut::<c_void>(), ptr::null_mut::<c_void>()) };
    Errno::result(done).map(drop)
}

/// Who sent the signal that the task is about to get: `si_code`, and the sender's pid as the receiver sees it.
pub fn sender(pid: Pid) -> nix::Result<(c_int, Pid)> {
    let info = ptrace::getsiginfo(unistd::Pid::from_raw(pid))?;
    // SAFETY: the kernel filled in the whole of it; of another kind of signal this is some number.
    Ok((info.si_code, unsafe { info.si_pid() }))
}

/// Sends any signal.
pub fn kill(pid: Pid, signal: Signal) -> nix::Result<()> {
    // SAFETY: it takes numbers only.
    Errno::result(unsafe { libc::kill(pid, i32::from(signal.number())) }).map(drop)
}

/// A broken pipe ends a process again: Rust's start has changed that for this one, and what it executes would inherit it.
pub fn reset_broken_pipe() {
    reset(Signal::PIPE);
}

fn reset(signal: Signal) {
    // Of the kernel itself: the C library keeps two signals for itself, which may be ignored, too. Its struct is shorter
    // than this on every platform, and zero is the default action.
    let action = [0_u64; 8];
    let number = libc::c_long::from(signal.number());
    // SAFETY: it reads the struct only, and no handler is installed that could be called.
    unsafe { libc::syscall(libc::SYS_rt_sigaction, number, action.as_ptr(), ptr::null_mut::<c_void>(), 8_usize) };
}

/// Nothing is ignored, and nothing is blocked: as an engine starts a container.
pub fn reset_signals() {
    Signal::all().for_each(reset);
    let _ = nix::sys::signal::SigSet::empty().thread_set_mask();
}

/// What was inherited open is not inherited by whoever is executed, besides the standard streams.
pub fn close_inherited() {
    // SAFETY: nothing is closed before something else is executed, and nothing that is executed may rely on it.
    unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
}

static HEARD: AtomicI32 = AtomicI32::new(-1);

/// From now on each of these signals is written to the pipe, as two numbers of four bytes: itself and its sender.
pub fn hear(signals: &[Signal], pipe: OwnedFd) -> nix::Result<()> {
    HEARD.store(pipe.as_raw_fd(), Ordering::SeqCst);
    // It stays open as long as a signal may come.
    let _ = pipe.into_raw_fd();
    for signal in signals {
        // SAFETY: zero is a valid value of every field of it.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = on_signal as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART;
        // SAFETY: the handler calls write(2) only, which is async-signal-safe.
        Errno::result(unsafe { libc::sigaction(i32::from(signal.number()), &raw const action, ptr::null_mut()) })?;
    }
    Ok(())
}

extern "C" fn on_signal(signal: c_int, info: *mut siginfo_t, _: *mut c_void) {
    // SAFETY: the kernel passes a valid pointer to a handler that was installed with SA_SIGINFO.
    let info = unsafe { &*info };
    // SAFETY: the kernel filled in the whole of it.
    let sender = unsafe { info.si_pid() };
    let message = [signal, sender];
    // SAFETY: the descriptor is never closed, and the message is on the stack for the whole call.
    unsafe { libc::write(HEARD.load(Ordering::SeqCst), message.as_ptr().cast(), size_of_val(&message)) };
}
