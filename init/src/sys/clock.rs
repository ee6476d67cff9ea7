//! The monotonic clock and the one timer on it.

use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    io::Result,
    time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime},
};
use wigwag_core::Millis;

use crate::sys::raw;

const ZERO: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

/// Milliseconds since some point in the past.
pub fn now() -> Millis {
    let [seconds, nanoseconds] = raw::monotonic().map(|part| u64::try_from(part).unwrap_or(0));
    Millis(seconds.saturating_mul(1_000).saturating_add(nanoseconds / 1_000_000))
}

pub struct Timer {
    fd: OwnedFd,
    set: Option<Millis>,
}

impl Timer {
    pub fn open() -> Result<Self> {
        let fd = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)?;
        Ok(Self { fd, set: None })
    }

    /// Makes it ready at this time, or never.
    pub fn set(&mut self, at: Option<Millis>) {
        if at == self.set {
            return;
        }
        self.set = at;
        // A time of zero means never.
        let at = at.map_or(ZERO, |at| timespec(Millis(at.0.max(1))));
        let once = Itimerspec { it_interval: ZERO, it_value: at };
        // It can only fail with arguments that these are not.
        let _ = timerfd_settime(&self.fd, TimerfdTimerFlags::ABSTIME, &once);
    }
}

fn timespec(time: Millis) -> Timespec {
    let nanoseconds = (time.0 % 1_000).saturating_mul(1_000_000);
    Timespec {
        tv_sec: i64::try_from(time.0 / 1_000).unwrap_or(i64::MAX),
        tv_nsec: i64::try_from(nanoseconds).unwrap_or(0),
    }
}

impl AsFd for Timer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
