//! The program that an init is given: this one again, with the word [`PAYLOAD`] and one of these.
//!
//! | word | |
//! |---|---|
//! | `exit` | ends at once |
//! | `sleep` | tells that it is ready, and sleeps |
//! | `receive` | tells that it is ready, then each SIGUSR1 or SIGUSR2 that it gets, and when |
//! | `orphans N` | tells that it is ready; for each number that it reads, makes so many orphans, N of each parent, and tells that it is ready |
//!
//! It tells by bytes on standard output: one for ready, nine for a signal.

use std::io::{Read, Write, stdin, stdout};

use nix::{
    sys::{
        signal::{SigSet, Signal},
        wait::waitpid,
    },
    time::{ClockId, clock_gettime},
    unistd::pause,
};
use scenarios::Result;

use crate::sys;

/// The first argument of this program when it is the payload.
pub const PAYLOAD: &str = "payload";

pub fn run(mut words: impl Iterator<Item = String>) -> Result<()> {
    match words.next().as_deref() {
        Some("exit") => Ok(()),
        Some("sleep") => {
            tell(b".")?;
            loop {
                pause();
            }
        }
        Some("receive") => receive(),
        Some("orphans") => orphans(words.next().ok_or("how many of each parent?")?.parse()?),
        Some(_) | None => Err("not a word of the payload's".into()),
    }
}

/// The time of a clock that all processes share.
pub fn now() -> Result<u64> {
    let time = clock_gettime(ClockId::CLOCK_MONOTONIC)?;
    Ok(u64::try_from(time.tv_sec())? * 1_000_000_000 + u64::try_from(time.tv_nsec())?)
}

/// A signal that it has got.
pub struct Arrival {
    pub signal: Signal,
    /// As [`now`] says it.
    pub time: u64,
}

impl Arrival {
    pub const LENGTH: usize = 9;

    pub fn read(bytes: [u8; Self::LENGTH]) -> Result<Self> {
        let [signal, time @ ..] = bytes;
        Ok(Self { signal: Signal::try_from(i32::from(signal))?, time: u64::from_le_bytes(time) })
    }

    fn write(&self) -> Vec<u8> {
        [&[self.signal as u8][..], &self.time.to_le_bytes()].concat()
    }
}

fn receive() -> Result<()> {
    let signals = own_signals();
    signals.thread_block()?;
    tell(b".")?;
    loop {
        let signal = signals.wait()?;
        tell(&Arrival { signal, time: now()? }.write())?;
    }
}

fn orphans(of_each_parent: u32) -> Result<()> {
    // Signals are for the init; here they only arrive.
    own_signals().thread_block()?;
    loop {
        tell(b".")?;
        let mut count = [0; 4];
        if stdin().read_exact(&mut count).is_err() {
            return Ok(());
        }
        let mut left = u32::from_le_bytes(count);
        while left > 0 {
            let now = left.min(of_each_parent);
            let parent = sys::fork_to(|| {
                for _ in 0..now {
                    // One that cannot be made is missed by nobody.
                    let _ = sys::fork_to(|| {});
                }
            })?;
            waitpid(parent, None)?;
            left -= now;
        }
    }
}

fn own_signals() -> SigSet {
    SigSet::from_iter([Signal::SIGUSR1, Signal::SIGUSR2])
}

fn tell(bytes: &[u8]) -> Result<()> {
    let mut stdout = stdout();
    stdout.write_all(bytes)?;
    Ok(stdout.flush()?)
}
