//! A spec of the command line, read and checked.

use std::path::{Path, PathBuf};

use clap::Args;
use rayon::prelude::*;
use wigwag::{
    diagnostic::{self, Diagnostic},
    image,
    model::{Model, Modules},
    source::Source,
    spec::Entrypoint,
};

use crate::{
    exit::Failure,
    input,
    supplies::Pretended,
    terminal::{self, Progress},
};

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

/// The specs that a command is about.
#[derive(Args)]
pub struct Specs {
    /// The specs; `-` is standard input.
    #[arg(default_value = DEFAULT_SPEC, value_name = "SPEC")]
    specs: Vec<PathBuf>,
}

/// A spec that is right.
pub struct Checked<'a> {
    pub path: &'a Path,
    pub source: Source,
    pub model: Model,
}

impl<'a> Checked<'a> {
    fn read(path: &'a Path) -> Result<Self, Failure> {
        Self::new(path, input::spec(path)?)
    }

    /// Checks all of it.
    fn new(path: &'a Path, source: Source) -> Result<Self, Failure> {
        let model = model_of(&source, None, &|module| input::module(path, module))?;
        // What no Dockerfile can say is wrong, too.
        image::files(&model, &Pretended).map(|_| Self { path, source, model })
    }
}

/// Everything that is wrong with a spec.
pub fn problems(path: &Path, source: &Source) -> Vec<Diagnostic> {
    match Model::new(source, None, &|module| input::module(path, module)) {
        Ok(model) => {
            let files = image::files(&model, &Pretended);
            files.err().map(|failure| Diagnostic::new(0..0, failure.sentence())).into_iter().collect()
        }
        Err(problems) => problems,
    }
}

/// Says everything that is wrong with a spec, if anything is.
pub fn refused(problems: &[Diagnostic], source: &Source) -> Result<(), Failure> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(wrong(problems, source))
}

/// What is wrong with a spec, as people read it.
pub fn wrong(problems: &[Diagnostic], source: &Source) -> Failure {
    Failure::spec(&diagnostic::render(problems, source, terminal::colour()))
}

impl Specs {
    /// What each means; or everything that is wrong with all of them, in their order.
    pub fn models(&self) -> Result<Vec<Checked<'_>>, Failure> {
        // In parallel; but one spec needs no threads.
        let models: Vec<_> = match self.specs.as_slice() {
            [only] => vec![Checked::read(only)],
            specs => {
                let progress = Progress::new("read", specs.len());
                specs.par_iter().map(|spec| Checked::read(spec)).inspect(|_| progress.step()).collect()
            }
        };
        let (mut right, mut wrong) = (Vec::new(), Vec::new());
        for checked in models {
            match checked {
                Ok(checked) => right.push(checked),
                Err(failure) => wrong.push(failure),
            }
        }
        Failure::all(wrong).map_or(Ok(right), Err)
    }
}

/// Reads a spec and checks it.
fn model(spec: &Path, target: Option<Entrypoint>) -> Result<Model, Failure> {
    model_of(&input::spec(spec)?, target, &|path| input::module(spec, path))
}

/// Checks a spec.
pub fn model_of(source: &Source, target: Option<Entrypoint>, modules: Modules) -> Result<Model, Failure> {
    Model::new(source, target, modules).map_err(|problems| wrong(&problems, source))
}
