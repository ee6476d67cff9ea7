//! One spec, checked and built.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use scenarios::{Result, built};
use serde::Deserialize;
use tempfile::TempDir;

use crate::files::{self, Files};

/// What `wigwag` ends with when a spec has errors.
const WRONG_SPEC: i32 = 3;

/// What it copies into the image; too large to be expected byte for byte in a file.
const INIT: &str = "wigwag-init";

/// A folder, and a copy of its spec in a directory in which nothing else is.
pub struct Case {
    folder: PathBuf,
    directory: TempDir,
    update: bool,
}

/// A spec that is too large for a file here: the parts, one after the other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    part: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    text: String,
    #[serde(default = "once")]
    times: usize,
}

fn once() -> usize {
    1
}

impl Repeat {
    fn spec(&self) -> String {
        self.part.iter().map(|part| part.text.repeat(part.times)).collect()
    }
}

impl Case {
    /// The folder's case.
    pub fn new(folder: &Path) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let spec = directory.path().join("spec.toml");
        match fs::read_to_string(folder.join("spec.repeat")) {
            Ok(repeat) => fs::write(spec, toml::from_str::<Repeat>(&repeat)?.spec())?,
            Err(_) => fs::copy(folder.join("spec.toml"), spec).map(drop)?,
        }
        let update = env::var_os("UPDATE").is_some_and(|update| update == "1");
        Ok(Self { folder: folder.to_path_buf(), directory, update })
    }

    /// Does it.
    pub fn run(&self) -> Result<()> {
        let check = self.wigwag(&["check", "spec.toml"])?;
        let build = self.wigwag(&["build", "spec.toml", "--output", "out"])?;
        if check.status != build.status || check.stderr != build.stderr {
            return Err(format!("`check` and `build` do not agree:\n{check:?}\n{build:?}").into());
        }
        if !check.stdout.is_empty() || !build.stdout.is_empty() {
            return Err("something on stdout".into());
        }
        let is_wrong = if self.update { !build.status.success() } else { self.expected_stderr().exists() };
        if is_wrong { self.wrong_spec(&build) } else { self.good_spec(&build) }
    }

    fn wrong_spec(&self, build: &Output) -> Result<()> {
        if build.status.code() != Some(WRONG_SPEC) {
            return Err(format!("it ended with {}, not with {WRONG_SPEC}", build.status).into());
        }
        let written = files::below(self.directory.path())?;
        if !written.keys().eq(["spec.toml"]) {
            return Err(format!("something was written: {:?}", written.keys()).into());
        }
        let stderr = String::from_utf8(build.stderr.clone())?;
        let mut errors = stderr.split("error: ");
        if errors.next() != Some("") || !errors.all(|error| error.contains("--> ") && error.contains("= help: ")) {
            return Err(format!("an error without a place or without help:\n{stderr}").into());
        }
        if stderr.contains(|c: char| c.is_control() && c != '\n') {
            return Err(format!("a control character reaches the terminal:\n{stderr:?}").into());
        }
        if self.update {
            fs::write(self.expected_stderr(), stderr)?;
            return Ok(());
        }
        let expected = fs::read_to_string(self.expected_stderr())?;
        if stderr == expected { Ok(()) } else { Err(format!("it says\n{stderr}\nnot\n{expected}").into()) }
    }

    fn good_spec(&self, build: &Output) -> Result<()> {
        if !build.status.success() || !build.stderr.is_empty() {
            return Err(format!("it ended with {}:\n{}", build.status, String::from_utf8_lossy(&build.stderr)).into());
        }
        let binaries = built()?;
        let mut files = files::below(&self.directory.path().join("out"))?;
        let init = files.remove(INIT);
        let dockerfile = files.get("Dockerfile").map(|file| String::from_utf8_lossy(&file.content));
        if init.is_some() != dockerfile.is_some_and(|text| text.contains(INIT)) {
            return Err(format!("`{INIT}` is copied for nothing, or missing").into());
        }
        if init.is_some_and(|init| !init.is_executable || fs::read(&binaries.init).ok() != Some(init.content)) {
            return Err(format!("`{INIT}` is not the one that was built").into());
        }
        self.shell_accepts(&files)?;
        let again = self.wigwag(&["build", "spec.toml", "--output", "out", "--check"])?;
        if !again.status.success() {
            return Err("`build --check` finds differences to what was just built".into());
        }
        let expected = self.folder.join("expected");
        if self.update {
            return files::write(&files, &expected);
        }
        files::compare(&files, &files::below(&expected)?)
    }

    /// `sh -n` finds nothing in a script.
    fn shell_accepts(&self, files: &Files) -> Result<()> {
        let out = self.directory.path().join("out");
        for name in files.keys().filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "sh")) {
            let parsed = Command::new("sh").arg("-n").arg(out.join(name)).output()?;
            if !parsed.status.success() || !files.get(name).is_some_and(|file| file.is_executable) {
                return Err(format!("`{name}` is no executable sh script: {parsed:?}").into());
            }
        }
        Ok(())
    }

    fn expected_stderr(&self) -> PathBuf {
        self.folder.join("expected.stderr")
    }

    fn wigwag(&self, args: &[&str]) -> Result<Output> {
        Ok(Command::new(&built()?.wigwag).args(args).current_dir(self.directory.path()).output()?)
    }
}
