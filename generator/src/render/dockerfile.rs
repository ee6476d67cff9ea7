//! Dockerfiles: what belongs into another one, one for an existing image, and one in which wigwag runs.

use minijinja::context;
use serde::Serialize;
use wigwag_core::{budget::DEFAULT_GRACE_PERIOD, config::DEFAULT_HOST};

use super::{
    CONFIG_FILE, CONFIG_PATH, HOST_FILE, INIT_FILE, INIT_PATH, PLUGINS_DIRECTORY, PLUGINS_PATH, SCRIPT_FILE,
    SCRIPT_PATH,
    escape::{array, is_path, json_string},
    plan, platform, render,
};
use crate::{artifacts, diagnostic::Diagnostic, model::Model, spec::Entrypoint, suggest::quoted};

/// The longest line of a Dockerfile that Docker's builders read.
const LONGEST_LINE: usize = 65_535;

/// What is wrong with the command, if its line is longer.
pub fn too_long(words: &[String]) -> Option<String> {
    let words: Vec<String> = words.iter().map(|word| json_string(word)).collect();
    too_long_line("CMD ".len() + array(&words).len())
}

fn too_long_line(length: usize) -> Option<String> {
    (length > LONGEST_LINE).then(|| {
        format!("the command is too long for a Dockerfile: a line of {length} bytes, the limit is {LONGEST_LINE}")
    })
}

/// Where the stage in which wigwag runs has what it writes.
const OUT: &str = "/out";

/// How much of a Dockerfile is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dockerfile {
    /// What makes the entrypoint, to be put into another Dockerfile.
    Snippet,
    /// One that gives an existing image this entrypoint.
    Complete,
}

/// What COPY copies, and where to.
#[derive(Serialize)]
struct Copy {
    paths: [String; 2],
}

impl Copy {
    fn new(from: &str, to: &str) -> Self {
        Self { paths: [from.to_string(), to.to_string()] }
    }
}

/// The Dockerfile's part in it.
pub fn dockerfile(model: &Model, extent: Dockerfile) -> Result<String, String> {
    let files: Vec<Copy> = files(model).iter().map(|(from, to)| Copy::new(from, to)).collect();
    checked(render(
        "image.dockerfile.j2",
        context! { complete => extent == Dockerfile::Complete, files => plan(files), ..plan(Entry::new(model)?) },
    )?)
}

/// A whole Dockerfile, which runs wigwag on the spec of this name during the image build; both stand at the top of the
/// build's context. Nothing may be in [`unfit`].
pub fn multi_stage(model: &Model, spec: &str) -> Result<String, String> {
    let modules = model.modules.iter().filter_map(|module| below(module.get_ref()));
    // With the dot, because a name could begin with `-`, or with a byte order mark, which builders take off.
    let spec = format!("./{spec}");
    let inputs = [spec.clone()].into_iter().chain(modules.map(|module| format!("./{module}")));
    let inputs: Vec<Copy> = inputs.map(|path| Copy::new(&path, &path)).collect();
    let files: Vec<Copy> = files(model).iter().map(|(from, to)| Copy::new(&format!("{OUT}/{from}"), to)).collect();
    checked(render(
        "multi-stage.dockerfile.j2",
        context! {
            inputs => plan(inputs),
            build => plan(["wigwag", "build", &spec, "--output", OUT]),
            check => plan(["wigwag", "render", "multi-stage", &spec, "--check", "Dockerfile"]),
            files => plan(files),
            ..plan(Entry::new(model)?)
        },
    )?)
}

/// What a build that begins with the spec of this name could not copy.
pub fn unfit(model: &Model, spec: &str) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    if !is_path(spec) {
        problems
            .push(Diagnostic::new(0..0, format!("{} cannot be named in a Dockerfile", quoted(spec))).help(NO_PATTERN));
    }
    for module in &model.modules {
        match below(module.get_ref()) {
            None => problems.push(
                Diagnostic::new(module.span(), "the image build does not see this file")
                    .help("it sees the spec's directory, and what is below: put the plugin there"),
            ),
            Some(path) if !is_path(&path) => problems.push(
                Diagnostic::new(module.span(), format!("{} cannot be named in a Dockerfile", quoted(&path)))
                    .help(NO_PATTERN),
            ),
            Some(_) => {}
        }
    }
    problems
}

const NO_PATTERN: &str = "call the file something without `*`, `?`, `[`, `]`, `\\` and control characters";

/// The path without detours, if it stays below the directory in which it begins.
fn below(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    (!path.starts_with('/') && !parts.contains(&"..")).then(|| parts.join("/"))
}

/// What the image does when it is started and stopped.
#[derive(Serialize)]
struct Entry {
    /// In whole seconds, if it is another than that of every platform: an image cannot say it.
    grace: Option<String>,
    needs: Option<platform::Needs<'static>>,
    stop_signal: String,
    entrypoint: Vec<&'static str>,
    command: Vec<String>,
}

impl Entry {
    fn new(model: &Model) -> Result<Self, String> {
        let grace = model.config.grace_period;
        Ok(Self {
            grace: (grace != DEFAULT_GRACE_PERIOD).then(|| platform::seconds(grace)),
            needs: platform::needs(model),
            stop_signal: model.stop_signal().to_string(),
            entrypoint: match model.entrypoint {
                Entrypoint::Init => vec![INIT_PATH, "--config", CONFIG_PATH, "--"],
                Entrypoint::Script => vec![SCRIPT_PATH],
            },
            command: platform::command(model)?,
        })
    }
}

/// The files that `wigwag build` writes for the image, and where the image has them.
fn files(model: &Model) -> Vec<(String, String)> {
    let file = |from: &str, to: &str| (from.to_string(), to.to_string());
    if model.entrypoint == Entrypoint::Script {
        return vec![file(SCRIPT_FILE, SCRIPT_PATH)];
    }
    let mut files = vec![file(INIT_FILE, INIT_PATH), file(CONFIG_FILE, CONFIG_PATH)];
    if !model.config.plugins.is_empty() {
        files.push(file(HOST_FILE, DEFAULT_HOST));
    }
    for name in artifacts::files(model) {
        files.push((format!("{PLUGINS_DIRECTORY}/{name}"), format!("{PLUGINS_PATH}/{name}")));
    }
    files
}

/// The text, if Docker's builders read all of it.
fn checked(text: String) -> Result<String, String> {
    let longest = text.lines().map(str::len).max().unwrap_or_default();
    too_long_line(longest).map_or(Ok(text), Err)
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn a_path_stays_below_the_specs_directory() {
        assert_eq!(below("./a//b/./c.wasm").as_deref(), Some("a/b/c.wasm"));
        for path in ["/a", "../a", "a/../b", "a/.."] {
            assert_eq!(below(path), None, "{path}");
        }
    }
}
