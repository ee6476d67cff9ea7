//! Starts a container or a command, stops it, and tells what happened.

#![warn(missing_docs)]
#![forbid(unsafe_code)]
