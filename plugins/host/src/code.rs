//! The native code of a plugin.

use sha2::{Digest as _, Sha256};
use wasmtime::{Engine, component::Component};
use wigwag_core::config;
use wigwag_engine::{ENGINE, Platform};

/// Native code that is what the config says: nothing else is ever loaded.
pub struct Code(Vec<u8>);

impl Code {
    /// The largest file that is read.
    const LIMIT: u64 = 256 << 20;

    /// Reads the code of a plugin for this machine.
    ///
    /// # Errors
    /// One sentence: there is none, it cannot be read, or it is not what the config says.
    pub fn read(plugin: &config::Plugin) -> Result<Self, String> {
        let platform = Platform::native().ok_or("there are no plugins for this processor")?;
        let artifact = plugin.artifacts.iter().find(|artifact| artifact.platform == platform.name());
        let artifact = artifact.ok_or_else(|| format!("it is not compiled for {platform}"))?;
        let file = &artifact.file;
        let metadata = std::fs::metadata(file).map_err(|error| format!("cannot read `{file}`: {error}"))?;
        if !metadata.is_file() || metadata.len() > Self::LIMIT {
            return Err(format!("`{file}` is not the native code of a plugin"));
        }
        let bytes = std::fs::read(file).map_err(|error| format!("cannot read `{file}`: {error}"))?;
        Self::checked(bytes, artifact)
    }

    /// Takes code for what the config says that it is, if it is.
    ///
    /// # Errors
    /// One sentence: another engine, or another digest.
    pub fn checked(bytes: Vec<u8>, artifact: &config::Artifact) -> Result<Self, String> {
        let config::Artifact { platform: _, engine, file, sha256 } = artifact;
        if engine != ENGINE {
            return Err(format!("`{file}` was compiled for `{engine}`, and this is `{ENGINE}`: build the image again"));
        }
        if digest(&bytes) != *sha256 {
            return Err(format!("`{file}` is not the file that the config was made with: its SHA-256 is another"));
        }
        Ok(Self(bytes))
    }

    /// How long it is.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Loads it.
    ///
    /// # Errors
    /// One sentence: the engine does not know it.
    #[expect(unsafe_code, reason = "native code cannot be checked")]
    pub fn component(self, engine: &Engine) -> Result<Component, String> {
        // SAFETY: it has the digest that the compiler wrote down of its own output; nothing else makes a `Code`.
        let component = unsafe { Component::deserialize(engine, &self.0) };
        component.map_err(|error| format!("its code cannot be loaded: {}", error.root_cause()))
    }
}

/// The engine for plugins on this machine.
///
/// # Errors
/// One sentence.
pub fn engine() -> Result<Engine, String> {
    let platform = Platform::native().ok_or("there are no plugins for this processor")?;
    let engine = wigwag_engine::config(platform).and_then(|config| Engine::new(&config));
    engine.map_err(|error| format!("there is no engine for plugins: {}", error.root_cause()))
}

/// The SHA-256 of it, in lower-case hexadecimal digits.
fn digest(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}
