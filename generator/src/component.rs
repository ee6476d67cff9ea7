//! The components that plugins are, as far as this build of the library has a compiler for them.

#[cfg(not(feature = "plugins"))]
mod none;

#[cfg(not(feature = "plugins"))]
pub use none::{Compiled, Component};
#[cfg(feature = "plugins")]
pub use wigwag_compiler::{Compiled, Component};
