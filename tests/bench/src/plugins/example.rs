//! The examples for authors of plugins, as `wigwag build` puts them into an image.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use scenarios::{Result, built};
use wigwag_core::{Config, config::Plugin, form};

use crate::inits::Init;

/// A plugin that makes SIGUSR2 of SIGUSR1.
pub struct Example {
    pub name: String,
    /// What init and host read.
    pub config: PathBuf,
    pub plugin: Plugin,
}

/// Modules, and how long an instance lives.
const EXAMPLES: [[&str; 2]; 4] =
    [["rewrite", "kept"], ["rewrite", "per-call"], ["rewrite-c", "kept"], ["rewrite-c", "per-call"]];

/// Where an image has the native code.
const PLACE: &str = "/etc/wigwag/plugins";

impl Example {
    /// All of them, built in this directory.
    pub fn all(directory: &Path) -> Result<Vec<Self>> {
        EXAMPLES.iter().map(|[module, life]| Self::new(directory, module, life)).collect()
    }

    fn new(directory: &Path, module: &str, life: &str) -> Result<Self> {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let name = format!("{module}, {life}");
        let image = directory.join(format!("{module}-{life}"));
        fs::create_dir_all(&image)?;
        let spec = fs::read_to_string(own.join("plugin.toml"))?
            .replace("../../plugins", &own.join("../../plugins").display().to_string())
            .replace("rewrite.wasm", &format!("{module}.wasm"))
            .replace("\"kept\"", &format!("\"{life}\""));
        let file = directory.join(format!("{module}-{life}.toml"));
        fs::write(&file, spec)?;
        let built = built()?;
        let mut command = Command::new(&built.wigwag);
        command.arg("build").arg(&file).arg("--output").arg(&image).stdout(Stdio::null());
        if !command.status()?.success() {
            return Err(format!("the spec for {name} is refused").into());
        }
        let here = image.join("plugins").display().to_string();
        let text = fs::read_to_string(image.join("init.toml"))?.replace(PLACE, &here);
        let mut read: Config = form::read(&text).map_err(|_| format!("the config for {name} cannot be read"))?;
        read.plugin_host = Some(built.host.display().to_string());
        let config = image.join("init.toml");
        fs::write(&config, form::write(&read))?;
        let plugin = read.plugins.into_iter().next().ok_or("a config without a plugin")?;
        Ok(Self { name, config, plugin })
    }

    /// An init that has it.
    pub fn init(&self) -> Result<Init> {
        Init::new("wigwag-init + plugin", &built()?.init, &["--config".into(), self.config.clone().into()])
    }
}
