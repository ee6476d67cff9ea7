//! Starting a program, and knowing exactly whether it was executed.

use std::{
    ffi::{CString, OsStr},
    fs::File,
    io::Read as _,
    os::{
        fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd, RawFd},
        unix::ffi::OsStrExt as _,
    },
    path::Path,
    ptr,
};

use nix::{
    errno::Errno,
    fcntl::OFlag,
    libc::{self, c_char, c_int},
    unistd::{ForkResult, Pid},
};
use wigwag_core::environment;

use crate::sys::{signals::Mask, terminal::Terminal};

/// What to start.
pub struct Program<'a> {
    pub command: &'a [Vec<u8>],
    /// `NAME=value` entries; its PATH is the one that counts.
    pub environment: &'a [Vec<u8>],
    /// The terminal that it gets.
    pub terminal: Option<Terminal>,
    /// Whether it gets our standard input, rather than an empty one.
    pub stdin: bool,
    pub directory: &'a Path,
}

/// A process that was forked.
pub struct Spawned {
    pid: Pid,
    /// Closed by the exec; before that, the errno of an exec that failed comes through.
    result: OwnedFd,
}

pub enum ExecResult {
    Pending,
    Done,
    /// With this errno.
    Failed(c_int),
}

impl Spawned {
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// What is known of the exec; ask once after it was not pending.
    pub fn result(&self) -> ExecResult {
        let mut errno = [0; size_of::<c_int>()];
        match nix::unistd::read(&self.result, &mut errno) {
            Err(Errno::EAGAIN | Errno::EINTR) => ExecResult::Pending,
            Ok(length) if length == errno.len() => ExecResult::Failed(c_int::from_ne_bytes(errno)),
            Ok(_) | Err(_) => ExecResult::Done,
        }
    }
}

impl AsFd for Spawned {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.result.as_fd()
    }
}

/// Forks, and executes the program in the child, in a process group of its own and with `mask` as its blocked signals.
/// Signals that are sent to it from now on wait until then, so none is lost.
///
/// # Errors
/// When there is no process or no descriptor to be had.
#[expect(unsafe_code, reason = "fork(2)")]
pub fn spawn(program: &Program, mask: Mask) -> nix::Result<Spawned> {
    let image = Image::new(program);
    let (result, report) = nix::unistd::pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
    // SAFETY: we have one thread, so that the child may call whatever it likes.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Child => {
            let errno = image.execute(program, mask);
            let _ = nix::unistd::write(&report, &errno.to_ne_bytes());
            // SAFETY: ends the process.
            unsafe { libc::_exit(127) }
        }
        ForkResult::Parent { child } => {
            // The child does it too: whoever comes first, the group is there before anybody signals it.
            let _ = nix::unistd::setpgid(child, child);
            Ok(Spawned { pid: child, result })
        }
    }
}

/// Everything that execve(2) needs, made before the fork.
struct Image {
    candidates: Vec<CString>,
    argv: Vec<CString>,
    envp: Vec<CString>,
}

impl Image {
    fn new(program: &Program) -> Self {
        // No text here has a NUL: arguments and environment came as C strings, configs with a NUL were refused.
        let c_strings = |list: &[Vec<u8>]| list.iter().filter_map(|item| CString::new(item.as_slice()).ok()).collect();
        let candidates = candidates(program.command, program.environment);
        Self {
            candidates: c_strings(&candidates),
            argv: c_strings(program.command),
            envp: c_strings(program.environment),
        }
    }

    /// In the child. Returns the errno when nothing could be executed.
    fn execute(&self, program: &Program, mask: Mask) -> c_int {
        let _ = nix::unistd::setpgid(Pid::from_raw(0), Pid::from_raw(0));
        if let Some(terminal) = program.terminal {
            terminal.take();
        }
        if !program.stdin {
            empty_stdin();
        }
        let _ = nix::unistd::chdir(program.directory);
        mask.set();
        self.exec()
    }

    /// As execvp(3): the first candidate that can be executed; a file without `#!` is a script of /bin/sh.
    fn exec(&self) -> c_int {
        let argv = pointers(&self.argv);
        let envp = pointers(&self.envp);
        let mut found = libc::ENOENT;
        for file in &self.candidates {
            let errno = execve(file, &argv, &envp);
            match errno {
                libc::ENOENT | libc::ENOTDIR | libc::ESTALE | libc::ENODEV | libc::ETIMEDOUT => {}
                libc::EACCES => found = libc::EACCES,
                libc::ENOEXEC => {
                    let mut script = vec![c"sh".as_ptr(), file.as_ptr()];
                    script.extend(argv.iter().skip(1));
                    let errno = execve(c"/bin/sh", &script, &envp);
                    return if errno == libc::ENOENT { libc::ENOEXEC } else { errno };
                }
                _ => return errno,
            }
        }
        found
    }
}

