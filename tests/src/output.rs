//! What a container printed, line by line, as it comes.

use std::{
    io::{BufRead, BufReader, Read},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::{DEADLINE, Result, matches, printable};

/// Lines that a thread reads from a pipe.
#[derive(Clone, Debug, Default)]
pub struct Output {
    shared: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Debug, Default)]
struct State {
    lines: Vec<String>,
    /// Nobody holds the writing end any more.
    ended: bool,
}

impl Output {
    /// Reads until the end of what `open` opens; opening a named pipe waits for its writer.
    pub fn read<R: Read>(open: impl FnOnce() -> std::io::Result<R> + Send + 'static) -> Self {
        let output = Self::default();
        let writer = output.clone();
        thread::spawn(move || {
            if let Ok(source) = open() {
                for line in BufReader::new(source).split(b'\n').map_while(std::io::Result::ok) {
                    writer.change(|state| state.lines.push(text(&line)));
                }
            }
            writer.change(|state| state.ended = true);
        });
        output
    }

    /// Waits at most this long for a line that matches, which may have come already.
    pub fn wait_for(&self, pattern: &str, time: Duration) -> Result<()> {
        let found = |state: &State| state.lines.iter().any(|line| matches(pattern, line));
        let state = self.wait(time, |state| found(state) || state.ended);
        if found(&state) {
            return Ok(());
        }
        let why = if state.ended { "the output ended" } else { "the deadline came" };
        Err(format!("{why} before the line `{pattern}`").into())
    }

    /// Waits for the end and gives every line.
    pub fn all(&self) -> Result<Vec<String>> {
        let state = self.wait(DEADLINE, |state| state.ended);
        if state.ended { Ok(state.lines.clone()) } else { Err("somebody still holds the container's output".into()) }
    }

    /// The lines until now.
    pub fn so_far(&self) -> Vec<String> {
        self.lock().lines.clone()
    }

    fn wait(&self, time: Duration, done: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let end = Instant::now() + time;
        let mut state = self.lock();
        while !done(&state) {
            let left = end.saturating_duration_since(Instant::now());
            if left == Duration::ZERO {
                break;
            }
            state = self.shared.1.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.shared.1.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As it is if it is text; a byte that is not, escaped.
fn text(line: &[u8]) -> String {
    std::str::from_utf8(line).map_or_else(|_| printable(line), str::to_string)
}
