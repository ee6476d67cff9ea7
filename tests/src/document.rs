//! Files below `docs/` that a test writes and compares.

use std::{env, fs, path::Path};

use crate::Result;

/// Whether the committed file is this text; `UPDATE=1` makes it so.
pub fn compare(name: &str, text: &str) -> Result<()> {
    let docs = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs"));
    let file = docs.join(name);
    if env::var_os("UPDATE").is_some_and(|update| update == "1") {
        fs::create_dir_all(docs)?;
        fs::write(file, text)?;
    } else if fs::read_to_string(&file).ok().as_deref() != Some(text) {
        return Err(format!("`docs/{name}` does not say what the tests do (UPDATE=1 rewrites it):\n{text}").into());
    }
    Ok(())
}
