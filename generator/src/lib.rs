//! From a spec to everything a container needs to stop correctly: text in, files or diagnostics out.
//!
//! Nothing here reads a file, starts a process or looks at the environment. A [`Source`](source::Source) is read into
//! a [`Spec`](spec::Spec) (as written), checked into a [`Model`](model::Model) (as meant), and emitted.

#![warn(missing_docs)]
#![forbid(unsafe_code)]

pub mod artifacts;
pub mod component;
pub mod described;
pub mod diagnostic;
pub mod draft;
pub mod elf;
pub mod image;
pub mod model;
pub mod render;
pub mod source;
pub mod spec;
pub mod suggest;
