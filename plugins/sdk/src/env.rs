//! Environment variables of the container. Grant: `env = ["NAME"]`.

use alloc::string::String;

use crate::{Result, host};

/// The value of a variable, if it is set and is UTF-8.
///
/// # Errors
/// It is not granted.
pub fn get(name: &str) -> Result<Option<String>> {
    host::env(name)
}
