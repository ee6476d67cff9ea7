//! The spec as meant: checked, every default filled in.

mod allow;
mod budget;
mod calls;
mod chains;
mod container;
mod deliveries;
mod environment;
mod execution;
mod failure;
mod hooks;
mod order;
mod plugins;
mod preset;
mod readiness;
mod restarts;
mod script;
mod service;
mod services;
mod signals;
mod tasks;

use std::ops::Range;

use toml::Spanned;
use wigwag_core::{Config, Signal, budget as defaults, config};
use wigwag_engine::Platform;
use wigwag_presets::Preset;

pub use self::{plugins::Modules, script::is_kept_by_shells};
use crate::{
    component::Component,
    diagnostic::Diagnostic,
    source::Source,
    spec::{Container, Entrypoint, Field, List, Problems, Spec},
    suggest::quoted,
};

/// That of every platform, unless an image says otherwise.
const STOP_SIGNAL: Signal = Signal::TERM;

/// What a spec means.
#[derive(Clone, Debug)]
pub struct Model {
    /// What the container starts.
    pub entrypoint: Entrypoint,
    /// What it does; its plugins are not compiled yet, and have no artifacts.
    pub config: Config,
    /// The plugins' components, in the order of the config's plugins.
    pub components: Vec<Component>,
    /// Their files, as the spec names them.
    pub modules: Vec<Spanned<String>>,
    /// The platforms that they are compiled for.
    pub platforms: Vec<Platform>,
    /// What is known of the main service's program, if it names a preset.
    pub preset: Option<&'static Preset>,
    /// The names in `[env]`, with their places.
    pub variables: Vec<Spanned<String>>,
}

impl Model {
    /// The meaning of a spec, or everything that is wrong with it. A `target` takes the place of the spec's entrypoint;
    /// `modules` gives what is in the files of plugins.
    pub fn new(source: &Source, target: Option<Entrypoint>, modules: Modules) -> Result<Self, Vec<Diagnostic>> {
        let (spec, mut problems) = Spec::read(source);
        let model = spec.map(|spec| Self::check(&spec, target, modules, &mut problems));
        match model {
            Some(model) if problems.is_empty() => Ok(model),
            _ => Err(problems),
        }
    }

    /// The signal by which the platform asks for a stop; only without a spec there may be none.
    pub fn stop_signal(&self) -> Signal {
        self.config.stop_signal.unwrap_or(STOP_SIGNAL)
    }

    /// What could be understood; it is used only if there are no problems.
    fn check(spec: &Spec, target: Option<Entrypoint>, modules: Modules, problems: &mut Problems) -> Self {
        version(spec, problems);
        let nothing = Container::default();
        let container = spec.container.given().map_or(&nothing, Spanned::get_ref);
        let entrypoint = target.or_else(|| value(&container.entrypoint)).unwrap_or_else(|| preset::entrypoint(spec));
        let stop_signal = value(&container.stop_signal).or_else(|| preset::stop_signal(spec, entrypoint));
        let stop_signal = stop_signal.unwrap_or(STOP_SIGNAL);
        let grace_period = value(&container.grace_period).or_else(|| Some(preset::slowest(spec)?.0));
        preset::check(spec, container, entrypoint, problems);
        container::check(spec, container, problems);
        let plugins = plugins::all(spec, modules, problems);
        let mut config = Config {
            version: config::VERSION,
            stop_signal: Some(stop_signal),
            grace_period: grace_period.unwrap_or(defaults::DEFAULT_GRACE_PERIOD),
            leftover_timeout: container::leftover_timeout(container),
            leftover_signal: value(&container.leftover_signal),
            wait: value(&container.wait).unwrap_or_default(),
            repeat_stop: value(&container.repeat_stop).unwrap_or_default(),
            hold_until: value(&container.hold_until).unwrap_or_default(),
            exit_codes: container::exit_codes(container, problems),
            signals: signals::rules(spec, stop_signal, problems),
            env: environment::rules(spec, problems),
            services: services::all(spec, entrypoint, stop_signal, problems),
            hooks: hooks::all(spec, &plugins, problems),
            plugin_host: None,
            plugins: plugins.iter().map(|plugin| plugin.meant.clone()).collect(),
        };
        deliveries::fill_in(spec, &mut config, problems);
        preset::fill_in(spec, entrypoint, &mut config);
        match entrypoint {
            Entrypoint::Init => budget::fit(spec, container, &mut config, problems),
            Entrypoint::Script => script::refuse(spec, container, stop_signal, problems),
        }
        Self {
            entrypoint,
            config,
            modules: plugins.iter().filter_map(|plugin| plugin.module.cloned()).collect(),
            components: plugins.into_iter().filter_map(|plugin| plugin.component).collect(),
            platforms: plugins::platforms(spec, container, problems),
            preset: preset::of_main(spec),
            variables: spec.env.items().map(|(name, _)| name.clone()).collect(),
        }
    }
}

