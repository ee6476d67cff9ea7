//! What is measured.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use scenarios::{Result, built};

use crate::plugins::example::Example;

/// Columns of the table that others refer to.
const NO_INIT: &str = "no init";
const BASELINES: [&str; 2] = ["tini-static", "tini"];

const PEERS: [&str; 4] = ["tini", "tini-static", "dumb-init", "catatonit"];

/// An init, or none.
pub struct Init {
    pub name: String,
    /// What it says about its version; empty without an init.
    pub version: String,
    /// Program and options; empty without an init.
    pub words: Vec<OsString>,
}

impl Init {
    pub fn new(name: &str, program: &Path, options: &[OsString]) -> Result<Self> {
        let words = [&[program.as_os_str().to_owned()], options].concat();
        Ok(Self { name: name.to_string(), version: version(program)?, words })
    }

    pub fn is_init(&self) -> bool {
        !self.words.is_empty()
    }

    pub fn program(&self) -> Option<&Path> {
        self.words.first().map(Path::new)
    }

    /// What runs this program below it.
    pub fn command(&self, program: &[OsString]) -> Vec<OsString> {
        let separator = self.is_init().then(|| OsString::from("--"));
        self.words.iter().chain(&separator).chain(program).cloned().collect()
    }
}

/// All that are there, and the names of those that are not. The config is written to the directory. The first of the
/// plugins is one's.
pub fn all(directory: &Path, plugins: &[Example]) -> Result<(Vec<Init>, Vec<&'static str>)> {
    let ours = &built()?.init;
    let config = directory.join("init.toml");
    fs::write(&config, config_text()?)?;
    let mut inits = vec![
        Init { name: NO_INIT.to_string(), version: String::new(), words: Vec::new() },
        Init::new("wigwag-init", ours, &[])?,
        Init::new("wigwag-init + config", ours, &["--config".into(), config.into()])?,
    ];
    for plugin in plugins.iter().take(1) {
        inits.push(plugin.init()?);
    }
    let mut missing = Vec::new();
    for name in PEERS {
        match find(name) {
            Some(program) => inits.push(Init::new(name, &program, &[])?),
            None => missing.push(name),
        }
    }
    Ok((inits, missing))
}

/// The column that the others are compared with.
pub fn baseline(inits: &[Init]) -> Option<usize> {
    BASELINES.iter().find_map(|name| inits.iter().position(|init| init.name == *name))
}

/// Written as it is written for an image.
fn config_text() -> Result<Vec<u8>> {
    let spec = concat!(env!("CARGO_MANIFEST_DIR"), "/spec.toml");
    let output = Command::new(&built()?.wigwag).args(["render", "init", spec]).stderr(Stdio::inherit()).output()?;
    if output.status.success() { Ok(output.stdout) } else { Err("the bench's spec is refused".into()) }
}

fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|directory| directory.join(name)).find(|program| program.is_file())
}

/// The first line that `--version` prints, wherever it prints it.
fn version(program: &Path) -> Result<String> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output()?;
    let text = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_string())
}
