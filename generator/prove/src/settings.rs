//! What one run is asked to do: written by whoever looks at the whole, read by the process that does it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use wigwag_core::Signal;

use crate::{record::name, sys::Pid, text::Text};

/// One run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// What is observed.
    pub place: Place,
    /// How it is stopped.
    pub act: Act,
    /// What asks for a stop.
    #[serde(with = "name")]
    pub signal: Signal,
    /// Milliseconds from there to SIGKILL.
    pub grace: u64,
    /// What is waited for before.
    pub ready: Ready,
    /// Milliseconds that may go by before.
    pub start_timeout: u64,
    /// Whether everything is traced; if not, /proc is read over and over.
    pub trace: bool,
    /// What the probe writes.
    pub probe_log: Option<PathBuf>,
}

/// What is observed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A command, as PID 1 of a new namespace.
    Namespace {
        /// Its words.
        command: Vec<Text>,
        /// What is seen in the place of something else: pairs of paths.
        binds: Vec<(PathBuf, PathBuf)>,
        /// A folder whose files are seen in another one.
        overlay: Option<(PathBuf, PathBuf)>,
        /// Where programs are looked for first.
        path: Option<PathBuf>,
    },
    /// A container of an engine on this machine.
    Container {
        /// Its name.
        name: String,
        /// Its PID 1.
        first: Pid,
    },
}

/// How it is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// By the stop signal, when it is up.
    Stop,
    /// By the stop signal, so many microseconds after the start; nothing is observed but the end.
    Early(u64),
    /// By Ctrl-C at a terminal, when it is up.
    CtrlC,
}

/// When it is up.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ready {
    /// When for so many milliseconds nobody was started, ended, or at work.
    Quiet(u64),
    /// When it has printed a line with this in it.
    Line(String),
    /// When it takes connections at this address.
    Tcp(String),
}
