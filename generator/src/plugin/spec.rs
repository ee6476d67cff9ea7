//! A spec that has the plugin which is looked at here.

use std::{
    fs,
    path::{Path, PathBuf},
};

use wigwag::{model::Model, source::Source};
use wigwag_core::{Config, config::Plugin};

use crate::{checked, exit::Failure, input};

/// Which plugin of which spec it is.
pub struct Place<'a> {
    /// The spec.
    pub against: &'a Path,
    /// The plugin's name in it, if that was said; else it is the one whose `module` is the file.
    pub name: Option<&'a str>,
}

/// A plugin, and what it is part of.
pub struct Declared {
    pub config: Config,
    pub plugin: Plugin,
}

impl Place<'_> {
    /// The spec's idea of the plugin, which is checked with this file in its place.
    pub fn find(&self, file: &Path) -> Result<Declared, Failure> {
        let source = input::spec(self.against)?;
        let wanted = modules(&source).into_iter().find(|(name, module)| match self.name {
            Some(wanted) => wanted == name,
            None => is_same(&self.file(module), file),
        });
        let model = self.model(&source, wanted.as_ref().map(|(_, module)| module.as_str()), file)?;
        let plugin =
            wanted.and_then(|(name, _)| model.config.plugins.iter().find(|plugin| plugin.name == name).cloned());
        let plugin = plugin.ok_or_else(|| self.missing(file, &model))?;
        Ok(Declared { config: model.config, plugin })
    }

    fn model(&self, source: &Source, module: Option<&str>, file: &Path) -> Result<Model, Failure> {
        checked::model_of(source, None, &|path| {
            if module == Some(path) { input::plugin(file) } else { input::module(self.against, path) }
        })
    }

    fn file(&self, module: &str) -> PathBuf {
        self.against.parent().unwrap_or(Path::new("")).join(module)
    }

    fn missing(&self, file: &Path, model: &Model) -> Failure {
        let (spec, file) = (self.against.display(), file.display());
        let names: Vec<_> = model.config.plugins.iter().map(|plugin| format!("`{}`", plugin.name)).collect();
        let names =
            if names.is_empty() { "it has no plugin".into() } else { format!("its plugins are {}", names.join(", ")) };
        Failure::usage(match self.name {
            Some(name) => format!("`{spec}` has no plugin `{}`: {names}", name.escape_debug()),
            None => {
                format!("`{spec}` has no plugin whose `module` is `{file}`: {names}; `--name` says which one is meant")
            }
        })
    }
}

/// The plugins of a spec with their files, as far as they can be read: the rest is for the model to say.
fn modules(source: &Source) -> Vec<(String, String)> {
    let table: toml::Table = toml::from_str(&source.text).unwrap_or_default();
    let plugins = table.get("plugin").and_then(toml::Value::as_table).into_iter().flatten();
    plugins.filter_map(|(name, plugin)| Some((name.clone(), plugin.get("module")?.as_str()?.into()))).collect()
}

/// Whether both are the same file.
fn is_same(one: &Path, other: &Path) -> bool {
    let (one, other) = (fs::canonicalize(one), fs::canonicalize(other));
    matches!((one, other), (Ok(one), Ok(other)) if one == other)
}
