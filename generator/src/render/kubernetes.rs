//! A deployment of Kubernetes.

use minijinja::context;
use wigwag_core::config::HookPoint;

use super::{plan, platform, render};
use crate::{diagnostic::Diagnostic, model::Model, suggest::quoted};

/// The longest key of a secret.
const LONGEST_KEY: usize = 253;

/// The manifest. Nothing may be in [`unfit`].
pub fn kubernetes(model: &Model, image: Option<&str>) -> Result<String, String> {
    let name = platform::label(model)?;
    render(
        "deployment.kubernetes.yaml.j2",
        context! {
            image => image.unwrap_or(&name).to_string(),
            name => name,
            command => platform::command(model)?,
            grace => plan(model.config.grace_period.0.div_ceil(1_000)),
            stop_signal => model.stop_signal().to_string(),
            pre_stop => model.config.hooks_at(HookPoint::PreStop).next().is_some(),
            required => plan(platform::required(model).map(|(name, _)| name).collect::<Vec<_>>()),
            needs => platform::needs(model).map(plan),
            secrets => plan(platform::secrets(model)),
        },
    )
}

/// What Kubernetes could not be told.
pub fn unfit(model: &Model) -> Vec<Diagnostic> {
    let is_required = |name: &str| platform::required(model).any(|(required, _)| required == name);
    let names = model.variables.iter().filter(|name| name.get_ref().len() > LONGEST_KEY && is_required(name.get_ref()));
    names
        .map(|name| {
            let shown: String = name.get_ref().chars().take(16).collect();
            let length = name.get_ref().len();
            Diagnostic::new(
                name.span(),
                format!("a name of {length} bytes, {}, is no key of a secret", quoted(&format!("{shown}…"))),
            )
            .help(format!("{LONGEST_KEY} bytes at most"))
        })
        .collect()
}
