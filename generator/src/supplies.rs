//! What an image is made of besides its spec: our other programs, and the compiler of plugins.

use std::{env, path::PathBuf};

use wigwag::image::Supplies;
use wigwag_compiler::{Cache, Compiled, Component};
use wigwag_engine::Platform;

use crate::{exit::Failure, input::Programs};

/// All of it.
pub struct Real<'a>(pub &'a Programs);

impl Supplies for Real<'_> {
    type Error = Failure;

    fn program(&self, name: &str) -> Result<Vec<u8>, Failure> {
        self.0.read(name)
    }

    fn compile(&self, component: &Component, platform: Platform) -> Result<Compiled, Failure> {
        let compiled = match cache() {
            Some(directory) => Cache::new(directory).compile(component, platform),
            None => component.compile(platform),
        };
        compiled.map_err(Failure::from)
    }
}

/// Where compiled plugins are kept, as the XDG Base Directory Specification has it.
fn cache() -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(caches.join("wigwag"))
}

/// Enough to find out what is wrong with a spec.
pub struct Pretended;

impl Supplies for Pretended {
    type Error = Failure;

    fn program(&self, _name: &str) -> Result<Vec<u8>, Failure> {
        Ok(Vec::new())
    }

    fn compile(&self, _component: &Component, _platform: Platform) -> Result<Compiled, Failure> {
        Ok(Compiled { bytes: Vec::new(), sha256: "0".repeat(64) })
    }
}
