//! `wigwag prove`: a container is stopped, and what happened is told.

use wigwag_prove::{Error, Prove};

use crate::{
    exit::{Exit, Failure},
    output,
};

/// Does it, and says what came of it.
pub fn run(prove: Prove) -> Result<Exit, Failure> {
    let (text, is_right) = prove.run().map_err(|error| match error {
        Error::Usage(message) => Failure::usage(message),
        Error::Io(message) => Failure::io(message),
    })?;
    output::print(&text)?;
    Ok(if is_right { Exit::Ok } else { Exit::Differs })
}
