//! `wigwag render`: one of the files that a spec makes.

use clap::{Args, ValueEnum};
use wigwag::{
    artifacts,
    render::{self, Dockerfile},
    spec::Entrypoint,
};

use crate::{
    checked::Spec,
    exit::{Exit, Failure},
    input::Programs,
    output,
    supplies::Real,
};

/// Print one of the files that a spec makes.
#[derive(Args)]
pub struct Render {
    target: Target,
    #[command(flatten)]
    spec: Spec,
}

#[derive(Clone, Copy, ValueEnum)]
enum Target {
    /// The entrypoint as a plain sh script.
    Script,
    /// The config of wigwag-init.
    Init,
    /// What belongs into a Dockerfile.
    Dockerfile,
}

impl Render {
    pub fn run(&self) -> Result<Exit, Failure> {
        output::print(&self.text()?).map(|()| Exit::Ok)
    }

    fn text(&self) -> Result<String, Failure> {
        let text = match self.target {
            Target::Script => render::script(&self.spec.model(Some(Entrypoint::Script))?),
            Target::Init => {
                let model = self.spec.model(Some(Entrypoint::Init))?;
                let artifacts = artifacts::compile(&model, &Real(&Programs::default()))?;
                render::init(&model, &artifacts)
            }
            Target::Dockerfile => render::dockerfile(&self.spec.model(None)?, Dockerfile::Snippet),
        };
        text.map_err(Failure::from)
    }
}
