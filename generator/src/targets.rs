//! `wigwag render`: each of the files that a spec makes, and those that `wigwag build` writes besides what an image needs.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use wigwag::{
    artifacts,
    image::File,
    model::Model,
    render::{self, Dockerfile},
    source::Source,
    spec::Entrypoint,
};

use crate::{
    checked::{DEFAULT_SPEC, Spec, model_of, wrong},
    exit::{Exit, Failure},
    input::{self, Programs},
    output,
    supplies::Real,
};

/// What a spec can be rendered as.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// The entrypoint as a plain sh script.
    Script,
    /// The config of wigwag-init.
    Init,
    /// What belongs into a Dockerfile, beside what `wigwag build` writes.
    Dockerfile,
    /// A whole Dockerfile, which runs wigwag during the image build.
    MultiStage,
    /// A Compose file with the service.
    Compose,
    /// A Kubernetes manifest with the deployment.
    Kubernetes,
    /// What a stop may take, step by step, as text.
    Timeline,
    /// The same as a picture: SVG.
    TimelineSvg,
}

/// What `wigwag build` can write besides what an image needs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Extra {
    /// compose.yaml
    Compose,
    /// kubernetes.yaml
    Kubernetes,
    /// timeline.txt
    Timeline,
    /// timeline.svg
    TimelineSvg,
}

impl Extra {
    fn target(self) -> (Target, &'static str) {
        match self {
            Self::Compose => (Target::Compose, render::COMPOSE_FILE),
            Self::Kubernetes => (Target::Kubernetes, render::KUBERNETES_FILE),
            Self::Timeline => (Target::Timeline, render::TIMELINE_FILE),
            Self::TimelineSvg => (Target::TimelineSvg, render::TIMELINE_SVG_FILE),
        }
    }
}

/// Print one of the files that a spec makes.
///
/// The Dockerfile of `multi-stage` needs no wigwag on the machine that builds the image, but an image `wigwag`.
#[derive(Args)]
#[command(
    after_help = "Example, in the spec's directory:\n  wigwag render multi-stage >Dockerfile\n  docker build --build-arg BASE=myimage --tag myimage-that-stops ."
)]
pub struct Render {
    target: Target,
    #[command(flatten)]
    spec: Spec,
    /// The image's name, for Compose and Kubernetes; default: the main service's name, and Compose builds it.
    #[arg(long)]
    image: Option<String>,
    /// Print nothing; compare with this file, and end with 1 if it differs.
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

impl Render {
    /// Does it.
    pub fn run(&self) -> Result<Exit, Failure> {
        if self.image.is_some() && !matches!(self.target, Target::Compose | Target::Kubernetes) {
            return Err(Failure::usage("`--image` is for the targets `compose` and `kubernetes`"));
        }
        let path = &self.spec.spec;
        let source = input::spec(path)?;
        let entrypoint = match self.target {
            Target::Script => Some(Entrypoint::Script),
            Target::Init => Some(Entrypoint::Init),
            Target::Dockerfile
            | Target::MultiStage
            | Target::Compose
            | Target::Kubernetes
            | Target::Timeline
            | Target::TimelineSvg => None,
        };
        let model = model_of(&source, entrypoint, &|module| input::module(path, module))?;
        let text = self.target.text(&model, &source, self.image.as_deref())?;
        let Some(file) = &self.check else { return output::print(&text).map(|()| Exit::Ok) };
        if output::is(file, text.as_bytes())? {
            return Ok(Exit::Ok);
        }
        let target = self.target.to_possible_value().map(|value| value.get_name().to_string()).unwrap_or_default();
        let (file, spec) = (file.display(), path.display());
        output::print(&format!("{file} is not what `wigwag render {target} {spec}` prints\n"))?;
        Ok(Exit::Differs)
    }
}

impl Target {
    fn text(self, model: &Model, source: &Source, image: Option<&str>) -> Result<String, Failure> {
        let unfit = match self {
            Self::MultiStage => render::unfit_for_multi_stage(model, &name(source)),
            Self::Kubernetes => render::unfit_for_kubernetes(model),
            Self::Script | Self::Init | Self::Dockerfile | Self::Compose | Self::Timeline | Self::TimelineSvg => {
                Vec::new()
            }
        };
        if !unfit.is_empty() {
            return Err(wrong(&unfit, source));
        }
        let text = match self {
            Self::Script => render::script(model),
            Self::Init => render::init(model, &artifacts::compile(model, &Real(&Programs::default()))?),
            Self::Dockerfile => render::dockerfile(model, Dockerfile::Snippet),
            Self::MultiStage => render::multi_stage(model, &name(source)),
            Self::Compose => render::compose(model, image),
            Self::Kubernetes => render::kubernetes(model, image),
            Self::Timeline => Ok(render::timeline(model)),
            Self::TimelineSvg => render::timeline_svg(model),
        };
        Ok(text?)
    }
}

/// The spec's name where the image is built.
fn name(source: &Source) -> String {
    let name = Path::new(&source.name).file_name().unwrap_or_default();
    if source.name == input::STANDARD_INPUT { DEFAULT_SPEC.into() } else { name.display().to_string() }
}

/// What is written besides.
pub fn extras(extras: &[Extra], model: &Model, source: &Source, image: Option<&str>) -> Result<Vec<File>, Failure> {
    let mut extras = extras.to_vec();
    extras.sort_unstable();
    extras.dedup();
    let file = |extra: Extra| {
        let (target, name) = extra.target();
        let content = target.text(model, source, image)?.into_bytes();
        Ok(File { name: name.into(), mode: 0o644, content })
    };
    extras.into_iter().map(file).collect()
}
