//! The clock that init, host and plugins share.

use nix::time::{ClockId, clock_gettime};
use wigwag_core::Millis;

/// A moment that never comes.
pub const NEVER: Millis = Millis(u64::MAX);

/// The time, on the monotonic clock.
pub fn now() -> Millis {
    let time = clock_gettime(ClockId::CLOCK_MONOTONIC).map(std::time::Duration::from).unwrap_or_default();
    Millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

/// What poll(2) waits until then: rounded up, so that nobody wakes before.
pub fn timeout(until: Millis) -> nix::poll::PollTimeout {
    let left = until.minus(now()).0;
    if until == NEVER {
        return nix::poll::PollTimeout::NONE;
    }
    i32::try_from(left)
        .ok()
        .and_then(|left| nix::poll::PollTimeout::try_from(left).ok())
        .unwrap_or(nix::poll::PollTimeout::MAX)
}
