//! `wigwag plugin`: what the author of a plugin needs.

mod check;
mod compile;
mod grants;
mod inspect;
mod new;
mod situation;
mod spec;
mod stage;
mod test;
mod trial;

use std::path::Path;

use clap::Subcommand;
use wigwag_compiler::Component;

use crate::{
    exit::{Exit, Failure},
    input,
};

/// Write, look at, compile and try a plugin.
#[derive(Subcommand)]
pub enum Plugin {
    New(new::New),
    Inspect(inspect::Inspect),
    Check(check::Check),
    Compile(compile::Compile),
    Test(test::Test),
}

impl Plugin {
    /// Does what the command line says.
    pub fn run(&self) -> Result<Exit, Failure> {
        match self {
            Self::New(new) => new.run(),
            Self::Inspect(inspect) => inspect.run(),
            Self::Check(check) => check.run(),
            Self::Compile(compile) => compile.run(),
            Self::Test(test) => test.run(),
        }
    }
}

/// The plugin of this file.
fn component(path: &Path) -> Result<Component, Failure> {
    let bytes = input::plugin(path);
    let bytes = bytes.map_err(|error| Failure::io(format!("cannot read `{}`: {error}", path.display())))?;
    Component::new(&bytes).map_err(|sentence| Failure::module(path, &sentence))
}
