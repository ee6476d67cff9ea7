//! Hooks that call plugins.

use toml::Spanned;
use wigwag_core::config::HookPoint;

use super::{
    hooks::{a, at},
    plugins::Loaded,
};
use crate::{
    diagnostic::Diagnostic,
    spec::{Field, Hook, Problems, Spec},
    suggest::{nearest, quoted},
};

/// Says so if no hook calls the plugin.
pub fn is_called(spec: &Spec, name: &Spanned<String>, problems: &mut Problems) {
    let hooks = || HookPoint::ALL.into_iter().flat_map(|point| at(spec, point)).map(|hook| &hook.get_ref().plugin);
    let calls = hooks().any(|plugin| plugin.given().is_some_and(|plugin| plugin == name));
    // What could not be read may be the one.
    let is_unknown = spec.hook.is_wrong()
        || spec
            .hook
            .given()
            .is_some_and(|points| HookPoint::ALL.into_iter().any(|point| points.get_ref().at(point).is_wrong()))
        || hooks().any(Field::is_wrong);
    if !calls && !is_unknown {
        let shown = name.get_ref().escape_debug();
        problems.push(
            Diagnostic::new(name.span(), format!("no hook calls {}", quoted(name.get_ref())))
                .help(format!("one does by `plugin = \"{shown}\"`, such as below `[[hook.post-stop]]`")),
        );
    }
}

/// The name of the plugin that a hook calls, if it is one that there is.
pub fn check(
    spec: &Spec,
    hook: &Hook,
    point: HookPoint,
    plugins: &[Loaded],
    problems: &mut Problems,
) -> Option<String> {
    let name = hook.plugin.given()?;
    for (key, place) in hook.execution.written() {
        problems.push(
            Diagnostic::new(place, format!("`{key}` is for commands: a plugin's process is always locked in"))
                .help("leave it out; what the plugin may do is `[plugin.NAME.allow]`"),
        );
    }
    match plugins.iter().find(|plugin| plugin.name == name) {
        Some(plugin) => implements(plugin, name, point, problems),
        None if spec.plugin.is_wrong() => {}
        None => {
            let shown = name.get_ref().escape_debug();
            let help = match nearest(name.get_ref(), plugins.iter().map(|plugin| plugin.name.get_ref().as_str())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("a plugin is a table: `[plugin.{shown}]`, and below it `module = \"{shown}.wasm\"`"),
            };
            problems.push(
                Diagnostic::new(name.span(), format!("there is no plugin {}", quoted(name.get_ref()))).help(help),
            );
        }
    }
    Some(name.get_ref().clone())
}

/// Says so if the plugin has nothing for this point.
fn implements(plugin: &Loaded, call: &Spanned<String>, point: HookPoint, problems: &mut Problems) {
    let (Some(module), Some(component)) = (plugin.module, &plugin.component) else { return };
    let hooks = component.hooks();
    if hooks.contains(&point) {
        return;
    }
    let exports: Vec<String> = hooks.iter().map(|point| format!("`{}`", point.name())).collect();
    let exports = if exports.is_empty() { "no hook".to_string() } else { exports.join(", ") };
    let file = quoted(module.get_ref());
    problems.push(
        Diagnostic::new(call.span(), format!("{file} has no `{}`: it exports {exports}", point.name()))
            .related(module.span(), "the file")
            .help(match hooks.first() {
                Some(other) => format!("`[[hook.{}]]` can call it; {} needs the export", other.name(), a(point)),
                None => format!("{} calls the function of that name, which the plugin must export", a(point)),
            }),
    );
}
