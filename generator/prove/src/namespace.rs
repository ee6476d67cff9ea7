//! A command as PID 1 of a new PID namespace: what a container engine gives it, without an engine.
//!
//! A process enters a PID namespace only by being born into it, and code between fork and exec cannot be safe Rust. So
//! [`enter`] makes the namespace, and [`Inside::command`] is this program again, under the name [`INSIDE`], which
//! prepares the inside and then executes the command in its own place.

use std::{
    ffi::{CString, OsStr, OsString},
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::{ffi::OsStrExt, process::ExitStatusExt},
    path::{Path, PathBuf},
    process::{Command, ExitCode, ExitStatus, Stdio},
};

use nix::{
    errno::Errno,
    mount::{MsFlags, mount},
    sched::{CloneFlags, unshare},
    sys::{
        prctl,
        signal::{SigSet, Signal, raise},
    },
    unistd::{dup2_stderr, dup2_stdin, dup2_stdout, execv, getgid, getpgrp, getuid, setsid, tcsetpgrp},
};
use wigwag_core::{environment::DEFAULT_PATH, exit_code};

use crate::{
    procfs,
    sys::{self, Pid},
};

/// The subcommand by which this program starts itself inside.
pub const INSIDE: &str = "pid1-inside";

pub(crate) const THIS_PROGRAM: &str = "/proc/self/exe";

