//! What `wigwag-init` and the host of a plugin say to each other, and what a plugin may do.
//!
//! ```text
//! wigwag-init ── Call ──────────────────▶ wigwag-host
//!             ◀── Log, Signal, Run, … ──              while it is called
//!             ── Sent, Running, Ended ──▶
//!             ◀── Answer ───────────────
//! ```
//!
//! A message is one packet of a `SOCK_SEQPACKET` socket (unix(7)), at most [`MAX_MESSAGE`] long. The host is asked one thing
//! at a time. What it says is not believed: it is decoded strictly, looked at by [`grants`], and only then done.

pub mod capability;
pub mod grants;
pub mod message;
pub mod proposal;
pub mod wire;

/// The version of the messages: the first byte of each.
pub const PROTOCOL: u8 = 1;

/// The longest message, in bytes. Who says more has failed.
pub const MAX_MESSAGE: usize = 64 << 10;

/// The longest text of a log line, an error, or another word of a plugin, in bytes; the host cuts what is longer.
pub const MAX_TEXT: usize = 1_000;

/// How many messages a host may send for one call, its answer included. Who sends more has failed: PID 1 has other things
/// to do.
pub const MAX_MESSAGES: u16 = 1_000;

/// How many lines of a call are logged; the host leaves out what is more, and says so in the last one.
pub const MAX_LINES: u16 = 100;

/// The descriptor that a host finds its end of the socket at.
pub const SOCKET: i32 = 3;

/// The descriptor that a host finds its store at, if it has that grant: a memfd of [`STORE_LENGTH`] bytes that
/// `wigwag-init` keeps, and never looks into.
pub const STORE: i32 = 4;

/// How long that is, in bytes.
pub const STORE_LENGTH: usize = 64 << 10;
