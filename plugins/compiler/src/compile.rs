//! Native code.

use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wigwag_engine::Platform;

use crate::{Component, component::one_line};

/// The native code of a component for one platform. The same component gives the same bytes, on every machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its SHA-256, in lower-case hexadecimal digits.
    pub sha256: String,
}

impl Compiled {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let sha256 = digest(&[&bytes]);
        Self { bytes, sha256 }
    }
}

impl Component {
    /// Its native code for this platform, whatever the platform is that this runs on.
    ///
    /// # Errors
    /// The engine cannot: one sentence.
    pub fn compile(&self, platform: Platform) -> Result<Compiled, String> {
        let code = engine(platform)?.precompile_component(self.bytes());
        code.map(Compiled::new).map_err(|error| format!("cannot be compiled for `{platform}`: {}", one_line(&error)))
    }
}

/// The engine that compiles for a platform.
///
/// # Errors
/// There is none: one sentence.
pub fn engine(platform: Platform) -> Result<Engine, String> {
    let engine = wigwag_engine::config(platform).and_then(|config| Engine::new(&config));
    engine.map_err(|error| format!("no engine for `{platform}`: {}", one_line(&error)))
}

/// The SHA-256 of these, one after the other, in lower-case hexadecimal digits.
pub fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    let digits = |byte: u8| [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]));
    hash.finalize().into_iter().flat_map(digits).collect()
}
