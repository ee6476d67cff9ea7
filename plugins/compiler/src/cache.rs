//! Compiled plugins, kept from one run to the next.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;
use wigwag_engine::{ENGINE, Platform};

use crate::{
    Compiled, Component,
    compile::{digest, engine},
};

/// How long a digest is, in hexadecimal digits.
const DIGEST: usize = 64;

/// Compiled plugins in a directory, by what they were made of: an entry is never wrong, so it is never thrown away.
///
/// An entry has its own digest before it, and one that is damaged is made anew. That is no protection from somebody who may
/// write there: they could have put in any native code. The directory must be the user's own.
#[derive(Clone, Debug)]
pub struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// A cache in this directory, which is made when the first entry is.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    /// The native code of a component: what is kept, or else compiled now and kept from now on.
    ///
    /// # Errors
    /// It cannot be compiled. A cache that cannot be read or written is none: that is no error.
    pub fn compile(&self, component: &Component, platform: Platform) -> Result<Compiled, String> {
        let path = self.directory.join(key(component, platform)?);
        if let Some(kept) = fs::read(&path).ok().and_then(checked) {
            return Ok(kept);
        }
        let compiled = component.compile(platform)?;
        let _ = keep(&path, &compiled);
        Ok(compiled)
    }
}

/// The name of an entry: a digest of all that the native code depends on. Settings may change before the engine's name does.
fn key(component: &Component, platform: Platform) -> Result<String, String> {
    let mut settings = DefaultHasher::new();
    engine(platform)?.precompile_compatibility_hash().hash(&mut settings);
    let about = format!("{ENGINE}\n{platform}\n{:x}\n", settings.finish());
    Ok(digest(&[about.as_bytes(), component.bytes()]))
}

/// What an entry holds, if it is whole.
fn checked(entry: Vec<u8>) -> Option<Compiled> {
    let mut bytes = entry;
    let sha256 = String::from_utf8(bytes.drain(..DIGEST.min(bytes.len())).collect()).ok()?;
    let compiled = Compiled::new(bytes);
    (compiled.sha256 == sha256).then_some(compiled)
}

/// Whoever reads meanwhile sees all of it or nothing.
fn keep(path: &Path, compiled: &Compiled) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let mut file = NamedTempFile::new_in(directory)?;
    file.write_all(compiled.sha256.as_bytes())?;
    file.write_all(&compiled.bytes)?;
    file.persist(path)?;
    Ok(())
}
