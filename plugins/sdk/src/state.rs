//! A small store that survives the plugin's end: a trap, a restart of its host, the end of the services. It is gone with the
//! container. Grant: `state = true`.

use alloc::vec::Vec;

use crate::{Result, host};

/// How much it holds, all keys and values together, in bytes.
pub const CAPACITY: usize = 16 << 10;

/// What is stored by that key.
pub fn get(key: &str) -> Option<Vec<u8>> {
    host::state(key)
}

/// Stores a value.
///
/// # Errors
/// It does not fit.
pub fn set(key: &str, value: impl AsRef<[u8]>) -> Result {
    host::set_state(key, Some(value.as_ref()))
}

/// Removes a value.
///
/// # Errors
/// The store has failed.
pub fn remove(key: &str) -> Result {
    host::set_state(key, None)
}
