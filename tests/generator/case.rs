//! One spec, checked and built.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use scenarios::{Result, built, component};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::{
    engine,
    files::{self, File, Files},
};

/// What `wigwag` ends with when a spec has errors.
const WRONG_SPEC: i32 = 3;

/// What it copies into the image; too large to be expected byte for byte in a file.
const INIT: &str = "wigwag-init";
const HOST: &str = "wigwag-host";

/// What every good spec is rendered as, and what the folder calls it.
const TARGETS: [(&str, &str); 6] = [
    ("dockerfile", "Dockerfile.snippet"),
    ("multi-stage", "Dockerfile.multi-stage"),
    ("compose", "compose.yaml"),
    ("kubernetes", "kubernetes.yaml"),
    ("timeline", "timeline.txt"),
    ("timeline-svg", "timeline.svg"),
];

/// How the compiled plugins are called.
const COMPILED: &str = "cwasm";

/// A folder, and a copy of its spec and of its plugins in a directory in which nothing else is.
pub struct Case {
    folder: PathBuf,
    directory: TempDir,
    /// What is in it.
    given: Vec<String>,
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
        for (name, content) in plugins(folder)? {
            fs::write(directory.path().join(name), content)?;
        }
        let given = files::below(directory.path())?.into_keys().collect();
        Ok(Self { folder: folder.to_path_buf(), directory, given, update: is_update() })
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

    /// An engine builds the same image of what `wigwag build` wrote, and by running wigwag in the build.
    pub fn images(&self) -> Result<()> {
        let build = self.wigwag(&["build", "spec.toml", "--output", "out"])?;
        let multi_stage = self.wigwag(&["render", "multi-stage", "spec.toml"])?;
        if !build.status.success() || !multi_stage.status.success() {
            return Err(format!("{build:?}\n{multi_stage:?}").into());
        }
        let directory = self.directory.path();
        let image = engine::build(&directory.join("out"), &[])?;
        // As the spec has it, read by another.
        if let Some((stop_signal, command)) = said(&fs::read_to_string(directory.join("spec.toml"))?)?
            && (&image.config.0, &image.config.2) != (&stop_signal, &command)
        {
            return Err(format!("the image has {:?}, not {stop_signal} and {command:?}", image.config).into());
        }
        let context = tempfile::tempdir()?;
        engine::copy(directory, &self.given, context.path())?;
        fs::write(context.path().join("Dockerfile"), &multi_stage.stdout)?;
        let wigwag = format!("WIGWAG={}", engine::tool()?);
        let itself = engine::build(context.path(), &["--build-arg", &wigwag])?;
        if itself.config != image.config {
            return Err(format!("the images are {:?} and {:?}", itself.config, image.config).into());
        }
        if !itself.files.keys().eq(image.files.keys()) || itself.files != image.files {
            return Err(format!("the files differ: {:?} and {:?}", itself.files.keys(), image.files.keys()).into());
        }
        Ok(())
    }

