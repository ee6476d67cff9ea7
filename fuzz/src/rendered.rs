//! What must hold of a spec that is right.

use wigwag::{
    artifacts, diagnostic,
    diagnostic::Diagnostic,
    model::Model,
    render::{self, Dockerfile},
    source::Source,
    spec::Entrypoint,
};
use wigwag_core::{Config, form};

use crate::words;

/// What an error says that nobody can bring about.
const BUG: &str = "this is a bug of wigwag";

/// As much of a service's name as platforms take.
const LONGEST_LABEL: usize = 63;

/// What a text means, for an entrypoint; or else it is looked at what is told.
pub fn model(source: &Source, entrypoint: Option<Entrypoint>) -> Option<Model> {
    match Model::new(source, entrypoint, &|_| Err("there are no files here".into())) {
        Ok(model) => Some(model),
        Err(problems) => {
            told(&problems, source);
            None
        }
    }
}

fn told(problems: &[Diagnostic], source: &Source) {
    assert!(!problems.is_empty());
    for problem in problems {
        for span in std::iter::once(&problem.span).chain(problem.related.iter().map(|(span, _)| span)) {
            assert!(span.start <= span.end && span.end <= source.text.len(), "{problem:?}");
        }
        assert!(!problem.message.is_empty(), "{problem:?}");
    }
    let text = diagnostic::render(problems, source, false);
    // Nothing of a file may steer the terminal.
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
}

/// Every target of a model can be made and read.
pub fn all(model: &Model, source: &Source) {
    // A script is not held to a budget, and has no config.
    if model.entrypoint == Entrypoint::Init {
        config(model);
    }
    for text in [render::dockerfile(model, Dockerfile::Complete), multi_stage(model)] {
        text.map_or_else(too_long, |text| drop(words::dockerfile_command(&text)));
    }
    drop(render::dockerfile(model, Dockerfile::Snippet).map_err(too_long));
    let service: String = service(model).chars().take(LONGEST_LABEL).collect();
    words::yaml(&render::compose(model, None).expect("a right model"), &["services", &service, "command"]);
    let unfit = render::unfit_for_kubernetes(model);
    if unfit.is_empty() {
        let path = ["spec", "template", "spec", "containers", "0", "args"];
        words::yaml(&render::kubernetes(model, None).expect("a right model"), &path);
    } else {
        told(&unfit, source);
    }
    let timeline = render::timeline(model);
    assert!(!timeline.contains(|c: char| c.is_control() && c != '\n'), "{timeline:?}");
    render::timeline_svg(model).expect("a right model");
}

/// The script of a model that is right as one.
pub fn script(model: &Model) {
    words::commands(&render::script(model).expect("a right model"));
}

fn service(model: &Model) -> &str {
    model.config.main().map_or("", |service| service.name.as_str())
}

fn multi_stage(model: &Model) -> Result<String, String> {
    assert_eq!(render::unfit_for_multi_stage(model, "wigwag.toml"), []);
    render::multi_stage(model, "wigwag.toml")
}

fn too_long(error: String) {
    assert!(!error.contains(BUG), "{error}");
}

/// The config is right, and both readers read what was meant.
fn config(model: &Model) {
    assert_eq!(model.config.problems(), Vec::<String>::new());
    let text = render::init(model, &[]).expect("a right model");
    assert_eq!(form::read::<Config>(&text).as_ref(), Ok(&artifacts::configure(&model.config, &[], "")));
    toml::from_str::<toml::Table>(&text).expect("a config is TOML");
}
