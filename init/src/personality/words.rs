//! What the GNU C library calls signals and errors: strsignal(3), strerror(3). People look for these words in logs.

use alloc::{
    format,
    string::{String, ToString as _},
};

use wigwag_core::Signal;

/// From signal 1 on.
const SIGNALS: [&str; 31] = [
    "Hangup",
    "Interrupt",
    "Quit",
    "Illegal instruction",
    "Trace/breakpoint trap",
    "Aborted",
    "Bus error",
    "Floating point exception",
    "Killed",
    "User defined signal 1",
    "Segmentation fault",
    "User defined signal 2",
    "Broken pipe",
    "Alarm clock",
    "Terminated",
    "Stack fault",
    "Child exited",
    "Continued",
    "Stopped (signal)",
    "Stopped",
    "Stopped (tty input)",
    "Stopped (tty output)",
    "Urgent I/O condition",
    "CPU time limit exceeded",
    "File size limit exceeded",
    "Virtual timer expired",
    "Profiling timer expired",
    "Window changed",
    "I/O possible",
    "Power failure",
    "Bad system call",
];

/// The errors of fork, execve, kill and of terminals, by their number on x86-64 and arm64.
const ERRORS: [(i32, &str); 22] = [
    (1, "Operation not permitted"),
    (2, "No such file or directory"),
    (3, "No such process"),
    (5, "Input/output error"),
    (6, "No such device or address"),
    (7, "Argument list too long"),
    (8, "Exec format error"),
    (9, "Bad file descriptor"),
    (11, "Resource temporarily unavailable"),
    (12, "Cannot allocate memory"),
    (13, "Permission denied"),
    (14, "Bad address"),
    (20, "Not a directory"),
    (21, "Is a directory"),
    (22, "Invalid argument"),
    (23, "Too many open files in system"),
    (24, "Too many open files"),
    (25, "Inappropriate ioctl for device"),
    (26, "Text file busy"),
    (36, "File name too long"),
    (40, "Too many levels of symbolic links"),
    (80, "Accessing a corrupted shared library"),
];

/// strsignal(3).
pub fn signal(signal: Signal) -> String {
    let number = signal.number();
    let name = number.checked_sub(1).and_then(|at| SIGNALS.get(usize::from(at)));
    match (name, number.checked_sub(Signal::RTMIN.number())) {
        (Some(name), _) => name.to_string(),
        (None, Some(above)) => format!("Real-time signal {above}"),
        (None, None) => format!("Unknown signal {number}"),
    }
}

/// strerror(3).
pub fn error(errno: i32) -> String {
    let known = ERRORS.iter().find(|(number, _)| *number == errno);
    known.map_or_else(|| format!("Unknown error {errno}"), |(_, text)| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_named_by_their_number() {
        for (number, name) in [
            (1, "Hangup"),
            (15, "Terminated"),
            (31, "Bad system call"),
            (32, "Unknown signal 32"),
            (40, "Real-time signal 6"),
        ] {
            assert_eq!(signal(Signal::new(number).unwrap()), name);
        }
    }

    #[test]
    fn an_error_that_is_not_named_has_its_number() {
        assert_eq!((error(2).as_str(), error(99).as_str()), ("No such file or directory", "Unknown error 99"));
    }
}
