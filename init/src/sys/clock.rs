//! The clocks.

use wigwag_core::Millis;

use crate::sys::raw::{self, Clock};

/// Milliseconds since some point in the past, on a clock that nobody sets.
pub fn now() -> Millis {
    time(Clock::Monotonic)
}

/// Milliseconds since 1970, UTC.
pub fn wall() -> Millis {
    time(Clock::RealTime)
}

fn time(clock: Clock) -> Millis {
    let [seconds, nanoseconds] = raw::time(clock).map(|part| u64::try_from(part).unwrap_or(0));
    Millis(seconds.saturating_mul(1_000).saturating_add(nanoseconds / 1_000_000))
}