fn version(spec: &Spec, problems: &mut Problems) {
    if spec.version.is_absent() {
        problems.push(Diagnostic::new(0..0, "`version` is missing").help("the first line is `version = 1`"));
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

/// The command of the service at `owner`.
fn command(
    field: &Field<List<String>>,
    preset: Option<&Preset>,
    owner: Range<usize>,
    problems: &mut Problems,
) -> Vec<String> {
    match field {
        Field::Absent => {
            let known = preset.and_then(|preset| preset.command.as_ref());
            if known.is_none() {
                let problem = Diagnostic::new(owner, "`command` is missing");
                problems.push(problem.help(preset.map_or_else(
                    || example("command"),
                    |preset| {
                        format!("the preset {} has none, because yours has a name of its own", quoted(&preset.name))
                    },
                )));
            }
            known.map(|command| command.words.clone()).unwrap_or_default()
        }
        Field::Wrong => Vec::new(),
        Field::Given(words) => program(words, "command", problems),
    }
}

fn example(key: &str) -> String {
    format!("a program and its arguments: `{key} = [\"httpd\", \"-DFOREGROUND\"]`")
}

/// The program and its arguments that `key` is.
fn program(words: &Spanned<List<String>>, key: &str, problems: &mut Problems) -> Vec<String> {
    match words.get_ref().as_slice() {
        [] => {
            problems.push(Diagnostic::new(words.span(), format!("`{key}` is empty")).help(example(key)));
        }
        [program, ..] if program.get_ref().is_empty() => {
            problems.push(Diagnostic::new(program.span(), "the program's name is empty").help(example(key)));
        }
        [program, ..] if program.get_ref().starts_with('-') => problems.push(
            Diagnostic::new(program.span(), "a program's name cannot begin with `-`")
                .help("in a container's arguments such a word is one for the command: write the program's path"),
        ),
        [program] if is_line(program.get_ref()) => {
            problems.push(Diagnostic::new(program.span(), "the program and its arguments are one word").help(
                "every word is one of the array: `[\"httpd\", \"-DFOREGROUND\"]`; \
                 a shell line needs `[\"sh\", \"-c\", \"…\"]`",
            ));
        }
        [_, ..] => {}
    }
    words.get_ref().iter().map(|word| word.get_ref().clone()).collect()
}

/// Says that an item is there already.
fn twice<T: PartialEq>(list: &[Spanned<T>], name: fn(&T) -> String, problems: &mut Problems) {
    for (at, item) in list.iter().enumerate() {
        if let Some(first) = list.iter().take(at).find(|first| *first == item) {
            problems.push(
                Diagnostic::new(item.span(), format!("{} is named twice", quoted(&name(item.get_ref()))))
                    .related(first.span(), "the first time")
                    .help("keep one of them"),
            );
        }
    }
}

/// An absolute path.
fn path(path: &Spanned<String>, problems: &mut Problems) -> Option<String> {
    if path.get_ref().starts_with('/') {
        return Some(path.get_ref().clone());
    }
    problems.push(
        Diagnostic::new(path.span(), format!("{} is not an absolute path", quoted(path.get_ref())))
            .help("it begins with `/`, because a container's working directory may change"),
    );
    None
}

/// Whether it is a command line rather than a program's name: some of those have spaces, but none has options.
fn is_line(program: &str) -> bool {
    program.contains(" -") || !program.contains('/') && program.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests;
