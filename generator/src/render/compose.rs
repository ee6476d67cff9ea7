//! The service of a Compose file.

use minijinja::context;
use serde::Serialize;
use wigwag_core::environment::Problem;

use super::{plan, platform, render};
use crate::{model::Model, spec::Entrypoint};

/// A variable that must be given, which Compose takes from its own environment.
#[derive(Serialize)]
struct Required<'a> {
    required: &'a str,
    message: String,
}

/// The Compose file; without an image, one that builds it of what `wigwag build` writes.
pub fn compose(model: &Model, image: Option<&str>) -> Result<String, String> {
    let name = platform::name(model)?;
    let required =
        platform::required(model).map(|(required, why)| Required { required, message: missing(required, why) });
    render(
        "service.compose.yaml.j2",
        context! {
            image => image.unwrap_or(&platform::label(model)?).to_string(),
            name => name,
            build => image.is_none(),
            command => platform::command(model)?,
            stop_signal => model.stop_signal().to_string(),
            grace => format!("{}s", platform::seconds(model.config.grace_period)),
            init => model.entrypoint == Entrypoint::Init,
            required => plan(required.collect::<Vec<_>>()),
            needs => platform::needs(model).map(plan),
            secrets => plan(platform::secrets(model)),
        },
    )
}

/// The message is that of the entrypoint; without what Compose could not say.
fn missing(name: &str, why: &str) -> String {
    let message = if why.contains(|c: char| "{}$".contains(c)) { "" } else { why };
    Problem::Missing::<()> { name: name.to_string(), or_file: false, message: message.to_string() }.to_string()
}
