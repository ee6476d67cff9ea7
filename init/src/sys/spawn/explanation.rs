//! Why a program could not be executed.

use alloc::{ffi::CString, format, string::String, vec::Vec};
use core::ffi::CStr;

use rustix::io::Errno;
use wigwag_core::Step;

use super::{Obstacle, Program, candidates, search_path};
use crate::{
    sys::{error::sentence, file},
    text::Text,
};

/// Why a command could not be executed, in a sentence.
pub fn explain(program: &Program, obstacle: Obstacle) -> String {
    let errno = obstacle.errno;
    let command = program.command();
    let name = program.name();
    let shown = name.escape_ascii();
    if let Some(step) = obstacle.step.and_then(|step| program.preparation.steps.get(step)) {
        return format!("cannot execute `{shown}`: cannot {step}: {}", sentence(errno));
    }
    if errno == Errno::NOEXEC {
        return format!("cannot execute `{shown}`: it has no `#!` line, and there is no `/bin/sh` to run it");
    }
    if errno != Errno::NOENT && errno != Errno::NOTDIR {
        return format!("cannot execute `{shown}`: {}", sentence(errno));
    }
    let moved = program.preparation.steps.iter().find_map(|step| match step {
        Step::Directory(folder) => Some(Text::from(folder.as_str())),
        Step::Limit(..) | Step::Umask(_) | Step::Groups(_) | Step::Gid(_) | Step::Uid(_) => None,
        Step::ParentDeathSignal(_) | Step::NoNewPrivs => None,
    });
    let directory = moved.as_ref().unwrap_or(&program.directory);
    let files = candidates(command, &program.environment);
    let mut files = files.iter().map(|file| below(directory, file));
    match files.find(|file| file::is_regular(file)) {
        Some(file) => match interpreter(&file) {
            Some(interpreter) => {
                format!("cannot execute `{shown}`: its interpreter `{}` is not there", interpreter.escape_ascii())
            }
            None => format!("cannot execute `{shown}`: its dynamic loader is not there"),
        },
        None if name.contains(&b'/') => format!("cannot execute `{shown}`: there is no such file"),
        None => {
            let path = search_path(&program.environment).escape_ascii();
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
}