/// The files that `command` may mean, in the order of PATH.
fn candidates(command: &[Vec<u8>], environment: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let Some(name) = command.first().filter(|name| !name.is_empty()) else { return Vec::new() };
    if name.contains(&b'/') {
        return vec![name.clone()];
    }
    let path = search_path(environment);
    let join = |folder: &[u8]| if folder.is_empty() { name.clone() } else { [folder, b"/", name].concat() };
    path.split(|byte| *byte == b':').map(join).collect()
}

fn search_path(environment: &[Vec<u8>]) -> &[u8] {
    environment::get(environment, "PATH").unwrap_or(environment::DEFAULT_PATH.as_bytes())
}

fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect()
}

#[expect(unsafe_code, reason = "execve(2)")]
fn execve(file: &std::ffi::CStr, argv: &[*const c_char], envp: &[*const c_char]) -> c_int {
    // SAFETY: all three are strings with a NUL at their end, and the lists end with a null pointer.
    unsafe { libc::execve(file.as_ptr(), argv.as_ptr(), envp.as_ptr()) };
    Errno::last_raw()
}

/// Without /dev/null it keeps ours.
#[expect(unsafe_code, reason = "dup2(2) onto a descriptor by its number")]
fn empty_stdin() {
    if let Ok(null) = File::open("/dev/null") {
        let null: RawFd = null.as_raw_fd();
        // SAFETY: `null` is open.
        unsafe { libc::dup2(null, libc::STDIN_FILENO) };
    }
}

/// Why a command could not be executed, in a sentence.
pub fn explain(program: &Program, errno: c_int) -> String {
    let name = program.command.first().map_or(&[][..], Vec::as_slice);
    let shown = name.escape_ascii();
    if errno == libc::ENOEXEC {
        return format!("cannot execute `{shown}`: it has no `#!` line, and there is no `/bin/sh` to run it");
    }
    if errno != libc::ENOENT {
        return format!("cannot execute `{shown}`: {}", Errno::from_raw(errno).desc());
    }
    let files = candidates(program.command, program.environment);
    let mut files = files.iter().map(|file| program.directory.join(OsStr::from_bytes(file)));
    match files.find(|file| file.is_file()) {
        Some(file) => match interpreter(&file) {
            Some(interpreter) => {
                format!("cannot execute `{shown}`: its interpreter `{}` is not there", interpreter.escape_ascii())
            }
            None => format!("cannot execute `{shown}`: its dynamic loader is not there"),
        },
        None if name.contains(&b'/') => format!("cannot execute `{shown}`: there is no such file"),
        None => {
            let path = search_path(program.environment).escape_ascii();
            format!("cannot execute `{shown}`: it is not in PATH ({path})")
        }
    }
}

/// The word after `#!`, as the kernel reads it: a carriage return is a part of it.
fn interpreter(file: &Path) -> Option<Vec<u8>> {
    let mut start = Vec::new();
    File::open(file).ok()?.take(256).read_to_end(&mut start).ok()?;
    let line = start.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    line.split(|byte| matches!(byte, b' ' | b'\t')).find(|word| !word.is_empty()).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(command: &str, environment: &[&str]) -> Vec<String> {
        let environment: Vec<Vec<u8>> = environment.iter().map(|entry| entry.as_bytes().to_vec()).collect();
        candidates(&[command.as_bytes().to_vec()], &environment)
            .into_iter()
            .map(|file| String::from_utf8(file).unwrap())
            .collect()
    }

    #[test]
    fn an_interpreter_is_what_the_kernel_looks_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("script");
        for (text, expected) in [
            ("#!/bin/sh\n", Some("/bin/sh")),
            ("#! /usr/bin/env\tpython3\n", Some("/usr/bin/env")),
            ("#!/bin/sh\r\n", Some("/bin/sh\r")),
            ("\x7fELF", None),
        ] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(interpreter(&file), expected.map(|word| word.as_bytes().to_vec()), "{text}");
        }
    }

    #[test]
    fn programs_are_looked_for_as_execvp_does() {
        assert_eq!(found("a", &["PATH=/x:/y"]), ["/x/a", "/y/a"]);
        assert_eq!(found("a", &["PATH=/x::/y/"]), ["/x/a", "a", "/y//a"]);
        assert_eq!(found("./a", &["PATH=/x"]), ["./a"]);
        assert_eq!(found("", &["PATH=/x"]), Vec::<String>::new());
        assert_eq!(found("a", &[]).len(), 6);
    }
}
