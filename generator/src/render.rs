//! What a model is emitted as.

mod compose;
mod dockerfile;
mod escape;
mod kubernetes;
mod platform;
mod script;
mod timeline;

use std::sync::LazyLock;

use minijinja::{Environment, UndefinedBehavior, Value, syntax::SyntaxConfig, value::Serde};
use serde::Serialize;

use wigwag_core::{Config, config::Service, form};

use crate::{
    artifacts::{self, Artifact},
    model::Model,
};

pub use self::{
    compose::compose,
    dockerfile::{Dockerfile, dockerfile, multi_stage, too_long, unfit as unfit_for_multi_stage},
    kubernetes::{kubernetes, unfit as unfit_for_kubernetes},
    script::script,
    timeline::{timeline, timeline_svg},
};

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
/// What the platforms are told.
pub const COMPOSE_FILE: &str = "compose.yaml";
/// The same for Kubernetes.
pub const KUBERNETES_FILE: &str = "kubernetes.yaml";
/// The stop sequence.
pub const TIMELINE_FILE: &str = "timeline.txt";
/// The stop sequence as a picture.
pub const TIMELINE_SVG_FILE: &str = "timeline.svg";

/// The line that every text that is written begins with, or has after its `#!`.
pub const MARK: &str = "# Written by wigwag: change the spec, not this file.";

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

/// Every template, by name.
const TEMPLATES: [(&str, &str); 9] = [
    ("deployment.kubernetes.yaml.j2", include_str!("../../templates/deployment.kubernetes.yaml.j2")),
    ("entry.dockerfile.j2", include_str!("../../templates/entry.dockerfile.j2")),
    ("entrypoint.sh.j2", include_str!("../../templates/entrypoint.sh.j2")),
    ("hooks.sh.j2", include_str!("../../templates/hooks.sh.j2")),
    ("image.dockerfile.j2", include_str!("../../templates/image.dockerfile.j2")),
    ("multi-stage.dockerfile.j2", include_str!("../../templates/multi-stage.dockerfile.j2")),
    ("service.compose.yaml.j2", include_str!("../../templates/service.compose.yaml.j2")),
    ("timeline.svg.j2", include_str!("../../templates/timeline.svg.j2")),
    ("user.sh.j2", include_str!("../../templates/user.sh.j2")),
];

/// The templates are read once, however many specs there are.
static ENGINE: LazyLock<Result<Environment, minijinja::Error>> = LazyLock::new(|| {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_syntax(syntax()?);
    engine.set_auto_escape_callback(escape::kind);
    engine.set_formatter(escape::format);
    for (name, template) in TEMPLATES {
        engine.add_template(name, template)?;
    }
    Ok(engine)
});

/// Renders a template; every value is quoted as the template's suffix says.
fn render(name: &str, values: Value) -> Result<String, String> {
    let engine = ENGINE.as_ref().map_err(|error| bug(&error.to_string()))?;
    let rendered = engine.get_template(name).and_then(|template| template.render(values));
    rendered.map_err(|error| bug(&error.to_string()))
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
