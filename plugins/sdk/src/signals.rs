//! Signals to services, now. Grant: `signals = ["SERVICE"]`.

use crate::{Result, Signal, host};

/// Sends the signal to a service, as its `kill-mode` says.
///
/// # Errors
/// It is not granted, or the service has no process.
pub fn send(service: &str, signal: Signal) -> Result {
    host::signal(service, signal)
}
