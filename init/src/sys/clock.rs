//! The monotonic clock and the one timer on it.

use std::os::fd::{AsFd, BorrowedFd};

use nix::{
    sys::{
        time::{TimeSpec, TimeValLike as _},
        timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags},
    },
    time::clock_gettime,
};
use wigwag_core::Millis;

/// Milliseconds since some point in the past.
pub fn now() -> Millis {
    let time = clock_gettime(nix::time::ClockId::CLOCK_MONOTONIC).unwrap_or_else(|_| TimeSpec::zero());
    Millis(u64::try_from(time.num_milliseconds()).unwrap_or(0))
}

pub struct Timer {
    fd: TimerFd,
    set: Option<Millis>,
}

impl Timer {
    pub fn open() -> nix::Result<Self> {
        let fd = TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_CLOEXEC | TimerFlags::TFD_NONBLOCK)?;
        Ok(Self { fd, set: None })
    }

    /// Makes it ready at this time, or never.
    pub fn set(&mut self, at: Option<Millis>) {
        if at == self.set {
            return;
        }
        self.set = at;
        // Both calls can only fail with arguments that these are not.
        let _ = match at {
            // A time of zero would mean never.
            Some(at) => {
                let at = TimeSpec::milliseconds(i64::try_from(at.0.max(1)).unwrap_or(i64::MAX));
                self.fd.set(Expiration::OneShot(at), TimerSetTimeFlags::TFD_TIMER_ABSTIME)
            }
            None => self.fd.unset(),
        };
    }
}

impl AsFd for Timer {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
