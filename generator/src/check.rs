//! `wigwag check`: whether it is right.

use clap::Args;
use wigwag::image;

use crate::{
    checked::Spec,
    exit::{Exit, Failure},
    supplies::Pretended,
};

/// Say everything that is wrong with a spec.
#[derive(Args)]
pub struct Check {
    #[command(flatten)]
    spec: Spec,
}

impl Check {
    pub fn run(&self) -> Result<Exit, Failure> {
        let model = self.spec.model(None)?;
        // What no Dockerfile can say is wrong, too.
        image::files(&model, &Pretended).map(|_| Exit::Ok)
    }
}
