//! The native code of plugins, and where it goes.

use wigwag_core::{
    Config,
    config::{self, Plugin},
};
use wigwag_engine::{ENGINE, Platform};

use crate::{component::Compiled, image::Supplies, model::Model};

/// The native code of a plugin for a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// The plugin.
    pub plugin: String,
    /// The platform.
    pub platform: Platform,
    /// The code.
    pub compiled: Compiled,
}

impl Artifact {
    /// Its file: `luks.linux-amd64.cwasm`.
    pub fn file(&self) -> String {
        file(&self.plugin, self.platform)
    }
}

fn file(plugin: &str, platform: Platform) -> String {
    format!("{plugin}.{}.cwasm", platform.name().replace('/', "-"))
}

/// The files of every plugin, for every platform.
pub fn files(model: &Model) -> impl Iterator<Item = String> {
    let plugins = model.config.plugins.iter();
    plugins.flat_map(|plugin| model.platforms.iter().map(|platform| file(&plugin.name, *platform)))
}

/// Compiles every plugin for every platform.
pub fn compile<S: Supplies>(model: &Model, supplies: &S) -> Result<Vec<Artifact>, S::Error> {
    let mut artifacts = Vec::new();
    for (plugin, component) in model.config.plugins.iter().zip(&model.components) {
        for &platform in &model.platforms {
            let compiled = supplies.compile(component, platform)?;
            artifacts.push(Artifact { plugin: plugin.name.clone(), platform, compiled });
        }
    }
    Ok(artifacts)
}

/// The config with the artifacts in it, which are files of this directory.
pub fn configure(config: &Config, artifacts: &[Artifact], directory: &str) -> Config {
    let plugins = config.plugins.iter().map(|plugin| {
        let own = artifacts.iter().filter(|artifact| artifact.plugin == plugin.name);
        let artifacts = own.map(|artifact| config::Artifact {
            platform: artifact.platform.to_string(),
            engine: ENGINE.to_string(),
            file: format!("{directory}/{}", artifact.file()),
            sha256: artifact.compiled.sha256.clone(),
        });
        Plugin { artifacts: artifacts.collect(), ..plugin.clone() }
    });
    Config { plugins: plugins.collect(), ..config.clone() }
}
