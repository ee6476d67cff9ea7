//! What a model is emitted as.

mod escape;
mod script;

use minijinja::{Environment, UndefinedBehavior, Value, context, syntax::SyntaxConfig, value::Serde};
use serde::Serialize;

use wigwag_core::{
    Config,
    arguments::Mode,
    budget::DEFAULT_GRACE_PERIOD,
    config::{DEFAULT_HOST, Service},
    form,
};

use crate::{
    artifacts::{self, Artifact},
    model::Model,
    spec::Entrypoint,
};

pub use self::script::script;

/// The longest line of a Dockerfile that Docker's builders read.
const LONGEST_LINE: usize = 65_535;

/// Where the image has the init, its config, the plugins, and the script.
const INIT_PATH: &str = "/sbin/wigwag-init";
const CONFIG_PATH: &str = "/etc/wigwag/init.toml";
const PLUGINS_PATH: &str = "/etc/wigwag/plugins";
const SCRIPT_PATH: &str = "/entrypoint.sh";

/// The names of the files beside the Dockerfile.
pub const INIT_FILE: &str = "wigwag-init";
/// The init's config.
pub const CONFIG_FILE: &str = "init.toml";
/// The program that plugins live in.
pub const HOST_FILE: &str = "wigwag-host";
/// The directory of the plugins' native code.
pub const PLUGINS_DIRECTORY: &str = "plugins";
/// The script.
pub const SCRIPT_FILE: &str = "entrypoint.sh";

/// The line that every text that is written begins with, or has after its `#!`.
pub const MARK: &str = "# Written by wigwag: change the spec, not this file.";

/// How much of a Dockerfile is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dockerfile {
    /// What makes the entrypoint, to be put into another Dockerfile.
    Snippet,
    /// One that gives an existing image this entrypoint.
    Complete,
}

/// The config of `wigwag-init` as the image has it.
pub fn init(model: &Model, artifacts: &[Artifact]) -> Result<String, String> {
    config(&artifacts::configure(&model.config, artifacts, PLUGINS_PATH))
}

/// The text of a config.
pub fn config(config: &Config) -> Result<String, String> {
    let problems = config.problems();
    if !problems.is_empty() {
        return Err(bug(&problems.join("; ")));
    }
    Ok(format!("{MARK}\n{}", form::write(config)))
}

/// The Dockerfile's part in it.
pub fn dockerfile(model: &Model, extent: Dockerfile) -> Result<String, String> {
    let mut files: Vec<[String; 2]> = Vec::new();
    let mut copy = |from: &str, to: &str| files.push([from.to_string(), to.to_string()]);
    let entrypoint = match model.entrypoint {
        Entrypoint::Init => {
            copy(INIT_FILE, INIT_PATH);
            copy(CONFIG_FILE, CONFIG_PATH);
            if !model.config.plugins.is_empty() {
                copy(HOST_FILE, DEFAULT_HOST);
            }
            for file in artifacts::files(model) {
                copy(&format!("{PLUGINS_DIRECTORY}/{file}"), &format!("{PLUGINS_PATH}/{file}"));
            }
            vec![INIT_PATH, "--config", CONFIG_PATH, "--"]
        }
        Entrypoint::Script => {
            copy(SCRIPT_FILE, SCRIPT_PATH);
            vec![SCRIPT_PATH]
        }
    };
    let service = main(model)?;
    let grace = model.config.grace_period;
    let text = render(
        "image.dockerfile.j2",
        include_str!("../../templates/image.dockerfile.j2"),
        context! {
            complete => extent == Dockerfile::Complete,
            files => files,
            // An image cannot say it; `docker stop` knows no fractions of a second.
            grace => (grace != DEFAULT_GRACE_PERIOD).then(|| grace.0.div_ceil(1_000).to_string()),
            needs => model.preset.and_then(|preset| preset.container.as_ref()).map(|needs| plan(Needs::new(needs))),
            stop_signal => model.stop_signal().to_string(),
            entrypoint => entrypoint,
            command => match service.args_mode {
                Mode::Flags | Mode::Replace => [service.command.as_slice(), service.args.as_slice()].concat(),
                Mode::Subcommand => service.args.clone(),
                Mode::Fixed => Vec::new(),
            },
        },
    )?;
    match text.lines().map(str::len).max() {
        Some(longest) if longest > LONGEST_LINE => Err(format!(
            "the command is too long for a Dockerfile: a line of {longest} bytes, the limit is {LONGEST_LINE}"
        )),
        _ => Ok(text),
    }
}

/// What a preset says that its container needs.
#[derive(Serialize)]
struct Needs<'a> {
    env: Vec<(&'a str, &'a str)>,
    tmpfs: &'a [String],
    mounts: &'a [String],
}

impl<'a> Needs<'a> {
    fn new(container: &'a wigwag_presets::Container) -> Self {
        let env = container.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Self { env, tmpfs: &container.tmpfs, mounts: &container.mounts }
    }
}

/// Renders a template; every value is quoted as the template's suffix says.
fn render(name: &str, template: &str, values: Value) -> Result<String, String> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_syntax(syntax().map_err(|error| bug(&error.to_string()))?);
    engine.set_auto_escape_callback(escape::kind);
    engine.set_formatter(escape::format);
    let parts = [
        ("user.sh.j2", include_str!("../../templates/user.sh.j2")),
        ("hooks.sh.j2", include_str!("../../templates/hooks.sh.j2")),
    ];
    for (name, part) in parts {
        engine.add_template(name, part).map_err(|error| bug(&error.to_string()))?;
    }
    engine.render_named_str(name, template, values).map_err(|error| bug(&error.to_string()))
}

/// Variables are `@{name}`, so that `${@{name}+set}` can be read; a line that is all tags leaves no line.
///
/// # Errors
/// Only a bug.
pub fn syntax() -> Result<SyntaxConfig, minijinja::Error> {
    SyntaxConfig::builder()
        .variable_delimiters("@{", "}")
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
}

/// A value for a template.
fn plan<T: Serialize>(plan: T) -> Value {
    Value::from(Serde(plan))
}

/// The service that the container's arguments are for.
fn main(model: &Model) -> Result<&Service, String> {
    model.config.main().ok_or_else(|| bug("there is no service"))
}

fn bug(what: &str) -> String {
    format!("{what}; this is a bug of wigwag")
}
