//! A component that can be a plugin.

use std::fmt;

use wasmparser::{Validator, WasmFeatures};
use wigwag_core::{config::HookPoint, plugin::capability::Capability};
use wigwag_engine::FEATURES;
use wit_component::ComponentEncoder;

use crate::{
    MAX_LENGTH,
    contents::{self, Contents, Tool},
    format::{self, Format},
    interface::{self, Interface},
};

/// A component that can be a plugin: it is valid, its hooks are those of the interface, and it asks for capabilities only.
#[derive(Clone)]
pub struct Component {
    bytes: Vec<u8>,
    interface: Interface,
    contents: Contents,
}

impl Component {
    /// Looks at a component, or makes one of a core module that has an interface in it, as compilers leave it.
    ///
    /// # Errors
    /// One sentence: what it is instead, and what to do.
    pub fn new(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() as u64 > MAX_LENGTH {
            return Err(format!("longer than {} MiB, the most that a plugin may be", MAX_LENGTH >> 20));
        }
        let bytes = match format::of(bytes)? {
            Format::Component => bytes.to_vec(),
            Format::Module => componentize(bytes)?,
        };
        validate(&bytes)?;
        let interface = interface::of(&bytes)?;
        let contents = contents::of(&bytes).map_err(|error| format!("damaged: {}", one_line(&error.message())))?;
        Ok(Self { bytes, interface, contents })
    }

    /// The component.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The hooks that it implements, in the order in which they come.
    pub fn hooks(&self) -> &[HookPoint] {
        &self.interface.hooks
    }

    /// Whether it takes settings, or has something to do first.
    pub fn has_lifecycle(&self) -> bool {
        self.interface.has_lifecycle
    }

    /// What it asks for.
    pub fn imports(&self) -> &[Capability] {
        &self.interface.imports
    }

    /// The version of `wigwag:plugin` that it was built for.
    pub fn version(&self) -> &str {
        &self.interface.version
    }

    /// How much memory its modules have from the start, in bytes.
    pub fn memory(&self) -> u64 {
        self.contents.memory
    }

    /// What it was made with.
    pub fn tools(&self) -> &[Tool] {
        &self.contents.tools
    }
}

fn validate(bytes: &[u8]) -> Result<(), String> {
    let valid = Validator::new_with_features(FEATURES).validate_all(bytes);
    valid.map(|_| ()).map_err(|error| {
        let place = error.offset();
        let what = one_line(&error.message());
        format!("not valid WebAssembly for this engine: {what} (at byte {place} of the component)")
    })
}

fn componentize(module: &[u8]) -> Result<Vec<u8>, String> {
    let valid = Validator::new_with_features(WasmFeatures::all()).validate_all(module);
    valid.map_err(|error| format!("damaged: {} (at byte {})", one_line(&error.message()), error.offset()))?;
    let outline = contents::outline(module).map_err(|error| format!("damaged: {}", one_line(&error.message())))?;
    if let Some(wasi) = outline.wasi {
        return Err(interface::no_wasi(&wasi));
    }
    if !outline.has_interface {
        return Err("a core module without an interface: build it with bindings for a world of `wigwag:plugin`, as \
                    `wigwag plugin new` sets it up, or add one by `wasm-tools component embed`"
            .into());
    }
    let encoded = ComponentEncoder::default().module(module).and_then(|encoder| encoder.validate(true).encode());
    encoded.map_err(|error| format!("a core module that cannot be made a component: {}", one_line(&error)))
}

impl fmt::Debug for Component {
    /// Without its bytes, which nobody could read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Component").field("interface", &self.interface).finish_non_exhaustive()
    }
}

/// An error with its causes, in one line that a terminal can be given: there may be names from the file in it.
pub(crate) fn one_line(error: &impl fmt::Display) -> String {
    let line = format!("{error:#}").split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace(char::is_control, "?")
}
