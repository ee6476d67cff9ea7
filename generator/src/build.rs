//! `wigwag build`: everything that an image build needs.

use std::path::PathBuf;

use clap::Args;
use wigwag::image::{self, File};

use crate::{
    checked::{Spec, model_of},
    exit::{Exit, Failure},
    input::{self, Programs},
    output,
    supplies::Real,
    targets::{self, Extra},
};

/// Write everything that an image build needs.
///
/// The Dockerfile gives an existing image a correct entrypoint:
/// docker build --build-arg BASE=myimage --tag myimage-that-stops DIR
///
/// What platforms are told is written only with `--with`: people have it elsewhere, or not at all.
#[derive(Args)]
pub struct Build {
    #[command(flatten)]
    spec: Spec,
    /// The directory to write to; it is made when it is missing.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Write nothing; compare with what is there, and end with 1 if it differs.
    #[arg(long)]
    check: bool,
    /// Write this, too.
    #[arg(long, value_name = "TARGET", value_delimiter = ',')]
    with: Vec<Extra>,
    /// The image's name in compose.yaml and kubernetes.yaml.
    #[arg(long, requires = "with")]
    image: Option<String>,
    #[command(flatten)]
    programs: Programs,
}

impl Build {
    pub fn run(&self) -> Result<Exit, Failure> {
        let source = input::spec(&self.spec.spec)?;
        let model = model_of(&source, None, &|module| input::module(&self.spec.spec, module))?;
        let extras = targets::extras(&self.with, &model, &source, self.image.as_deref())?;
        let files: Vec<File> = image::files(&model, &Real(&self.programs))?.into_iter().chain(extras).collect();
        if !self.check {
            return output::write(&self.output, &files).map(|()| Exit::Ok);
        }
        let differences = output::differences(&self.output, &files)?;
        for line in &differences {
            output::print(&format!("{line}\n"))?;
        }
        Ok(if differences.is_empty() { Exit::Ok } else { Exit::Differs })
    }
}
