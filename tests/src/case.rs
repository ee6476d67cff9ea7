//! A case as it is written: `case.toml`, beside it `init.toml` when it is about our config, or a `spec.toml` of which that is
//! made, and files that it needs.

mod expectation;
mod plugins;
mod run;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use wigwag_core::{Millis, Signal};

pub use self::expectation::{Difference, Expectations};
use crate::{CASE, Init, Numbers, Result, Stdio};

/// The config, in the working directory.
const CONFIG: &str = "init.toml";

/// What is done and what must come of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own")]
pub struct Case {
    /// What must hold, in a sentence.
    pub about: String,
    /// What is done in the working directory before, by sh(1).
    pub prepare: Option<String>,
    /// Whether it is done once more with an init that is not PID 1, but the child of a shell.
    #[serde(default)]
    pub also_not_pid_1: bool,
    /// What prepares and then executes the init, as its last arguments.
    #[serde(default)]
    pub before: Vec<String>,
    /// The init's own options; only ours has them.
    #[serde(default)]
    pub options: Vec<String>,
    /// Whether `--` stands between the options and the program.
    #[serde(default = "yes")]
    pub separator: bool,
    /// The program and its arguments; with a config, the container's arguments.
    #[serde(default)]
    pub run: Vec<String>,
    /// Whether it takes something that only root may do.
    #[serde(default)]
    needs_root: bool,
    /// The only architecture on which it can be done, as Rust calls it.
    architecture: Option<String>,
    /// Where the output goes.
    #[serde(default)]
    pub stdio: Stdio,
    /// The whole case is done once for each of these numbers, which then stand where it has `{}`.
    pub each: Option<Numbers>,
    /// How often it is done.
    #[serde(default = "once")]
    pub repeat: u32,
    /// How long the engine waits after `stop`, when no config says it, and everybody for what is known not to come.
    #[serde(default, deserialize_with = "crate::optional_text")]
    pub grace: Option<Millis>,
    /// What is done, in this order; at the end the container must end by itself.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What must come of it.
    pub expect: Expectations,
    /// Where it is.
    #[serde(skip)]
    pub folder: PathBuf,
    /// Whether the init has a config.
    #[serde(skip)]
    pub has_config: bool,
}

/// Something that is done or waited for.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// A line of output, which may have come already.
    Wait(String),
    /// PID 1 has begun to take notice of this signal.
    Listening(#[serde(deserialize_with = "crate::text")] Signal),
    /// This many processes are in the container, zombies included.
    Processes(usize),
    /// PID 1 is sent the signal.
    Send(#[serde(deserialize_with = "crate::text")] Signal),
    /// The same, as often as this.
    SendTimes(#[serde(deserialize_with = "crate::text")] Signal, u32),
    /// PID 1 is sent the signal as sigqueue(3) does, with a value.
    Queue(#[serde(deserialize_with = "crate::text")] Signal, i32),
    /// PID 1 is sent each of these signals.
    SendEach(Numbers),
    /// As many milliseconds pass as `each` says: for a signal that may come at any time.
    Later,
    /// The program's input ends.
    CloseStdin,
    /// This is typed at the terminal.
    Type(String),
    /// The terminal gets this many rows.
    Resize(u16),
    /// The terminal hangs up; it must not be read.
    HangUp,
    /// The host of the plugin is sent this signal, when there is one; SIGKILL or SIGSTOP has come over it then.
    Host(String, #[serde(deserialize_with = "crate::text")] Signal),
    /// This many processes are stopped, as by Ctrl-Z.
    Stopped(usize),
    /// As an engine stops a container: this signal, then SIGKILL when the grace period is over.
    Stop(#[serde(deserialize_with = "crate::text")] Signal),
}

fn yes() -> bool {
    true
}

fn once() -> u32 {
    1
}

impl Case {
    /// Reads the folder's case.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut case: Self = crate::read_case(folder)?;
        case.folder = folder.to_path_buf();
        case.has_config = folder.join(CONFIG).exists() || case.has_spec();
        Ok(case)
    }

    /// The cases of a directory, each in a folder.
    pub fn all(directory: &Path) -> Result<Vec<Self>> {
        let mut cases = Vec::new();
        for entry in fs::read_dir(directory)? {
            let folder = entry?.path();
            if folder.join(CASE).is_file() {
                cases.push(Self::read(&folder)?);
            } else if folder.is_dir() {
                return Err(format!("`{}` has no `{CASE}`", folder.display()).into());
            }
        }
        cases.sort_by_key(Self::name);
        Ok(cases)
    }

    /// Its folder's name.
    pub fn name(&self) -> String {
        self.folder.file_name().unwrap_or_default().display().to_string()
    }

    /// Whether it has nothing to say about this init, or cannot be done here; the case says why.
    pub fn is_skipped(&self, init: &Init) -> bool {
        if self.needs_root && !nix::unistd::geteuid().is_root() {
            return true;
        }
        if self.architecture.as_ref().is_some_and(|architecture| architecture != env::consts::ARCH) {
            return true;
        }
        self.expect.is_race(init) || init.is_peer() && !self.is_for_peers()
    }

    /// Whether it asks for nothing that only ours has.
    pub fn is_for_peers(&self) -> bool {
        !self.has_config && self.options.is_empty()
    }

    /// Whether its config is made of a spec.
    fn has_spec(&self) -> bool {
        self.folder.join(plugins::SPEC).exists()
    }
}
