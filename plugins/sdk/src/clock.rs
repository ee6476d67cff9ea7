//! The time. Grant: `clock = true`.

use crate::{Millis, host};

/// The time now, on the clock of [`Context::now`](crate::Context::now) and [`Context::deadline`](crate::Context::deadline).
pub fn now() -> Millis {
    host::now()
}

/// Waits; not beyond the call's deadline, which ends the call.
pub fn sleep(duration: Millis) {
    host::sleep(duration);
}
