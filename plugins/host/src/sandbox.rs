//! What the process takes from itself before it loads a plugin's code: whatever that code, or a mistake in the engine, might
//! do, it has nothing to do it with.

pub mod account;
pub mod calls;
pub mod descriptors;
pub mod limits;
pub mod paths;

use wigwag_core::{address, config::Plugin};

use crate::{Code, Roots};

/// Takes everything away but what loading and the plugin's capabilities need. Says what this kernel, or this container, does
/// not have.
///
/// # Errors
/// One sentence: something that there must be is not possible.
pub fn enter(plugin: &Plugin, place: usize, code: &Code, files: &Roots) -> Result<Vec<String>, String> {
    let mut notes = Vec::new();
    limits::lower(plugin.memory, code.len())?;
    notes.extend(account::leave(place)?);
    let ports = plugin.allow.http.iter().filter_map(|authority| address::parse(authority).ok());
    notes.extend(paths::restrict(files, ports.map(|address| address.port()))?);
    calls::restrict(&plugin.allow)?;
    Ok(notes)
}

/// Takes away what only loading needs: from now on nothing can be made code.
///
/// # Errors
/// One sentence.
pub fn seal() -> Result<(), String> {
    calls::seal()
}
