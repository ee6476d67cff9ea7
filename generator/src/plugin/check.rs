//! `wigwag plugin check`: whether a spec fits a plugin.

use std::path::PathBuf;

use clap::Args;

use super::spec::Place;
use crate::exit::{Exit, Failure};

/// Say what a plugin asks for that a spec does not grant it, and what the spec wants of it that it does not have.
///
/// The spec is checked as a whole, with this file as the plugin's module: it ends with 3 if there is anything to say.
#[derive(Args)]
pub struct Check {
    /// A WebAssembly component, or a core module that has an interface in it.
    file: PathBuf,
    /// The spec that has the plugin; the file is taken in the place of its `module`.
    #[arg(long, value_name = "SPEC")]
    against: PathBuf,
    /// The plugin's name in the spec; without it, the one whose `module` is the file.
    #[arg(long)]
    name: Option<String>,
}

impl Check {
    pub fn run(&self) -> Result<Exit, Failure> {
        super::component(&self.file)?;
        let place = Place { against: &self.against, name: self.name.as_deref() };
        place.find(&self.file).map(|_| Exit::Ok)
    }
}
