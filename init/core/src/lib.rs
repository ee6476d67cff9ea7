//! The decisions of `wigwag-init`, and the words that the generator and the init share.
//!
//! Nothing in this crate reads a clock, makes a system call or touches a process: facts come in as
//! [`Event`]s with the time as an argument, orders go out as [`Action`]s, and what became of an order comes
//! back as the next event. That is what lets `machine/check.rs` try every order in which things can happen.

#![no_std]
#![warn(missing_docs)]
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

extern crate alloc;

pub mod account;
pub mod address;
pub mod arguments;
pub mod budget;
pub mod config;
pub mod dns;
pub mod environment;
pub mod exit_code;
pub mod explain;
mod file_mode;
pub mod form;
pub mod http;
pub mod limit;
mod machine;
mod millis;
pub mod notification;
mod outcome;
pub mod plugin;
mod preparation;
pub mod remote;
mod signal;
pub mod template;
mod umask;
mod vocabulary;

pub use budget::Budget;
pub use config::Config;
pub use explain::explain;
pub use file_mode::{FileMode, ParseFileModeError};
pub use machine::Machine;
pub use millis::{Millis, ParseMillisError};
pub use outcome::{Failure, Outcome};
pub use preparation::{Preparation, Step};
pub use signal::{ParseSignalError, Signal, SignalSet};
pub use umask::{ParseUmaskError, Umask};
pub use vocabulary::{
    Action, Answer, Decision, Delivered, Deliveries, Event, FailureCause, HookId, Note, PluginId, Process, ServiceId,
    Source, Target,
};
