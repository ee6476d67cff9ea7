//! The exit codes of `wigwag-init` that are not the main service's own.

use crate::Signal;

/// The init itself could not do its work: bad arguments, config or environment, a hook that aborted the start, no
/// process to be had. The number is that of env(1), timeout(1) and docker-run(1).
pub const OWN_FAILURE: u8 = 125;

/// The program is there and cannot be executed.
pub const NOT_EXECUTABLE: u8 = 126;

/// There is no such program.
pub const NOT_FOUND: u8 = 127;

/// 128 and the signal's number: a signal ended the main service, or asked for a stop before it was started.
pub fn of_signal(signal: Signal) -> u8 {
    128_u8.saturating_add(signal.number())
}
