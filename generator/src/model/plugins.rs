//! The plugins: what each is, and for whom it is compiled.

use std::collections::BTreeMap;

use toml::Spanned;
use wigwag_core::config::{self, DEFAULT_MEMORY};
use wigwag_engine::Platform;

use super::{allow, calls, twice, value};
use crate::{
    component::Component,
    diagnostic::Diagnostic,
    spec::{Container, Field, Plugin, Problems, Size, Spec},
    suggest::quoted,
};

/// The longest name: it is part of the names of files.
const LONGEST_NAME: usize = 64;

/// Gives what is in a plugin's file, which is named as in the spec, or says why it cannot be read.
pub type Modules<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// A plugin as meant.
pub struct Loaded<'s> {
    /// As it is named in the spec.
    pub name: &'s Spanned<String>,
    /// Its file, as it is named in the spec, if it is.
    pub module: Option<&'s Spanned<String>>,
    /// What is in the file, unless something is wrong with that.
    pub component: Option<Component>,
    /// For the config.
    pub meant: config::Plugin,
}

/// Every plugin, in the order of the file.
pub fn all<'s>(spec: &'s Spec, modules: Modules, problems: &mut Problems) -> Vec<Loaded<'s>> {
    let nothing = Plugin::default();
    let mut plugins = Vec::new();
    for (name, written) in spec.plugin.items() {
        check_name(name, problems);
        calls::is_called(spec, name, problems);
        let component = written.given().and_then(|written| component(name, written.get_ref(), modules, problems));
        if let (Some(written), Some(component)) = (written.given(), &component) {
            agree(name, written.get_ref(), component, problems);
        }
        let module = written.given().and_then(|written| written.get_ref().module.given());
        let written = written.given().map_or(&nothing, Spanned::get_ref);
        plugins.push(Loaded { name, module, component, meant: meant(spec, name, written, problems) });
    }
    plugins
}

fn meant(spec: &Spec, name: &Spanned<String>, written: &Plugin, problems: &mut Problems) -> config::Plugin {
    let settings = written.settings.items();
    let settings =
        settings.filter_map(|(key, value)| Some((key.get_ref().clone(), value.given()?.get_ref().0.clone())));
    config::Plugin {
        name: name.get_ref().clone(),
        artifacts: Vec::new(),
        instance: value(&written.instance).unwrap_or_default(),
        memory: memory(written),
        settings: settings.collect::<BTreeMap<_, _>>(),
        allow: written.allow.given().map(|table| allow::check(spec, table.get_ref(), problems)).unwrap_or_default(),
    }
}

fn memory(written: &Plugin) -> u32 {
    value(&written.memory).map_or(DEFAULT_MEMORY, |Size(bytes)| bytes)
}

fn check_name(name: &Spanned<String>, problems: &mut Problems) {
    let text = name.get_ref();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if text.is_empty() || text.len() > LONGEST_NAME || !text.bytes().all(is_plain) {
        problems.push(
            Diagnostic::new(name.span(), format!("{} cannot be a plugin's name", quoted(text)))
                .help(format!("letters `A-Z a-z`, digits, `.`, `_` and `-`, {LONGEST_NAME} at most")),
        );
    }
}

/// What is in the plugin's file, if it can be a plugin.
fn component(name: &Spanned<String>, written: &Plugin, modules: Modules, problems: &mut Problems) -> Option<Component> {
    let module = match &written.module {
        Field::Given(module) => module,
        Field::Wrong => return None,
        Field::Absent => {
            problems.push(
                Diagnostic::new(name.span(), "`module` is missing").help("the plugin's file: `module = \"luks.wasm\"`"),
            );
            return None;
        }
    };
    let file = quoted(module.get_ref());
    let bytes = modules(module.get_ref()).map_err(|error| {
        Diagnostic::new(module.span(), format!("{file} cannot be read: {error}"))
            .help("`module` is the path of a file, from the spec's directory on")
    });
    let component = bytes.and_then(|bytes| {
        Component::new(&bytes).map_err(|what| {
            Diagnostic::new(module.span(), format!("{file} is no plugin: {what}"))
                .help("a compiler makes it from its source; `wigwag plugin new` shows how")
        })
    });
    component.map_err(|problem| problems.push(problem)).ok()
}

/// Says where the spec and the component do not agree; what they are called for is looked at with the hooks.
fn agree(name: &Spanned<String>, written: &Plugin, component: &Component, problems: &mut Problems) {
    let file = written.module.given().map(|module| quoted(module.get_ref())).unwrap_or_default();
    if let Some(settings) = written.settings.given().filter(|settings| !settings.get_ref().is_empty())
        && !component.has_lifecycle()
    {
        problems.push(
            Diagnostic::new(settings.span(), format!("nobody reads these: {file} has no `lifecycle`"))
                .help("leave them out; a plugin is told its settings by `init` of the interface `lifecycle`"),
        );
    }
    let (has, needs) = (memory(written), component.memory());
    if !written.memory.is_wrong() && u64::from(has) < needs {
        let place = written.memory.place().or_else(|| written.module.place()).unwrap_or_else(|| name.span());
        problems.push(
            Diagnostic::new(place, format!("{file} has {needs} bytes of memory at its start, and may have {has}"))
                .help(format!("at least `memory = \"{}K\"`", needs.div_ceil(1 << 10))),
        );
    }
    if written.allow.is_wrong() || written.allow.given().is_some_and(|allow| allow.get_ref().has_wrong()) {
        return;
    }
    let granted = written.allow.given().map(|allow| allow::granted(allow.get_ref())).unwrap_or_default();
    for denial in granted.missing(component.imports().iter().copied()) {
        let place = written.allow.place().unwrap_or_else(|| name.span());
        problems.push(
            Diagnostic::new(place, format!("{file} imports `{}`, which it is not allowed", denial.capability))
                .help(format!("write `{}` below `[plugin.{}.allow]`", denial.line, name.get_ref().escape_debug())),
        );
    }
}

/// The platforms that plugins are compiled for.
pub fn platforms(spec: &Spec, container: &Container, problems: &mut Problems) -> Vec<Platform> {
    let has_plugins = !spec.plugin.is_absent();
    match &container.platforms {
        Field::Given(list) if !has_plugins => problems.push(
            Diagnostic::new(list.span(), "`platforms` means nothing: there is no plugin to be compiled for them")
                .help("leave it out"),
        ),
        Field::Given(list) if list.get_ref().is_empty() => problems.push(
            Diagnostic::new(list.span(), "`platforms` is empty")
                .help("leave it out for that of this machine, or write such as `[\"linux/amd64\"]`"),
        ),
        Field::Given(list) => {
            twice(list.get_ref(), Platform::to_string, problems);
            return list.get_ref().iter().map(|platform| *platform.get_ref()).collect();
        }
        Field::Absent if has_plugins && Platform::native().is_none() => problems.push(
            Diagnostic::new(0..0, "plugins cannot be compiled for this machine's platform")
                .help("write those of the image: `platforms = [\"linux/amd64\"]` below `[container]`"),
        ),
        Field::Absent | Field::Wrong => {}
    }
    Platform::native().filter(|_| has_plugins).into_iter().collect()
}
