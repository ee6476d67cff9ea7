//! What a spec must say for a plugin to be loaded.

use std::path::Path;

use wigwag_core::{config::HookPoint, plugin::capability::Capability};

/// The plugin's part of a spec: to be pasted, and its examples to be replaced.
pub fn block(name: &str, module: &Path, imports: &[Capability]) -> String {
    let module = toml::Value::from(module.to_string_lossy().as_ref());
    let mut lines = vec![format!("[plugin.{name}]"), format!("module = {module}")];
    if !imports.is_empty() {
        lines.extend([String::new(), format!("[plugin.{name}.allow]")]);
        lines.extend(imports.iter().map(|capability| capability.line().to_string()));
    }
    lines.join("\n") + "\n"
}

/// The hooks' part of a spec.
pub fn hooks(name: &str, hooks: &[HookPoint]) -> String {
    hooks.iter().map(|point| hook(name, *point)).collect::<Vec<_>>().join("\n")
}

/// What makes a spec call the plugin at this point.
pub fn hook(name: &str, point: HookPoint) -> String {
    let word = point.name();
    let rest = match point {
        HookPoint::OnSignal => "signal = \"SIGTERM\"\n",
        HookPoint::PreStart | HookPoint::PostStart => "",
        HookPoint::PreStop | HookPoint::PostStop => "timeout = \"2s\"\n",
    };
    format!("[[hook.{word}]]\nplugin = \"{name}\"\n{rest}")
}

/// A name for the plugin of this file.
pub fn name(module: &Path) -> String {
    let stem = module.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name = stem.replace(|character: char| !character.is_ascii_alphanumeric() && character != '-', "-");
    let name = name.trim_matches('-');
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name.into()
    } else {
        format!("plugin-{name}").trim_end_matches('-').into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pasted_is_toml_and_grants_all_that_is_asked_for() {
        let module = Path::new("plugins/it's \"my\" plugin.wasm");
        let text = format!("{}\n{}", block("x", module, &Capability::ALL), hooks("x", &HookPoint::ALL));
        let value: toml::Table = toml::from_str(&text).unwrap();
        let plugin = &value["plugin"]["x"];
        assert_eq!(plugin["module"].as_str(), module.to_str());
        assert_eq!(plugin["allow"].as_table().unwrap().len(), Capability::ALL.len());
        for point in HookPoint::ALL {
            assert_eq!(value["hook"][point.name()][0]["plugin"].as_str(), Some("x"));
        }
    }

    #[test]
    fn every_file_has_a_name() {
        let cases = [
            ("plugins/luks-close.wasm", "luks-close"),
            ("My Plugin.component.wasm", "my-plugin-component"),
            ("/tmp/7.wasm", "plugin-7"),
            ("ü", "plugin-"),
        ];
        for (path, expected) in cases {
            assert_eq!(name(Path::new(path)), expected.trim_end_matches('-'), "{path}");
        }
    }
}