/// Whether [`enter`] will do. Tried in another process, because one that was refused half-way is nobody for the rest of
/// its life.
pub fn is_permitted() -> bool {
    Command::new(THIS_PROGRAM)
        .args(["pid1", "--", THIS_PROGRAM, "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Makes a PID namespace, of which this process's next child is PID 1. The process must have a single thread.
pub fn enter() -> io::Result<Inside> {
    match unshare(CloneFlags::CLONE_NEWPID) {
        Ok(()) => return Ok(Inside::default()),
        Err(Errno::EPERM) => {}
        Err(error) => return Err(error.into()),
    }
    // Root inside, because exec takes the capabilities of everybody else, and /proc must be mounted after it.
    let (uid, gid) = (getuid(), getgid());
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWPID)?;
    map_identity(&format!("0 {uid} 1"), &format!("0 {gid} 1"))?;
    Ok(Inside { identity: Some(format!("{uid}:{gid}")), ..Inside::default() })
}

/// Run a command as PID 1 of a new PID namespace, and end as it ends.
#[derive(clap::Args)]
pub struct Pid1 {
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

impl Pid1 {
    /// Does it.
    pub fn run(&self) -> ExitCode {
        let status = enter().and_then(|inside| inside.command(&self.command).spawn()?.wait());
        match status {
            Ok(status) => end_as(status),
            Err(error) => fail(exit_code::OWN_FAILURE, &format!("a PID namespace cannot be had: {error}")),
        }
    }
}

/// Ends this process as another one ended: by the same signal if it was one.
fn end_as(status: ExitStatus) -> ExitCode {
    if let Some(signal) = status.signal().and_then(|number| Signal::try_from(number).ok()) {
        // The core, if any, is the other process's.
        let _ = prctl::set_dumpable(false);
        let _ = SigSet::from(signal).thread_unblock();
        let _ = raise(signal);
    }
    ExitCode::from(code(status))
}

/// The exit code of sh(1) for it.
pub fn code(status: ExitStatus) -> u8 {
    let exited = || status.code().and_then(|code| u8::try_from(code).ok());
    let killed = || status.signal().and_then(|number| wigwag_core::Signal::new(u8::try_from(number).ok()?));
    exited().or_else(|| killed().map(exit_code::of_signal)).unwrap_or(exit_code::OWN_FAILURE)
}

/// Whether the process still prepares itself for the command.
pub(crate) fn is_inside(pid: Pid) -> bool {
    let arguments = procfs::arguments(pid);
    // In the middle of executing something there are none.
    arguments.is_empty() || arguments.get(1).is_some_and(|word| word.bytes() == INSIDE.as_bytes())
}

/// What is prepared before the command is executed: written by the outside, read by the inside.
#[derive(Debug, Default, clap::Args)]
pub struct Inside {
    /// The user and the group to be again, when a user namespace had to make us root.
    #[arg(long)]
    identity: Option<String>,
    /// There is no namespace.
    #[arg(long)]
    outside: bool,
    /// The command's process group gets the terminal of standard input.
    #[arg(long)]
    pub foreground: bool,
    /// No signal is blocked.
    #[arg(long)]
    pub unblock: bool,
    /// It begins when nobody else has this file locked, and leads a session, as the first process of a container does.
    #[arg(long)]
    pub hold: Option<PathBuf>,
    /// The session's terminal, and its standard streams.
    #[arg(long)]
    pub terminal: Option<PathBuf>,
    /// What is seen in the place of something else: pairs of paths.
    #[arg(long, num_args = 2)]
    pub bind: Vec<PathBuf>,
    /// A folder, and another one in which its files are seen.
    #[arg(long, num_args = 2)]
    pub overlay: Vec<PathBuf>,
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

impl Inside {
    /// Where no namespace is permitted.
    pub fn outside() -> Self {
        Self { outside: true, ..Self::default() }
    }

    /// The command as PID 1, to be spawned by the process that called [`enter`].
    pub fn command(&self, command: &[OsString]) -> Command {
        let mut inside = Command::new(THIS_PROGRAM);
        inside.arg(INSIDE);
        if let Some(identity) = &self.identity {
            inside.args(["--identity", identity]);
        }
        for (flag, is_set) in
            [("--outside", self.outside), ("--foreground", self.foreground), ("--unblock", self.unblock)]
        {
            inside.args(is_set.then_some(flag));
        }
        for (flag, path) in [("--hold", &self.hold), ("--terminal", &self.terminal)] {
            if let Some(path) = path {
                inside.arg(flag).arg(path);
            }
        }
        for (flag, pairs) in [("--bind", &self.bind), ("--overlay", &self.overlay)] {
            for pair in pairs.chunks(2) {
                inside.arg(flag).args(pair);
            }
        }
        inside.arg("--").args(command);
        inside
    }

    /// Returns only if it fails.
    pub fn exec(self) -> ExitCode {
        if let Some(hold) = &self.hold {
            // Whoever holds it is gone when this fails, and this process soon, too.
            let _ = prctl::set_pdeathsig(Signal::SIGKILL);
            let _ = File::open(hold).and_then(|file| file.lock_shared());
        }
        if !self.outside
            && let Err(error) = mount_proc()
        {
            tell(&format!("/proc shows the processes outside, a fresh one cannot be mounted: {error}"));
        }
        if let Err((path, error)) = self.show() {
            return fail(exit_code::OWN_FAILURE, &format!("`{}` cannot be replaced: {error}", path.display()));
        }
        if let Err(error) = self.identity.as_deref().map_or(Ok(()), resume_identity) {
            return fail(exit_code::OWN_FAILURE, &format!("the user cannot be kept in a user namespace: {error}"));
        }
        if self.hold.is_some() {
            // Already so if it leads its group.
            let _ = setsid();
        }
        if let Err(error) = self.terminal.as_deref().map_or(Ok(()), take_terminal) {
            return fail(exit_code::OWN_FAILURE, &format!("there is no terminal: {error}"));
        }
        if self.foreground {
            // A group in the background asks for the terminal: without SIGTTOU blocked that would stop it.
            let _ = SigSet::from(Signal::SIGTTOU).thread_block();
            let _ = tcsetpgrp(io::stdin(), getpgrp());
        }
        // Nothing stays behind when the process outside is killed.
        if let Err(error) = prctl::set_pdeathsig(Signal::SIGKILL) {
            return fail(exit_code::OWN_FAILURE, &format!("the namespace cannot be tied to its parent: {error}"));
        }
        let Some((program, args)) = self.command.split_first() else {
            return fail(exit_code::OWN_FAILURE, "no command");
        };
        if self.unblock || self.hold.is_some() {
            // posix_spawn(3) of glibc leaves two signals ignored, so this is done here and not before.
            sys::reset_signals();
        } else {
            sys::reset_broken_pipe();
        }
        let error = execute(program, args);
        let code = if error == Errno::ENOENT { exit_code::NOT_FOUND } else { exit_code::NOT_EXECUTABLE };
        fail(code, &format!("`{}` cannot be executed: {}", program.display(), error.desc()))
    }
}

impl Inside {
    /// Puts files in the place of others; nobody outside sees it.
    fn show(&self) -> Result<(), (PathBuf, Errno)> {
        let none = None::<&str>;
        for pair in self.bind.chunks(2) {
            if let [from, to] = pair {
                mount(Some(from), to, none, MsFlags::MS_BIND, none).map_err(|error| (to.clone(), error))?;
            }
        }
        for pair in self.overlay.chunks(2) {
            if let [from, to] = pair {
                let lower = format!("lowerdir={}:{}", from.display(), to.display());
                // It only helps where a launcher sets a `PATH` of its own.
                let _ = mount(Some("overlay"), to, Some("overlay"), MsFlags::empty(), Some(lower.as_str()));
            }
        }
        Ok(())
    }
}

/// Executes a program as a container engine does, by its path or the first of that name in `PATH`. The C library would have a
/// shell read a file that is no program, which in a container nobody does. Returns only if it fails.
fn execute(program: &OsStr, args: &[OsString]) -> Errno {
    let words: Result<Vec<CString>, _> = std::iter::once(program)
        .chain(args.iter().map(OsString::as_os_str))
        .map(|word| CString::new(word.as_bytes()))
        .collect();
    let Ok(words) = words else { return Errno::EINVAL };
    let path = std::env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into());
    let paths: Vec<PathBuf> = if program.as_bytes().contains(&b'/') {
        vec![program.into()]
    } else {
        std::env::split_paths(&path).map(|directory| directory.join(program)).collect()
    };
    let mut worst = Errno::ENOENT;
    for path in paths {
        let Ok(path) = CString::new(path.into_os_string().into_encoded_bytes()) else { return Errno::EINVAL };
        match execv(&path, &words) {
            Ok(never) => match never {},
            Err(Errno::ENOENT | Errno::ENOTDIR) => {}
            // Another directory may have one that can be executed.
            Err(Errno::EACCES) => worst = Errno::EACCES,
            Err(error) => return error,
        }
    }
    worst
}

/// Opened by a session that has none, it becomes the session's.
fn take_terminal(path: &Path) -> io::Result<()> {
    let terminal = OpenOptions::new().read(true).write(true).open(path)?;
    dup2_stdin(&terminal)?;
    dup2_stdout(&terminal)?;
    dup2_stderr(&terminal)?;
    Ok(())
}

/// A /proc for this namespace, which nobody outside sees.
fn mount_proc() -> nix::Result<()> {
    unshare(CloneFlags::CLONE_NEWNS)?;
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("proc"), "/proc", Some("proc"), flags, none)
}

/// From root of the outer user namespace back to the user that started it, in a namespace within.
fn resume_identity(identity: &str) -> io::Result<()> {
    let (uid, gid) = identity.split_once(':').ok_or(io::ErrorKind::InvalidInput)?;
    unshare(CloneFlags::CLONE_NEWUSER)?;
    map_identity(&format!("{uid} 0 1"), &format!("{gid} 0 1"))
}

fn map_identity(uid_map: &str, gid_map: &str) -> io::Result<()> {
    // The kernel's condition for a group map without privilege: user_namespaces(7).
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", uid_map)?;
    fs::write("/proc/self/gid_map", gid_map)
}

fn fail(code: u8, message: &str) -> ExitCode {
    tell(message);
    ExitCode::from(code)
}

/// The exit code says it to whoever has no standard error that can be written to.
fn tell(message: &str) {
    let _ = writeln!(io::stderr(), "wigwag: {message}");
}
