//! The system calls that rustix does not have, or has in another shape.

use core::{
    ffi::{CStr, c_char},
    ptr,
};

use rustix::{
    fd::{AsFd, AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd},
    io::{Errno, Result},
    process::{Pid, WaitOptions},
};
use syscalls::{Sysno, syscall};
use wigwag_core::Signal;

/// The size of a signal set, which the kernel wants to be told.
pub const SET_SIZE: usize = 8;
pub const SIG_SETMASK: usize = 2;

/// `siginfo_t` of sigaction(2): what `kill`, `sigqueue` and timers fill in, of 128 bytes.
#[repr(C)]
pub struct SigInfo {
    pub signal: i32,
    pub errno: i32,
    pub code: i32,
    pub padding: i32,
    pub pid: u32,
    pub uid: u32,
    pub value: u64,
    pub rest: [u64; 12],
}

const _: () = assert!(size_of::<SigInfo>() == 128);

/// `rt_sigprocmask(2)`: sets the blocked signals; those that were blocked.
#[expect(unsafe_code, reason = "rt_sigprocmask(2)")]
pub fn set_mask(mask: u64) -> u64 {
    let mut before = 0_u64;
    // SAFETY: the kernel reads and writes eight bytes. It cannot fail with these arguments.
    let _ = unsafe { syscall!(Sysno::rt_sigprocmask, SIG_SETMASK, &raw const mask, &raw mut before, SET_SIZE) };
    before
}

/// `rt_sigaction(2)`: what the kernel does by default with this signal.
#[expect(unsafe_code, reason = "rt_sigaction(2)")]
pub fn reset_action(signal: Signal) -> Result<()> {
    // Handler, flags, restorer and mask: SIG_DFL is all zero.
    let default = [0_u64; 4];
    // SAFETY: `default` is a whole `struct sigaction`, with no handler in it.
    let result =
        unsafe { syscall!(Sysno::rt_sigaction, signal.number(), default.as_ptr(), ptr::null_mut::<u64>(), SET_SIZE) };
    result.map(drop).map_err(errno)
}

/// signalfd4(2): a descriptor to read these signals from, or another set for the one there is.
#[expect(unsafe_code, reason = "signalfd4(2)")]
pub fn signalfd(fd: Option<BorrowedFd>, signals: u64) -> Result<i32> {
    const FLAGS: u32 = rustix::fs::OFlags::CLOEXEC.bits();
    let number = fd.map_or(-1, |fd| fd.as_raw_fd());
    // SAFETY: the kernel reads eight bytes.
    let result = unsafe { syscall!(Sysno::signalfd4, number, &raw const signals, SET_SIZE, FLAGS) };
    result.map_err(errno).map(as_i32)
}

/// `close_range(2)`: closes what is open from the first to the last number.
#[expect(unsafe_code, reason = "close_range(2)")]
pub fn close_range(first: u32, last: u32) {
    // SAFETY: callers leave out whatever this process still uses.
    let _ = unsafe { syscall!(Sysno::close_range, first, last, 0_usize) };
}

/// dup3(2): what has this number from now on stays open when a program is executed.
#[expect(unsafe_code, reason = "dup3(2)")]
pub fn duplicate(fd: impl AsFd, number: i32) -> Result<()> {
    // SAFETY: a call with numbers. Callers are children between fork and exec, and own every number.
    unsafe { syscall!(Sysno::dup3, fd.as_fd().as_raw_fd(), number, 0_usize) }.map(drop).map_err(errno)
}

/// `TIOCNOTTY` of `ioctl_tty(2)`, on standard input: this process has no controlling terminal any more.
#[expect(unsafe_code, reason = "ioctl(2)")]
pub fn leave_terminal() -> Result<()> {
    const TIOCNOTTY: usize = 0x5422;
    // SAFETY: a call with numbers.
    unsafe { syscall!(Sysno::ioctl, 0_usize, TIOCNOTTY, 0_usize) }.map(drop).map_err(errno)
}

