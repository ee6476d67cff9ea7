//! What went wrong, as text.

use alloc::string::{String, ToString as _};
use core::fmt;

/// What went wrong, as text for the log. Whatever can be shown becomes one, so that `?` takes every error, and text:
///
/// ```
/// fn port(text: &str) -> wigwag_plugin::Result<u16> {
///     if text.is_empty() {
///         Err("there is no port")?;
///     }
///     Ok(text.parse()?)
/// }
/// assert_eq!(port("").unwrap_err().text(), "there is no port");
/// assert!(port("http").is_err());
/// ```
// It cannot be shown itself: then it would be among those that become one.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(String);

/// What a plugin's functions return.
pub type Result<T = (), E = Error> = core::result::Result<T, E>;

impl Error {
    /// The text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The text, to keep.
    pub fn into_text(self) -> String {
        self.0
    }
}

impl<T: fmt::Display> From<T> for Error {
    fn from(shown: T) -> Self {
        Self(shown.to_string())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