    fn wrong_spec(&self, build: &Output) -> Result<()> {
        if build.status.code() != Some(WRONG_SPEC) {
            return Err(format!("it ended with {}, not with {WRONG_SPEC}", build.status).into());
        }
        let written = files::below(self.directory.path())?;
        if !written.keys().eq(&self.given) {
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
        for (name, built) in [(INIT, &binaries.init), (HOST, &binaries.host)] {
            let program = files.remove(name);
            let dockerfile = files.get("Dockerfile").map(|file| String::from_utf8_lossy(&file.content));
            if program.is_some() != dockerfile.is_some_and(|text| text.contains(name)) {
                return Err(format!("`{name}` is copied for nothing, or missing").into());
            }
            if program.is_some_and(|program| !program.is_executable || fs::read(built).ok() != Some(program.content)) {
                return Err(format!("`{name}` is not the one that was built").into());
            }
        }
        self.render(&mut files)?;
        take_plugins(&mut files)?;
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

    /// Adds what `wigwag render` prints of every target: the entrypoint that the spec does not have, unless a script cannot
    /// do it, is among them.
    fn render(&self, files: &mut Files) -> Result<()> {
        for (target, name) in [("init", "init.toml"), ("script", "entrypoint.sh")].into_iter().chain(TARGETS) {
            let output = self.wigwag(&["render", target, "spec.toml"])?;
            // A script cannot do everything; and a program that must be PID 1 itself has no init.
            let may_be_refused = ["init", "script"].contains(&target) && !files.contains_key(name);
            if may_be_refused && output.status.code() == Some(WRONG_SPEC) {
                continue;
            }
            if !output.status.success() || !output.stderr.is_empty() {
                return Err(format!("`render {target}`: {output:?}").into());
            }
            let again = self.directory.path().join("rendered");
            fs::write(&again, &output.stdout)?;
            let check = self.wigwag(&["render", target, "spec.toml", "--check", "rendered"])?;
            if !check.status.success() {
                return Err(format!("`render {target} --check` finds a difference to what was just printed").into());
            }
            let is_executable = target == "script";
            match files.get(name) {
                Some(built) if built.content != output.stdout => {
                    return Err(format!("`build` and `render` do not agree about `{name}`").into());
                }
                Some(_) => {}
                None => drop(files.insert(name.into(), File { content: output.stdout, is_executable })),
            }
        }
        Ok(())
    }

    /// `sh -n` finds nothing in a script.
    fn shell_accepts(&self, files: &Files) -> Result<()> {
        for (name, file) in files.iter().filter(|(name, _)| Path::new(name).extension().is_some_and(|end| end == "sh"))
        {
            let path = self.directory.path().join("parsed.sh");
            fs::write(&path, &file.content)?;
            let parsed = Command::new("sh").arg("-n").arg(path).output()?;
            if !parsed.status.success() || !file.is_executable {
                return Err(format!("`{name}` is no executable sh script: {parsed:?}").into());
            }
        }
        Ok(())
    }

    fn expected_stderr(&self) -> PathBuf {
        self.folder.join("expected.stderr")
    }

    fn wigwag(&self, args: &[&str]) -> Result<Output> {
        let cache = concat!(env!("CARGO_TARGET_TMPDIR"), "/cache");
        let mut command = Command::new(&built()?.wigwag);
        Ok(command.args(args).env("XDG_CACHE_HOME", cache).current_dir(self.directory.path()).output()?)
    }
}

/// Whether the expected files are written instead of compared.
pub fn is_update() -> bool {
    env::var_os("UPDATE").is_some_and(|update| update == "1")
}

/// The stop signal of a spec, and the words that the container has of its main service without others. What a preset says is not in
/// the spec.
fn said(spec: &str) -> Result<Option<(String, Vec<String>)>> {
    let spec: toml::Table = toml::from_str(spec)?;
    let services = spec["service"].as_table().ok_or("no service")?;
    let is_main = |service: &&toml::Value| services.len() == 1 || service.get("main").is_some();
    let main = services.values().find(is_main).ok_or("no main service")?;
    if main.get("preset").is_some() {
        return Ok(None);
    }
    let words = |key: &str| main.get(key).and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let words = match main.get("args-mode").and_then(toml::Value::as_str) {
        Some("subcommand") => words("args"),
        Some("fixed") => Vec::new(),
        _ => [words("command"), words("args")].concat(),
    };
    let words = words.iter().filter_map(|word| word.as_str().map(String::from)).collect();
    let signal = spec.get("container").and_then(|container| container.get("stop-signal")?.as_str());
    Ok(Some((signal.unwrap_or("SIGTERM").to_string(), words)))
}

/// The files of a folder's plugins: components of the worlds that are in it, and what is there as it is.
fn plugins(folder: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut plugins = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = PathBuf::from(path.file_name().unwrap_or_default());
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("world") => {
                plugins.push((name.with_extension("wasm"), component::module(&fs::read_to_string(path)?)?));
            }
            Some("wasm") => plugins.push((name, fs::read(path)?)),
            _ => {}
        }
    }
    Ok(plugins)
}

/// Takes the compiled plugins out, which are another engine's with the next one; in the config, a digest that is right becomes
/// the name of its file.
fn take_plugins(files: &mut Files) -> Result<()> {
    let is_compiled = |name: &String| Path::new(name).extension().is_some_and(|extension| extension == COMPILED);
    let names: Vec<String> = files.keys().filter(|name| is_compiled(name)).cloned().collect();
    let Some(config) = files.get("init.toml") else { return Ok(()) };
    let mut text = String::from_utf8(config.content.clone())?;
    for name in names {
        let code = files.remove(&name).unwrap_or_default().content;
        let digest = format!("{:x}", Sha256::digest(code));
        let line = format!("file = \"/etc/wigwag/{name}\"\nsha256 = \"{digest}\"");
        if !text.contains(&line) {
            return Err(format!("`{name}` and its digest, {digest}, are not in the config").into());
        }
        text = text.replace(&digest, &format!("that of {name}"));
    }
    if let Some(config) = files.get_mut("init.toml") {
        config.content = text.into_bytes();
    }
    Ok(())
}