/// A descriptor that the kernel has just given.
#[expect(unsafe_code, reason = "a descriptor by its number")]
pub fn owned(fd: i32) -> OwnedFd {
    // SAFETY: callers pass what the kernel gave them, once.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// kill(2); of rustix's, only an unsafe function takes real-time signals.
#[expect(unsafe_code, reason = "kill(2)")]
pub fn kill(pid: i32, signal: Signal) -> Result<()> {
    // SAFETY: a call with two numbers.
    unsafe { syscall!(Sysno::kill, pid, signal.number()) }.map(drop).map_err(errno)
}

/// `rt_sigqueueinfo(2)`.
#[expect(unsafe_code, reason = "rt_sigqueueinfo(2)")]
pub fn queue(pid: Pid, info: &SigInfo) -> Result<()> {
    // SAFETY: the kernel reads 128 bytes, which `info` has.
    let result = unsafe { syscall!(Sysno::rt_sigqueueinfo, pid.as_raw_pid(), info.signal, ptr::from_ref(info)) };
    result.map(drop).map_err(errno)
}

/// wait4(2) for any child, also one with an exit signal other than SIGCHLD. With `NOHANG`, `None`
/// when there is none that has ended.
#[expect(unsafe_code, reason = "wait4(2)")]
pub fn wait(options: WaitOptions) -> Result<Option<(Pid, i32)>> {
    const WALL: u32 = 0x4000_0000;
    let options = options.bits() | WALL;
    let mut status = 0_i32;
    // SAFETY: `status` is a valid place for the status, and no usage is asked for.
    let result = unsafe { syscall!(Sysno::wait4, -1_isize, &raw mut status, options, ptr::null_mut::<u8>()) };
    result.map(|pid| Pid::from_raw(as_i32(pid)).map(|pid| (pid, status))).map_err(errno)
}

/// `PTRACE_DETACH` of ptrace(2), with a signal to go on with.
#[expect(unsafe_code, reason = "ptrace(2)")]
pub fn detach(pid: Pid, signal: u8) -> Result<()> {
    const PTRACE_DETACH: usize = 17;
    // SAFETY: a call with numbers.
    let result = unsafe { syscall!(Sysno::ptrace, PTRACE_DETACH, pid.as_raw_pid(), 0_usize, signal) };
    result.map(drop).map_err(errno)
}

/// fork(2): `None` in the child. There is one thread, so that the child may call whatever it likes.
#[expect(unsafe_code, reason = "clone(2)")]
pub fn fork() -> Result<Option<Pid>> {
    // SAFETY: without CLONE_VM the child has a memory of its own, and goes on with our stack in it.
    let result = unsafe { syscall!(Sysno::clone, Signal::CHLD.number(), 0_usize, 0_usize, 0_usize, 0_usize) };
    result.map(|pid| Pid::from_raw(as_i32(pid))).map_err(errno)
}

/// execve(2), which returns only if it fails.
///
/// # Safety
/// Both lists are of pointers to strings that end with a NUL, and end with a null pointer.
#[expect(unsafe_code, reason = "execve(2)")]
pub unsafe fn execve(file: &CStr, argv: &[*const c_char], envp: &[*const c_char]) -> Errno {
    // SAFETY: as the caller says.
    match unsafe { syscall!(Sysno::execve, file.as_ptr(), argv.as_ptr(), envp.as_ptr()) } {
        Ok(_) => Errno::INVAL,
        Err(error) => errno(error),
    }
}

/// `rt_sigpending(2)`: the signals that were sent and are blocked.
#[expect(unsafe_code, reason = "rt_sigpending(2)")]
pub fn pending() -> u64 {
    let mut signals = 0_u64;
    // SAFETY: the kernel writes eight bytes. It cannot fail with these arguments.
    let _ = unsafe { syscall!(Sysno::rt_sigpending, &raw mut signals, SET_SIZE) };
    signals
}

/// getrandom(2): two bytes.
#[expect(unsafe_code, reason = "getrandom(2)")]
pub fn random() -> u16 {
    let mut number = 0_u16;
    // SAFETY: the kernel writes two bytes. So few are there, or it waits until they are.
    let _ = unsafe { syscall!(Sysno::getrandom, &raw mut number, size_of::<u16>(), 0_usize) };
    number
}

/// Ends the process.
#[expect(unsafe_code, reason = "exit_group(2)")]
pub fn exit(code: u8) -> ! {
    loop {
        // SAFETY: a call with a number.
        let _ = unsafe { syscall!(Sysno::exit_group, code) };
    }
}

/// The clocks of `clock_gettime(2)` that we look at.
#[derive(Clone, Copy)]
pub enum Clock {
    RealTime = 0,
    Monotonic = 1,
}

/// `clock_gettime(2)`: seconds and nanoseconds. rustix would look for the vDSO first, which is more work than all the
/// calls that we make.
#[expect(unsafe_code, reason = "clock_gettime(2)")]
pub fn time(clock: Clock) -> [i64; 2] {
    let mut time = [0_i64; 2];
    // SAFETY: the kernel writes two words. It cannot fail with these arguments.
    let _ = unsafe { syscall!(Sysno::clock_gettime, clock as usize, time.as_mut_ptr()) };
    time
}

/// prlimit(2) of this process: the soft and the hard limit, before new ones are set if there are any.
#[expect(unsafe_code, reason = "prlimit(2)")]
pub fn limits(resource: u8, new: Option<[u64; 2]>) -> Result<[u64; 2]> {
    let mut before = [0_u64; 2];
    let new = new.as_ref().map_or(ptr::null(), |new| new.as_ptr());
    // SAFETY: the kernel reads and writes two words each.
    unsafe { syscall!(Sysno::prlimit64, 0_usize, resource, new, before.as_mut_ptr()) }.map_err(errno)?;
    Ok(before)
}

/// setgroups(2).
#[expect(unsafe_code, reason = "setgroups(2)")]
pub fn set_groups(groups: &[u32]) -> Result<()> {
    // SAFETY: the kernel reads as many numbers as there are.
    unsafe { syscall!(Sysno::setgroups, groups.len(), groups.as_ptr()) }.map(drop).map_err(errno)
}

/// setresgid(2): real, effective and saved.
#[expect(unsafe_code, reason = "setresgid(2)")]
pub fn set_gid(gid: u32) -> Result<()> {
    // SAFETY: a call with numbers.
    unsafe { syscall!(Sysno::setresgid, gid, gid, gid) }.map(drop).map_err(errno)
}

/// setresuid(2): real, effective and saved.
#[expect(unsafe_code, reason = "setresuid(2)")]
pub fn set_uid(uid: u32) -> Result<()> {
    // SAFETY: a call with numbers.
    unsafe { syscall!(Sysno::setresuid, uid, uid, uid) }.map(drop).map_err(errno)
}

/// `PR_SET_PDEATHSIG` of prctl(2).
pub const PR_SET_PDEATHSIG: usize = 1;
/// `PR_SET_NO_NEW_PRIVS` of prctl(2).
pub const PR_SET_NO_NEW_PRIVS: usize = 38;

/// prctl(2) with one number.
#[expect(unsafe_code, reason = "prctl(2)")]
pub fn prctl(option: usize, value: usize) -> Result<()> {
    // SAFETY: callers use options only that take a number.
    unsafe { syscall!(Sysno::prctl, option, value, 0_usize, 0_usize, 0_usize) }.map(drop).map_err(errno)
}

/// capget(2): the effective capabilities of this process.
#[expect(unsafe_code, reason = "capget(2)")]
pub fn effective_capabilities() -> u64 {
    const VERSION_3: u32 = 0x2008_0522;
    let header = [VERSION_3, 0];
    // Effective, permitted, inheritable; the low half of each, then the high half.
    let mut data = [0_u32; 6];
    // SAFETY: both are as long as this version says.
    let _ = unsafe { syscall!(Sysno::capget, header.as_ptr(), data.as_mut_ptr()) };
    let [low, _, _, high, ..] = data;
    u64::from(high) << 32 | u64::from(low)
}

/// brk(2): moves the end of the heap, and where it is then; it stays where it was if it cannot be moved.
#[cfg(freestanding)]
#[expect(unsafe_code, reason = "brk(2)")]
pub fn brk(end: usize) -> usize {
    // SAFETY: callers only ever move it up.
    unsafe { syscall!(Sysno::brk, end) }.unwrap_or(0)
}

fn errno(error: syscalls::Errno) -> Errno {
    Errno::from_raw_os_error(error.into_raw())
}

/// A descriptor or a pid as the kernel returns it.
fn as_i32(result: usize) -> i32 {
    i32::try_from(result).unwrap_or(0)
}
