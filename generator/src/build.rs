//! `wigwag build`: everything that an image build needs.

use std::path::PathBuf;

use clap::Args;
use wigwag::image;

use crate::{
    checked::Spec,
    exit::{Exit, Failure},
    input::Programs,
    output,
    supplies::Real,
};

/// Write everything that an image build needs.
///
/// The Dockerfile gives an existing image a correct entrypoint:
/// docker build --build-arg BASE=myimage --tag myimage-that-stops DIR
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
    #[command(flatten)]
    programs: Programs,
}

impl Build {
    pub fn run(&self) -> Result<Exit, Failure> {
        let files = image::files(&self.spec.model(None)?, &Real(&self.programs))?;
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
