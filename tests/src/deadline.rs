//! Waiting for what has no event of its own, such as a state in /proc.

use std::{
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for something that must happen. Far more than it takes: machines are shared.
pub const DEADLINE: Duration = Duration::from_mins(1);

const INTERVAL: Duration = Duration::from_millis(2);

/// Asks until the answer is there, at most until the deadline.
pub fn until<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if Instant::now() > end {
            return None;
        }
        thread::sleep(INTERVAL);
    }
}
