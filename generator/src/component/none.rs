//! A build without the feature `plugins`: there are no components, and the compiler knows it.

use std::convert::Infallible;

use wigwag_core::{config::HookPoint, plugin::capability::Capability};

/// There is none.
#[derive(Clone, Debug)]
pub struct Component(Infallible);

impl Component {
    /// Refused, whatever the bytes are.
    ///
    /// # Errors
    /// Always.
    pub fn new(_bytes: &[u8]) -> Result<Self, String> {
        Err("this build of wigwag has no compiler for plugins: it lacks the feature `plugins`".into())
    }

    /// The hooks that it implements.
    pub fn hooks(&self) -> &[HookPoint] {
        match self.0 {}
    }

    /// Whether it is told its settings.
    pub fn has_lifecycle(&self) -> bool {
        match self.0 {}
    }

    /// What it asks for.
    pub fn imports(&self) -> &[Capability] {
        match self.0 {}
    }

    /// The memory that it has at its start, in bytes.
    pub fn memory(&self) -> u64 {
        match self.0 {}
    }
}

/// The native code of a component, which nobody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// The code.
    pub bytes: Vec<u8>,
    /// Its digest, in hexadecimal.
    pub sha256: String,
}
