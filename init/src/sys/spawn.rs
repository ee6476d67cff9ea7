//! Starting a program, and knowing exactly whether it was executed.

use alloc::{borrow::Cow, ffi::CString, format, string::String, vec, vec::Vec};
use core::{
    ffi::{CStr, c_char},
    ptr,
};

use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{Mode, OFlags, open},
    io::{Errno, Result, read, write},
    pipe::{PipeFlags, pipe_with},
    process::{Pid, chdir, setpgid},
    stdio::dup2_stdin,
};
use wigwag_core::environment;

use crate::{
    sys::{error::sentence, file, raw, signals::Mask, terminal::Terminal},
    text::Text,
};

/// What to start.
pub struct Program<'a> {
    pub command: &'a [Text],
    /// `NAME=value` entries; its PATH is the one that counts.
    pub environment: &'a [Text],
    /// The terminal that it gets.
    pub terminal: Option<Terminal>,
    /// Whether it gets our standard input, rather than an empty one.
    pub stdin: bool,
    pub directory: &'a Text,
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
    Failed(Errno),
}

impl Spawned {
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// What is known of the exec; ask once after it was not pending.
    pub fn result(&self) -> ExecResult {
        let mut errno = [0; size_of::<i32>()];
        match read(&self.result, &mut errno) {
            Err(Errno::AGAIN | Errno::INTR) => ExecResult::Pending,
            Ok(length) if length == size_of::<i32>() => {
                ExecResult::Failed(Errno::from_raw_os_error(i32::from_ne_bytes(errno)))
            }
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
pub fn spawn(program: &Program, mask: Mask) -> Result<Spawned> {
    let image = Image::new(program);
    let (result, report) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
    let Some(child) = raw::fork()? else {
        let errno = image.execute(program, mask);
        let _ = write(&report, &errno.raw_os_error().to_ne_bytes());
        raw::exit(127)
    };
    // The child does it too: whoever comes first, the group is there before anybody signals it.
    let _ = setpgid(Some(child), Some(child));
    Ok(Spawned { pid: child, result })
}

/// Everything that execve(2) needs, made before the fork.
struct Image<'p> {
    candidates: Vec<Cow<'p, CStr>>,
    argv: Vec<*const c_char>,
    envp: Vec<*const c_char>,
}

impl<'p> Image<'p> {
    fn new(program: &Program<'p>) -> Self {
        Self {
            candidates: candidates(program.command, program.environment),
            argv: pointers(program.command),
            envp: pointers(program.environment),
        }
    }

    /// In the child. Returns the errno when nothing could be executed.
    fn execute(&self, program: &Program, mask: Mask) -> Errno {
        let _ = setpgid(None, None);
        if let Some(terminal) = program.terminal {
            terminal.take();
        }
        if !program.stdin {
            empty_stdin();
        }
        let _ = chdir(program.directory.as_c_str());
        mask.set();
        self.exec()
    }

    /// As execvp(3): the first candidate that can be executed; a file without `#!` is a script of /bin/sh.
    fn exec(&self) -> Errno {
        let mut found = Errno::NOENT;
        for file in &self.candidates {
            let errno = execve(file, &self.argv, &self.envp);
            match errno {
                Errno::NOENT | Errno::NOTDIR | Errno::STALE | Errno::NODEV | Errno::TIMEDOUT => {}
                Errno::ACCESS => found = Errno::ACCESS,
                Errno::NOEXEC => {
                    let mut script = vec![c"sh".as_ptr(), file.as_ptr()];
                    script.extend(self.argv.iter().skip(1));
                    let errno = execve(c"/bin/sh", &script, &self.envp);
                    return if errno == Errno::NOENT { Errno::NOEXEC } else { errno };
                }
                _ => return errno,
            }
        }
        found
    }
}

/// The files that `command` may mean, in the order of PATH.
fn candidates<'p>(command: &'p [Text], environment: &[Text]) -> Vec<Cow<'p, CStr>> {
    let Some(name) = command.first().filter(|name| !name.as_bytes().is_empty()) else { return Vec::new() };
    let bytes = name.as_bytes();
    if bytes.contains(&b'/') {
        return vec![Cow::Borrowed(name.as_c_str())];
    }
    let in_folder = |folder: &[u8]| match folder {
        b"" => Cow::Borrowed(name.as_c_str()),
        _ => Cow::Owned(CString::new([folder, b"/", bytes].concat()).unwrap_or_default()),
    };
    search_path(environment).split(|byte| *byte == b':').map(in_folder).collect()
}

fn search_path(environment: &[Text]) -> &[u8] {
    environment::get(environment, "PATH").unwrap_or(environment::DEFAULT_PATH.as_bytes())
}

fn pointers(texts: &[Text]) -> Vec<*const c_char> {
    texts.iter().map(|text| text.as_c_str().as_ptr()).chain([ptr::null()]).collect()
}

#[expect(unsafe_code, reason = "execve(2)")]
fn execve(file: &CStr, argv: &[*const c_char], envp: &[*const c_char]) -> Errno {
    // SAFETY: both lists are made of C strings that live as long as the program's texts, and end with a null pointer.
    unsafe { raw::execve(file, argv, envp) }
}

/// Without /dev/null it keeps ours.
fn empty_stdin() {
    if let Ok(null) = open(c"/dev/null", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()) {
        let _ = dup2_stdin(null);
    }
}

/// Why a command could not be executed, in a sentence.
pub fn explain(program: &Program, errno: Errno) -> String {
    let name = program.command.first().map_or(&[][..], Text::as_bytes);
    let shown = name.escape_ascii();
    if errno == Errno::NOEXEC {
        return format!("cannot execute `{shown}`: it has no `#!` line, and there is no `/bin/sh` to run it");
    }
    if errno != Errno::NOENT {
        return format!("cannot execute `{shown}`: {}", sentence(errno));
    }
    let files = candidates(program.command, program.environment);
    let mut files = files.iter().map(|file| below(program.directory, file));
    match files.find(|file| file::is_regular(file)) {
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

/// The file as seen from the directory.
fn below(directory: &Text, file: &CStr) -> CString {
    let file = file.to_bytes();
    let directory: &[u8] = if file.starts_with(b"/") { b"" } else { directory.as_bytes() };
    CString::new([directory, b"/", file].concat()).unwrap_or_default()
}

/// The word after `#!`, as the kernel reads it: a carriage return is a part of it.
fn interpreter(file: &CStr) -> Option<Vec<u8>> {
    let mut start = [0; 256];
    let length = file::start(file, &mut start).ok()?;
    let line = start.get(..length)?.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    line.split(|byte| matches!(byte, b' ' | b'\t')).find(|word| !word.is_empty()).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(command: &str, environment: &[&str]) -> Vec<String> {
        let environment: Vec<Text> = environment.iter().copied().map(Text::from).collect();
        candidates(&[Text::from(command)], &environment)
            .into_iter()
            .map(|file| file.into_owned().into_string().unwrap())
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
            let file = Text::from(file.to_str().unwrap());
            assert_eq!(interpreter(file.as_c_str()), expected.map(|word| word.as_bytes().to_vec()), "{text}");
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
