//! A spec of the command line, read and checked.

use std::path::{Path, PathBuf};

use clap::Args;
use wigwag::{
    diagnostic,
    model::{Model, Modules},
    source::Source,
    spec::Entrypoint,
};

use crate::{exit::Failure, input, terminal};

/// What the spec is called, if nothing is said.
pub const DEFAULT_SPEC: &str = "wigwag.toml";

/// The spec that a command is about.
#[derive(Args)]
pub struct Spec {
    /// The spec; `-` is standard input.
    #[arg(default_value = DEFAULT_SPEC)]
    pub spec: PathBuf,
}

impl Spec {
    /// What it means. A `target` takes the place of its entrypoint.
    pub fn model(&self, target: Option<Entrypoint>) -> Result<Model, Failure> {
        model(&self.spec, target)
    }
}

/// Reads a spec and checks it.
fn model(spec: &Path, target: Option<Entrypoint>) -> Result<Model, Failure> {
    model_of(&input::spec(spec)?, target, &|path| input::module(spec, path))
}

/// Checks a spec.
pub fn model_of(source: &Source, target: Option<Entrypoint>, modules: Modules) -> Result<Model, Failure> {
    Model::new(source, target, modules)
        .map_err(|diagnostics| Failure::spec(&diagnostic::render(&diagnostics, source, terminal::colour())))
}
