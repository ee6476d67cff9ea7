//! The spec as meant: checked, every default filled in.

mod budget;
mod environment;
mod hooks;
mod script;
mod service;
mod signals;

use std::ops::Range;

use toml::Spanned;
use wigwag_core::{Config, Signal, budget as defaults, config};

pub use self::script::is_kept_by_shells;
use crate::{
    diagnostic::Diagnostic,
    source::Source,
    spec::{Container, Entrypoint, Field, List, Problems, Spec},
};

/// What a spec means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// What the container starts.
    pub entrypoint: Entrypoint,
    /// What it does.
    pub config: Config,
}

impl Model {
    /// The meaning of a spec, or everything that is wrong with it. A `target` takes the place of the spec's entrypoint.
    pub fn new(source: &Source, target: Option<Entrypoint>) -> Result<Self, Vec<Diagnostic>> {
        let (spec, mut problems) = Spec::read(source);
        let model = spec.map(|spec| Self::check(&spec, target, &mut problems));
        match model {
            Some(model) if problems.is_empty() => Ok(model),
            _ => Err(problems),
        }
    }

    /// What could be understood; it is used only if there are no problems.
    fn check(spec: &Spec, target: Option<Entrypoint>, problems: &mut Problems) -> Self {
        version(spec, problems);
        let nothing = Container::default();
        let container = spec.container.given().map_or(&nothing, Spanned::get_ref);
        let entrypoint = target.or_else(|| value(&container.entrypoint)).unwrap_or_default();
        let stop_signal = value(&container.stop_signal).unwrap_or(Signal::TERM);
        signals::can_be_received(&container.stop_signal, "stop-signal", problems);

        let mut config = Config {
            version: config::VERSION,
            stop_signal,
            grace_period: value(&container.grace_period).unwrap_or(defaults::DEFAULT_GRACE_PERIOD),
            leftover_timeout: value(&container.leftover_timeout).unwrap_or(defaults::DEFAULT_LEFTOVER_TIMEOUT),
            service: service::main(spec, stop_signal, problems),
            signals: signals::rules(spec, stop_signal, problems),
            env: environment::rules(spec, problems),
            hooks: hooks::all(spec, problems),
        };
        match entrypoint {
            Entrypoint::Init => budget::fit(spec, container, &mut config, problems),
            Entrypoint::Script => script::refuse(spec, container, stop_signal, problems),
        }
        Self { entrypoint, config }
    }
}

fn version(spec: &Spec, problems: &mut Problems) {
    match &spec.version {
        Field::Given(version) if *version.get_ref() != 1 => problems.push(
            Diagnostic::new(version.span(), format!("version {} is not known", version.get_ref()))
                .help("this wigwag reads `version = 1`"),
        ),
        Field::Absent => {
            problems.push(Diagnostic::new(0..0, "`version` is missing").help("the first line is `version = 1`"));
        }
        Field::Given(_) | Field::Wrong => {}
    }
}

/// The value, if there is one.
fn value<T: Copy>(field: &Field<T>) -> Option<T> {
    field.given().map(|value| *value.get_ref())
}

/// A list without the places of its items.
fn items(field: &Field<List<String>>) -> Vec<String> {
    field.items().map(|item| item.get_ref().clone()).collect()
}

/// The command of what stands at `owner`.
fn command(field: &Field<List<String>>, owner: Range<usize>, problems: &mut Problems) -> Vec<String> {
    let example = "a program and its arguments: `command = [\"httpd\", \"-DFOREGROUND\"]`";
    match field {
        Field::Absent => problems.push(Diagnostic::new(owner, "`command` is missing").help(example)),
        Field::Wrong => {}
        Field::Given(words) => match words.get_ref().first() {
            None => problems.push(Diagnostic::new(words.span(), "`command` is empty").help(example)),
            Some(program) if program.get_ref().is_empty() => {
                problems.push(Diagnostic::new(program.span(), "the program's name is empty").help(example));
            }
            Some(program) if program.get_ref().starts_with('-') => problems.push(
                Diagnostic::new(program.span(), "a program's name cannot begin with `-`")
                    .help("in a container's arguments such a word is one for the command: write the program's path"),
            ),
            Some(_) => {}
        },
    }
    items(field)
}

#[cfg(test)]
mod tests;
