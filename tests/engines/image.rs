//! Building a case's image as a user does: a Dockerfile, and on top of it what `wigwag build` makes of a spec.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::Command,
    sync::{Mutex, PoisonError},
};

use scenarios::{Result, built};

use crate::{
    base,
    case::{Base, Case, Run},
    distribution,
    docker::{docker, own_label},
};

/// Programs that ask those of the presets.
const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients");

/// The images of this process, each built once.
#[derive(Default)]
pub struct Images(Mutex<BTreeMap<String, String>>);

impl Images {
    /// The name of the run's image.
    pub fn get(&self, case: &Case, run: &Run) -> Result<String> {
        // Minutes, the first time, in which others are built.
        if case.base == Base::Presets {
            distribution::image()?;
        }
        // Held while building: a second builder would only wait for the same disk.
        let mut images = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let target = run.target.as_deref().unwrap_or("latest");
        let plain =
            once(&mut images, format!("{}:{target}", case.name()), |name| plain(case, run.target.as_deref(), name))?;
        let Some(spec) = &run.spec else { return Ok(plain) };
        let tag = spec.trim_end_matches(".toml");
        once(&mut images, format!("{}:{target}-{tag}", case.name()), |name| generated(case, spec, &plain, name))
    }
}

fn once(
    images: &mut BTreeMap<String, String>,
    name: String,
    build: impl FnOnce(&str) -> Result<String>,
) -> Result<String> {
    if let Some(image) = images.get(&name) {
        return Ok(image.clone());
    }
    let image = build(&format!("wigwag-test/{name}"))?;
    images.insert(name, image.clone());
    Ok(image)
}

/// From the case's own Dockerfile, with what it may copy: its files, our binaries, a static busybox.
fn plain(case: &Case, target: Option<&str>, name: &str) -> Result<String> {
    let context = tempfile::tempdir()?;
    for entry in fs::read_dir(&case.folder)? {
        let entry = entry?;
        fs::copy(entry.path(), context.path().join(entry.file_name()))?;
    }
    let built = built()?;
    for binary in [&built.init, &built.probe, Path::new("/bin/busybox")] {
        fs::copy(binary, context.path().join(binary.file_name().unwrap_or_default()))?;
    }
    let target: Vec<&str> = target.iter().flat_map(|target| ["--target", target]).collect();
    let base = match case.base {
        Base::Small => base::image()?,
        Base::Presets => {
            for entry in fs::read_dir(CLIENTS)? {
                let entry = entry?;
                fs::copy(entry.path(), context.path().join(entry.file_name()))?;
            }
            distribution::image()?
        }
    };
    build(name, &base, context.path(), &target)
}

/// As `wigwag build --help` says it.
fn generated(case: &Case, spec: &str, base: &str, name: &str) -> Result<String> {
    let context = tempfile::tempdir()?;
    let mut command = Command::new(&built()?.wigwag);
    command.arg("build").arg(case.folder.join(spec)).arg("--output").arg(context.path());
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    build(name, base, context.path(), &[])
}

fn build(name: &str, base: &str, context: &Path, options: &[&str]) -> Result<String> {
    let (base, label, context) = (format!("BASE={base}"), own_label(), context.display().to_string());
    let words = ["build", "--quiet", "--label", &label, "--tag", name, "--build-arg", &base];
    docker(words.iter().chain(options).chain([&context.as_str()]))?;
    Ok(name.to_string())
}
