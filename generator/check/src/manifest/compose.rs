//! Compose files.

use std::{collections::BTreeMap, rc::Rc};

use wigwag_core::Millis;

use super::{Built, Container, Grace, Hook, Words, hook, word, words};
use crate::{
    context::Files,
    dockerfile::{self, Word},
    duration,
    yaml::{Node, Value},
};

/// What Docker waits if nothing is said.
const GRACE: Millis = Millis(10_000);

/// The containers of the services.
pub fn containers(documents: &[Rc<Node>], files: Files) -> Vec<Container> {
    let services = documents.iter().filter_map(|document| document.get("services"));
    services
        .flat_map(|services| {
            let services = services.entries();
            let names = services.iter().filter_map(|(name, service)| Some((name.text()?, *service)));
            // Of several, the first one counts.
            let by_name: BTreeMap<_, _> = names.rev().collect();
            let service = |(name, service): (&Rc<Node>, &Rc<Node>)| {
                Some(container(word(name)?, &Service { service, services: &by_name }, files))
            };
            services.into_iter().filter_map(service).collect::<Vec<_>>()
        })
        .collect()
}

/// A service, and the others, of which it may extend one.
struct Service<'n> {
    service: &'n Node,
    services: &'n BTreeMap<&'n str, &'n Rc<Node>>,
}

impl<'n> Service<'n> {
    /// A value of its own, or of the service that it extends.
    fn get(&self, key: &str) -> Option<&'n Rc<Node>> {
        self.service.get(key).or_else(|| {
            let extends = self.service.get("extends")?;
            let is_here = extends.get("file").is_none();
            let name = extends.text().or_else(|| extends.get("service")?.text()).filter(|_| is_here)?;
            self.services.get(name)?.get(key)
        })
    }
}

fn container(name: Word, service: &Service, files: Files) -> Container {
    let grace = service.get("stop_grace_period");
    let period = grace.and_then(|node| duration::compose(node.text()?));
    let hooks = service.get("pre_stop").map(|hooks| hooks.items()).unwrap_or_default();
    let init = service.get("init").filter(|init| init.text() == Some("true"));
    let shares_pids = service.get("pid").is_some_and(|pid| pid.text().is_some());
    Container {
        name,
        image: service.get("image").and_then(|image| word(image)),
        built: service.get("build").and_then(|build| built(build, files)),
        entrypoint: service.get("entrypoint").and_then(|node| command(node)),
        command: service.get("command").and_then(|node| command(node)),
        stop_signal: service.get("stop_signal").and_then(|signal| word(signal)),
        grace: Grace {
            period: period.unwrap_or(GRACE),
            // One that only Compose can read, as it has a variable in it, is not known.
            span: grace.filter(|_| period.is_some()).map(|grace| grace.span.clone()),
            key: "stop_grace_period",
        },
        pre_stop: hooks.iter().filter_map(|hook| pre_stop(hook)).collect(),
        init: init.map(|init| init.span.clone()),
        is_pid_1: !shares_pids,
    }
}

/// A list is taken as it is; a text is divided into words, and no shell is started.
fn command(node: &Node) -> Option<Words> {
    match &node.value {
        Value::Sequence(_) => {
            let mut words = words(node);
            words.words.iter_mut().for_each(|word| word.value = interpolated(&word.value));
            Some(words)
        }
        Value::Scalar(_) => {
            let divided = shlex::split(node.text()?)?;
            let word = |value: String| Word { value: interpolated(&value), span: node.span.clone() };
            Some(Words { words: divided.into_iter().map(word).collect(), span: node.span.clone() })
        }
        Value::Mapping(_) => None,
    }
}

/// What Compose makes of a text: it replaces `$NAME` itself, by what nobody knows here, and `$$` by `$`.
fn interpolated(text: &str) -> String {
    let mut parts = text.split("$$");
    let first = parts.next().unwrap_or_default().replace('$', "");
    parts.fold(first, |text, part| format!("{text}${}", part.replace('$', "")))
}

fn pre_stop(hook: &Node) -> Option<Hook> {
    let command = hook.get("command")?;
    let words: Vec<_> = self::command(command)?.words.into_iter().map(|word| word.value).collect();
    Some(Hook { takes: hook::sleeps(&words), span: command.span.clone() })
}

/// The image that a service is built to.
fn built(build: &Node, files: Files) -> Option<Built> {
    let context = build.text().or_else(|| build.get("context")?.text()).unwrap_or(".").trim_end_matches('/');
    let file = build.get("dockerfile").and_then(|file| file.text()).unwrap_or("Dockerfile");
    let (name, text) = match build.get("dockerfile_inline") {
        Some(inline) => ("dockerfile_inline".to_string(), inline.text()?.to_string()),
        None => files(&format!("{context}/{file}")).map(|file| (file.name, file.text))?,
    };
    let mut images = dockerfile::images(&text).ok()?;
    let image = match build.get("target").and_then(|target| target.text()) {
        Some(target) => images.into_iter().find(|image| image.stage.as_deref() == Some(target)),
        None => images.pop(),
    };
    Some(Built { image: image?, name, text, context: context.to_string() })
}
