//! A case as it is written: `case.toml`, a `Dockerfile`, and what belongs into the image.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use scenarios::Result;
use serde::Deserialize;

use crate::neighbour::Neighbour;

/// A folder.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Case {
    /// What must hold, in a sentence.
    #[serde(rename = "about")]
    _about: String,
    /// What its image begins with.
    #[serde(default)]
    pub base: Base,
    /// How containers of its image are run and stopped, and what must come of it.
    #[serde(rename = "run")]
    pub runs: Vec<Run>,
    #[serde(skip)]
    pub folder: PathBuf,
}

/// What an image begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Base {
    /// A few programs, made of what is installed here.
    #[default]
    Small,
    /// The programs of the presets.
    Presets,
}

/// One container.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Run {
    /// Its name within the case.
    pub name: String,
    /// The stage of the Dockerfile; the last one without it.
    pub target: Option<String>,
    /// The spec from which the image's entrypoint is made; without it the image is as the Dockerfile says.
    pub spec: Option<String>,
    /// Options of `docker run`; `@` in one is the case's folder.
    #[serde(default)]
    pub options: Vec<String>,
    /// What stands behind the image.
    #[serde(default)]
    pub command: Vec<String>,
    /// How many containers must do this.
    #[serde(default = "once")]
    pub repeat: u32,
    /// Waited for before anything is done.
    #[serde(default)]
    pub ready: Vec<String>,
    /// So many processes, and so many of them zombies, must be there then.
    pub processes: Option<(usize, usize)>,
    /// Who is there before, by name.
    pub neighbour: Option<Neighbour>,
    /// What runs beside it.
    pub beside: Option<Beside>,
    /// What is done to it first.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What is done to it.
    #[serde(default)]
    pub action: Action,
    /// What must come of it.
    pub expect: Expectation,
    /// Its row in the picture `docs/before-after`.
    pub row: Option<String>,
}

/// Another container, of the same Dockerfile, in the same network. It goes on when the first one has ended.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Beside {
    /// What it runs.
    pub command: Vec<String>,
    /// Its lines that are waited for before anything is done to the first one.
    #[serde(default)]
    pub ready: Vec<String>,
    /// Its lines, in this order, perhaps others between them.
    pub output: Vec<String>,
}

/// What somebody does to it. One who types, or has a window, has a terminal: then the container has one.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Waits for a line, which may have come already.
    Wait(String),
    /// Types.
    Type(String),
    /// Gives the window this many rows.
    Resize(u16),
    /// `docker kill -s`.
    Kill(String),
    /// `docker exec`.
    Exec(Vec<String>),
}

impl Step {
    fn is_at_terminal(&self) -> bool {
        match self {
            Self::Type(_) | Self::Resize(_) => true,
            Self::Wait(_) | Self::Kill(_) | Self::Exec(_) => false,
        }
    }
}

/// What an operator does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// `docker stop`.
    #[default]
    Stop,
    /// `docker stop -t`.
    StopWithin(u32),
    /// `docker kill -s`.
    Kill(String),
    /// `docker exec`.
    Exec(Vec<String>),
    /// Nothing: it ends by itself.
    Wait,
    /// `wigwag prove --image`, with these options: it starts and stops the container.
    Prove(Vec<String>),
}

/// What must come of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Expectation {
    /// The exit code, as the engine tells it.
    pub exit: u8,
    /// These lines, in this order, perhaps others between them; `*` stands for any text.
    #[serde(default)]
    pub output: Vec<String>,
    /// No line like these.
    #[serde(default)]
    pub absent: Vec<String>,
    /// The rules by which `wigwag prove` finds it wrong.
    #[serde(default)]
    pub rules: Vec<String>,
    /// How often each of these lines comes.
    #[serde(default)]
    pub count: BTreeMap<String, usize>,
    /// How long it took.
    pub takes: Option<Takes>,
    /// With this it may have a loop device, on the file `$DISK`; what has become of that.
    pub device: Option<Device>,
}

/// Whether the machine still has a loop device on a file of the container's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Device {
    /// Nobody closed it.
    Open,
    /// There is none.
    Closed,
}

/// How long a stop took, against the grace period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Takes {
    /// The engine did not have to wait for its end: less than half of it.
    AtOnce,
    /// The engine waited in vain.
    FullGracePeriod,
}

impl Takes {
    /// The words for it, when `ratio` grace periods went by.
    pub fn new(ratio: f64) -> Option<Self> {
        match ratio {
            0.0..0.5 => Some(Self::AtOnce),
            0.98.. => Some(Self::FullGracePeriod),
            _ => None,
        }
    }
}

fn once() -> u32 {
    1
}

impl Run {
    /// Whether somebody is at a terminal of it.
    pub fn has_terminal(&self) -> bool {
        self.steps.iter().any(Step::is_at_terminal)
    }
}

impl Case {
    /// Reads the folder's case.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut case: Self = scenarios::read_case(folder)?;
        case.folder = folder.to_path_buf();
        Ok(case)
    }

    /// Its folder's name.
    pub fn name(&self) -> String {
        self.folder.file_name().unwrap_or_default().display().to_string()
    }
}
