//! Lines in the container's log. Grant: `log = true`.
//!
//! At most 100 lines a call, of 1000 bytes each; what is more is left out, and that is said.

use crate::host;

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Seen with `-v`.
    Debug,
    /// Seen unless `-q`.
    Info,
    /// Seen unless `-q`.
    Warn,
    /// Always seen.
    Error,
}

/// Writes a line that is seen with `-v`.
pub fn debug(message: impl AsRef<str>) {
    host::log(Level::Debug, message.as_ref());
}

/// Writes a line that is seen unless `-q`.
pub fn info(message: impl AsRef<str>) {
    host::log(Level::Info, message.as_ref());
}

/// Writes a warning, seen unless `-q`.
pub fn warn(message: impl AsRef<str>) {
    host::log(Level::Warn, message.as_ref());
}

/// Writes a line that is always seen.
pub fn error(message: impl AsRef<str>) {
    host::log(Level::Error, message.as_ref());
}
