//! Configs with plugins: made of a spec, or with a host that is scripted.

use std::{fs, path::Path, process::Command};

use super::CONFIG;
use crate::{Result, built, component};

/// A spec, in a case's folder.
pub const SPEC: &str = "spec.toml";

/// What `wigwag build` writes.
const OUTPUT: &str = "out";

/// Where a config has native code, in an image.
const IN_IMAGE: &str = "/etc/wigwag/";

/// What stands in a config for the path of the scripted host.
const SCRIPTED_HOST: &str = "{scripted-host}";

/// What stands in a spec, or in a text, for the working directory.
const DIRECTORY: &str = "{directory}";

/// Makes a config of the spec, in the directory, and the native code of its plugins. `NAME.wasm` is made of a `NAME.wat`, in
/// the case's folder or beside it.
pub fn build(folder: &Path, directory: &Path) -> Result<()> {
    let place = directory.display().to_string();
    let spec = fs::read_to_string(folder.join(SPEC))?.replace(DIRECTORY, &place);
    fs::write(directory.join(SPEC), &spec)?;
    for beside in [folder.parent().unwrap_or(folder), folder] {
        for entry in fs::read_dir(beside)? {
            let path = entry?.path();
            let module = Path::new(path.file_name().unwrap_or_default()).with_extension("wasm");
            let is_text = path.extension().is_some_and(|extension| extension == "wat");
            if is_text && spec.contains(&format!("\"{}\"", module.display())) {
                let text = fs::read_to_string(&path)?.replace(DIRECTORY, &place);
                let made = component::of_text(&text).map_err(|error| format!("{}: {error}", path.display()))?;
                fs::write(directory.join(module), made)?;
            }
        }
    }
    let cache = built()?.wigwag.with_file_name("cache");
    let mut wigwag = Command::new(&built()?.wigwag);
    wigwag.args(["build", SPEC, "--output", OUTPUT]).env("XDG_CACHE_HOME", cache).current_dir(directory);
    let output = wigwag.output()?;
    if !output.status.success() {
        return Err(format!("the spec is not built:\n{}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let config = fs::read_to_string(directory.join(OUTPUT).join(CONFIG))?;
    let host = built()?.host.display();
    let config = config.replace(IN_IMAGE, &format!("{place}/{OUTPUT}/"));
    let config = config.replacen("version = 1\n", &format!("version = 1\nplugin-host = \"{host}\"\n"), 1);
    Ok(fs::write(directory.join(CONFIG), config)?)
}

/// A config may name the scripted host.
pub fn name_scripted_host(directory: &Path) -> Result<()> {
    let file = directory.join(CONFIG);
    let Ok(config) = fs::read_to_string(&file) else { return Ok(()) };
    if config.contains(SCRIPTED_HOST) {
        fs::write(file, config.replace(SCRIPTED_HOST, &built()?.scripted_host.display().to_string()))?;
    }
    Ok(())
}
