//! What a container's first process is, and what is known of its surroundings.

use std::ops::Range;

use crate::Finding;

/// What the image's `/bin/sh` is. It decides what becomes of `sh -c`, of npm, of `su`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sh {
    /// As in Debian and Ubuntu: it never executes a command in its own place unless it is told to.
    Dash,
    /// As in Fedora and its kin: it executes a last command in its place.
    Bash,
    /// As in Alpine: so does it, and `su` and others are parts of it.
    Busybox,
    /// Nobody knows: what goes wrong under one of them is found.
    #[default]
    Unknown,
}

/// A file, as far as findings need it.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// What messages call it.
    pub name: &'a str,
    /// What is in it.
    pub text: &'a str,
}

/// What is known of the container that a script or a command line is PID 1 of.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// What the image's `/bin/sh` is.
    pub sh: Sh,
    /// The arguments that a script is started with, for which an image has its CMD; nothing if that is not known.
    pub args: Option<Vec<String>>,
}

/// What was found out about a first process.
#[derive(Debug, Default)]
pub struct Started {
    /// What is wrong, in the order of the file.
    pub findings: Vec<Finding>,
    /// What it may become in the end: one for each `exec` that is reached. None if that is not known.
    pub services: Vec<Service>,
}

/// A program that a first process becomes, or hands its signals to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The command line, without what has started it (`gosu user`, `tini --`), as far as its words are known: it ends
    /// before the first one that is not. Nothing if not even the program is known.
    pub words: Vec<String>,
    /// Whether these are all of its words, so that what is not among them is not said.
    pub is_whole: bool,
    /// Whether it is the script's arguments: the image's CMD.
    pub is_arguments: bool,
    /// The init that stays as PID 1 before it.
    pub init: Option<String>,
    /// Where it stands.
    pub span: Range<usize>,
}
