//! Plugins ahead of time: what a component asks for, and its native code for each platform.
//!
//! ```text
//! file ──▶ format ──▶ componentize ──▶ interface ──▶ Component ──▶ Compiled
//!          a component,   a core module      hooks and        native code
//!          or what else   becomes one        capabilities
//! ```
//!
//! Bytes in, values or one sentence out; only the [`Cache`] touches files.

mod cache;
mod compile;
mod component;
mod contents;
mod format;
mod interface;
mod same;
#[cfg(test)]
mod tests;

pub use cache::Cache;
pub use compile::{Compiled, digest};
pub use component::Component;
pub use contents::Tool;
pub use interface::{KNOWN, PACKAGE};

/// The longest file that is looked at, in bytes: four times what a Python interpreter needs.
pub const MAX_LENGTH: u64 = 64 << 20;
