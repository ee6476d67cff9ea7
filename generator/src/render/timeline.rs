//! The stop sequence against the grace period: what the steps of [`explain`](mod@wigwag_core::explain) look like.

mod svg;
mod text;
mod width;

use wigwag_core::{
    Config, Millis, ServiceId, Signal,
    config::{Hook, Task, Wait},
    explain::{self, Part, Step},
};

use self::width::shortened;
use crate::{model::Model, spec::Entrypoint};

/// The longest name of anything.
const LONGEST_NAME: usize = 40;

/// All of it.
struct Timeline {
    /// What it is about.
    title: String,
    /// What it comes to.
    sum: String,
    grace: Millis,
    lanes: Vec<Lane>,
}

/// One step.
struct Lane {
    class: Class,
    /// Whose it is, in a word.
    name: String,
    /// What is done there, in a few words.
    detail: String,
    /// The same in a sentence.
    sentence: String,
    begins: Millis,
    ends: Millis,
    /// The lanes that it waits for, besides those before it.
    after: Vec<usize>,
}

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Hook,
    Service,
    Leftovers,
    Margin,
}

impl Lane {
    /// What it may take.
    fn length(&self) -> Millis {
        self.ends.minus(self.begins)
    }
}

/// As text.
pub fn timeline(model: &Model) -> String {
    text::draw(&Timeline::new(model))
}

/// As a picture.
pub fn timeline_svg(model: &Model) -> Result<String, String> {
    svg::draw(&Timeline::new(model))
}

impl Timeline {
    fn new(model: &Model) -> Self {
        let config = &model.config;
        let grace = config.grace_period;
        let main = config.main().map_or("", |service| service.name.as_str());
        let lanes = match model.entrypoint {
            Entrypoint::Init => lanes(config),
            Entrypoint::Script => vec![alone(main, model.stop_signal(), grace)],
        };
        let needed = lanes.iter().map(|lane| lane.ends).max().unwrap_or_default();
        let sum = match (model.entrypoint, grace.minus(needed)) {
            (Entrypoint::Script, _) => format!("how much of the {grace} it takes is the program's own doing"),
            (Entrypoint::Init, Millis::ZERO) => format!("it takes all of the {grace} at the most"),
            (Entrypoint::Init, rest) => format!("it takes {needed} of the {grace} at the most, and leaves {rest}"),
        };
        let title = format!("{} asks `{}` to stop", model.stop_signal(), shortened(main, LONGEST_NAME));
        Self { title, sum, grace, lanes }
    }
}

/// A script is gone when the service runs: there is one step.
fn alone(name: &str, signal: Signal, grace: Millis) -> Lane {
    Lane {
        class: Class::Service,
        name: shortened(name, LONGEST_NAME),
        detail: signal.to_string(),
        sentence: format!("`{name}`: {signal}, and nothing but the platform ends it"),
        begins: Millis::ZERO,
        ends: grace,
        after: Vec::new(),
    }
}

fn lanes(config: &Config) -> Vec<Lane> {
    // Leftovers that nobody waits for take no time.
    let is_drawn = |step: &Step| step.part != Part::Leftovers || config.wait == Wait::All;
    let steps: Vec<Step> = explain::steps(config).into_iter().filter(is_drawn).collect();
    let place = |id: ServiceId| steps.iter().position(|step| step.part == Part::Service(id));
    steps
        .iter()
        .map(|step| {
            let (class, name, detail) = words(config, step.part);
            let after = match step.part {
                Part::Service(id) => config.successors(id).filter_map(place).collect(),
                Part::Hook(_) | Part::Leftovers | Part::Margin => Vec::new(),
            };
            let ends = step.begins.plus(step.limit.unwrap_or_default());
            Lane { class, name, detail, sentence: step.what.clone(), begins: step.begins, ends, after }
        })
        .collect()
}

fn words(config: &Config, part: Part) -> (Class, String, String) {
    match part {
        Part::Hook(id) => {
            let (point, work) = config.hook(id).map(|hook| (hook.point.name(), work(hook))).unwrap_or_default();
            (Class::Hook, point.to_string(), work)
        }
        Part::Service(id) => {
            let service = config.service(id);
            let name = service.map_or("", |service| service.name.as_str());
            let signal = service.map(|service| service.stop_signal.to_string()).unwrap_or_default();
            (Class::Service, shortened(name, LONGEST_NAME), signal)
        }
        Part::Leftovers => {
            let signal = config.leftover_signal().map(|signal| signal.to_string());
            (Class::Leftovers, "left behind".into(), signal.unwrap_or_else(|| "not told".into()))
        }
        Part::Margin => (Class::Margin, "margin".into(), "killing, reaping".into()),
    }
}

/// What a hook does.
fn work(hook: &Hook) -> String {
    match &hook.task {
        Task::Command(command) => {
            command.iter().map(|word| word.escape_debug().to_string()).collect::<Vec<_>>().join(" ")
        }
        Task::Plugin(plugin) => format!("plugin {}", plugin.escape_debug()),
        Task::Directory(_) | Task::Template(_) | Task::WaitFor(_) | Task::Sleep(_) | Task::HttpGet(_) => {
            hook.task.name().escape_debug().to_string()
        }
    }
}
