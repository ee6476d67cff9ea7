//! A plugin, called: what `wigwag-host` does, as a library, so that a test of a plugin can do the same in its own process.
//!
//! ```text
//! Code::checked ─▶ Code::component ─▶ Plugin::new ─▶ Plugin::call ─▶ Answer
//!                                        ▲
//!                            Surroundings: Supervisor (log, signals, commands), Alarm, Roots (files), Store, environment
//! ```
//!
//! The library does not lock anything down: that is the program's ([`run`], [`sandbox`]).

pub mod alarm;
pub mod channel;
pub mod clock;
pub mod code;
mod fault;
mod hooks;
mod http;
mod limits;
mod live;
pub mod outside;
mod plugin;
pub mod roots;
pub mod run;
pub mod sandbox;
pub mod store;
pub mod supervisor;
mod words;

pub use alarm::Alarm;
pub use code::Code;
pub use outside::Surroundings;
pub use plugin::Plugin;
pub use roots::Roots;
pub use store::Store;
pub use supervisor::{Interrupted, Output, Supervisor};
