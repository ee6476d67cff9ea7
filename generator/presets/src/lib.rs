//! What is known of programs: how they are started, what asks them to stop, and how long that takes.
//!
//! Each file of `templates/presets` is one. Nothing here reads a file at run time.

#![warn(missing_docs)]
#![forbid(unsafe_code)]
