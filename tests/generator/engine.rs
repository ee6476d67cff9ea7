//! What a container engine makes of the Dockerfiles: an image of what `wigwag build` writes, and one in whose build wigwag runs.

use std::{
    ffi::OsStr,
    fs,
    path::Path,
    process::{self, Command, Stdio},
    sync::OnceLock,
};

use scenarios::{Result, built};

use crate::files::{self, Files};

/// The image that has wigwag, made as the README says, once.
pub fn tool() -> Result<&'static str> {
    static TOOL: OnceLock<std::result::Result<String, String>> = OnceLock::new();
    let tool = TOOL.get_or_init(|| import().map_err(|error| error.to_string()));
    tool.as_ref().map(String::as_str).map_err(|error| error.as_str().into())
}

fn import() -> Result<String> {
    let built = built()?;
    let directory = built.wigwag.parent().ok_or("the programs are in no directory")?;
    let name = name();
    let output =
        Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tool-image")).arg(&name).arg(directory).output()?;
    if !output.status.success() {
        return Err(format!("the image of wigwag cannot be made: {output:?}").into());
    }
    Ok(name)
}

fn name() -> String {
    format!("wigwag-generator-test:{}", process::id())
}

/// Removes it, if it was made.
pub fn remove_tool() {
    let _ = docker(["image", "rm", &name()]);
}

/// What is known of an image.
#[derive(Debug, PartialEq, Eq)]
pub struct Image {
    /// As the engine has it: STOPSIGNAL, ENTRYPOINT, CMD.
    pub config: (String, Vec<String>, Vec<String>),
    /// Its files.
    pub files: Files,
}

/// Builds the image of a context, on nothing, looks at it and removes it.
pub fn build(context: &Path, options: &[&str]) -> Result<Image> {
    let context = context.display().to_string();
    // Without the cache, or one build would use what another one removes.
    let words = ["build", "--quiet", "--no-cache", "--force-rm", "--build-arg", "BASE=scratch"];
    let id = docker(words.iter().chain(options).chain([&context.as_str()]))?;
    let image = look(&id);
    docker(["image", "rm", &id])?;
    image
}

fn look(id: &str) -> Result<Image> {
    let config = docker(["image", "inspect", "--format", "{{json .Config}}", id])?;
    let config: serde_json::Value = serde_json::from_str(&config)?;
    // None are `null`.
    let words =
        |key: &str| serde_json::from_value::<Option<Vec<String>>>(config[key].clone()).map(Option::unwrap_or_default);
    let signal = serde_json::from_value(config["StopSignal"].clone())?;
    let container = docker(["create", id])?;
    let directory = tempfile::tempdir()?;
    let mut export = Command::new("docker").args(["export", &container]).stdout(Stdio::piped()).spawn()?;
    let pipe = export.stdout.take().ok_or("docker has no output")?;
    let tar = Command::new("tar").args(["-x", "-C"]).arg(directory.path()).stdin(pipe).status()?;
    docker(["rm", &container])?;
    if !export.wait()?.success() || !tar.success() {
        return Err("the image's files cannot be had".into());
    }
    // What the engine adds to every container.
    let mut files = files::below(directory.path())?;
    files.retain(|name, _| {
        !["etc/", "dev/", ".dockerenv"].iter().any(|added| name.starts_with(added)) || name.starts_with("etc/wigwag/")
    });
    Ok(Image { config: (signal, words("Entrypoint")?, words("Cmd")?), files })
}

/// Copies the files of one directory into another.
pub fn copy(from: &Path, names: &[String], to: &Path) -> Result<()> {
    for name in names {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap_or(to))?;
        fs::copy(from.join(name), path)?;
    }
    Ok(())
}

fn docker<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Result<String> {
    let mut command = Command::new("docker");
    let output = command.args(args).env("DOCKER_BUILDKIT", "0").output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_string())
}
