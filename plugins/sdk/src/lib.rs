//! For authors of plugins: stop logic for wigwag, as WebAssembly components.
//!
//! A plugin is a type that implements [`Plugin`], and [`register!`] with the hooks that it has. What it can do is in the
//! modules, one for each capability; it has the capabilities that it uses *and* that the spec grants.
//!
//! ```
//! use wigwag_plugin::{Context, Decision, Incoming, Plugin, Result, Settings, Signal, log};
//!
//! /// Apache stops gracefully by `SIGWINCH`.
//! struct Rewrite;
//!
//! impl Plugin for Rewrite {
//!     fn init(_: &mut Settings) -> Result<Self> {
//!         Ok(Self)
//!     }
//!
//!     fn on_signal(&mut self, _: &Context, incoming: &Incoming) -> Result<Decision> {
//!         log::debug(format!("{} becomes SIGWINCH", incoming.signal));
//!         Ok(Decision::Rewrite(Signal::WINCH))
//!     }
//! }
//!
//! wigwag_plugin::register!(Rewrite: on_signal);
//! # // Natively, it can be tried.
//! # let host = wigwag_plugin::testing::Host::new().log();
//! # let answer = Rewrite.on_signal(&host.context(), &wigwag_plugin::testing::signal(Signal::TERM));
//! # assert_eq!(answer, Ok(Decision::Rewrite(Signal::WINCH)));
//! # assert_eq!(host.lines(), ["SIGTERM becomes SIGWINCH"]);
//! ```
//!
//! Compiled for `wasm32-unknown-unknown` this is a component (a core module that says which, to be exact). Natively it is a
//! type with functions, to be tried in tests against a [`testing::Host`].

#![no_std]
#![warn(missing_docs)]

extern crate alloc;
#[cfg(not(target_family = "wasm"))]
extern crate std;

pub mod clock;
mod context;
pub mod env;
mod error;
pub mod files;
mod hook;
pub mod http;
pub mod log;
mod plugin;
pub mod run;
mod settings;
pub mod signals;
pub mod state;

#[cfg(target_family = "wasm")]
#[doc(hidden)]
pub mod guest;
#[cfg(not(target_family = "wasm"))]
pub mod testing;

#[cfg(target_family = "wasm")]
use guest::host;
#[cfg(not(target_family = "wasm"))]
use testing::host;

pub use context::{Context, Outcome, Phase, Service, State};
pub use error::{Error, Result};
pub use hook::{Cause, Decision, Delivery, Incoming, Sender, Source, Summary, Urgency};
pub use plugin::Plugin;
pub use settings::Settings;
pub use wigwag_core::{Millis, Signal};
