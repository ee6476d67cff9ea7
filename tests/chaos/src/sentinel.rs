//! How overloaded the machine is: a thread that wants to sleep for a moment, and a process that is to be gone when it is killed.
//! How much longer that takes than it should is what everybody in the containers has to bear, too.

use std::{
    fs,
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use scenarios::Result;

use crate::inside::now;

const PAUSE: Duration = Duration::from_millis(5);
/// Of so many pauses, one is followed by a killing.
const KILLINGS: u64 = 8;
/// What a killing takes on a machine that has nothing to do.
const KILLING: Duration = Duration::from_millis(5);
/// Less is usual.
const NOTED: Duration = Duration::from_millis(8);

static DELAYS: Mutex<Vec<(u64, Duration)>> = Mutex::new(Vec::new());

/// Begins to watch, for as long as this program runs.
pub fn start() {
    thread::spawn(|| {
        for at in 0_u64.. {
            let start = Instant::now();
            thread::sleep(PAUSE);
            note(start.elapsed().saturating_sub(PAUSE));
            if at % KILLINGS == 0
                && let Ok(time) = kill()
            {
                note(time.saturating_sub(KILLING));
            }
        }
    });
}

/// How long it takes until a process is gone that was killed.
fn kill() -> Result<Duration> {
    let mut process = Command::new("sleep").arg("60").stdin(Stdio::null()).spawn()?;
    let start = Instant::now();
    process.kill()?;
    process.wait()?;
    Ok(start.elapsed())
}

fn note(delay: Duration) {
    if delay > NOTED {
        let mut delays = DELAYS.lock().unwrap_or_else(PoisonError::into_inner);
        delays.push((now().unwrap_or_default(), delay));
    }
}

/// The sum of the delays since then, in milliseconds.
pub fn delay_since(time: u64) -> u64 {
    let delays = DELAYS.lock().unwrap_or_else(PoisonError::into_inner);
    let sum: Duration = delays.iter().rev().take_while(|(at, _)| *at >= time).map(|(_, delay)| *delay).sum();
    u64::try_from(sum.as_millis()).unwrap_or(u64::MAX)
}

/// For how long, in microseconds, somebody on this machine waited for a processor: the kernel's own measure, where it has one.
pub fn pressure() -> Option<u64> {
    let text = fs::read_to_string("/proc/pressure/cpu").ok()?;
    text.lines().find(|line| line.starts_with("some"))?.rsplit_once("total=")?.1.parse().ok()
}
