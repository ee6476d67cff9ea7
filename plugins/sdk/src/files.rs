//! Files below certain directories. Grant: `read = ["/etc/app"]`, `write = ["/run/app"]`; who may write may read too.
//!
//! Paths are absolute, as they are in the container. Neither `..` nor a symbolic link leads out of a granted directory.

use alloc::{string::String, vec::Vec};
use core::fmt;

use crate::host;

/// An entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, without the directory's.
    pub name: String,
    /// What it is.
    pub kind: Kind,
}

/// What is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, a socket, a device, …
    Other,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The spec does not grant it.
    Denied(String),
    /// There is no such file.
    NotFound,
    /// It is larger than 1 MiB.
    TooLarge,
    /// Anything else.
    Failed(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied(text) | Self::Failed(text) => f.write_str(text),
            Self::NotFound => f.write_str("there is no such file"),
            Self::TooLarge => f.write_str("it is larger than 1 MiB"),
        }
    }
}

/// The content of a file, of 1 MiB at most.
///
/// # Errors
/// It cannot be read.
pub fn read(path: &str) -> Result<Vec<u8>, Failure> {
    host::read(path)
}

/// The content of a text file, of 1 MiB at most.
///
/// # Errors
/// It cannot be read, or is not UTF-8.
pub fn read_to_string(path: &str) -> Result<String, Failure> {
    String::from_utf8(read(path)?).map_err(|_| Failure::Failed("it is not UTF-8".into()))
}

/// Writes a file, all of it or nothing, of 1 MiB at most: it is made anew and put in the place of one that is there.
///
/// # Errors
/// It cannot be written.
pub fn write(path: &str, content: impl AsRef<[u8]>) -> Result<(), Failure> {
    host::write(path, content.as_ref())
}

/// Removes a file.
///
/// # Errors
/// It cannot be removed.
pub fn remove(path: &str) -> Result<(), Failure> {
    host::remove(path)
}

/// The entries of a directory, in the order of their names.
///
/// # Errors
/// It cannot be read.
pub fn entries(path: &str) -> Result<Vec<Entry>, Failure> {
    host::entries(path)
}
