//! The cases of a container engine: every folder beside this file is one. They are skipped where no engine answers,
//! and where the packages for the base image are not installed; in CI that is a failure.
//!
//! Everything that they make is labelled `wigwag-test` and removed, but for the base image, which is kept for the next
//! time, and that of the presets (`distribution.rs`); `docker image rm $(docker images -q "wigwag-test-*")` removes them.

mod base;
mod beside;
mod case;
mod disk;
mod distribution;
mod docker;
mod image;
mod neighbour;
mod picture;
mod prove;
mod run;

use std::{fs, path::Path, sync::Arc};

use case::{Base, Case};
use image::Images;
use libtest_mimic::{Arguments, Trial};
use picture::Picture;
use scenarios::Result;

/// Containers that run side by side. They wait more than they compute.
const AT_ONCE: usize = 4;

fn main() -> Result<()> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let cases = cases(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/engines")))?;
    if !arguments.list
        && let Some(obstacle) = obstacle()
    {
        return scenarios::skip(cases.len(), &obstacle);
    }
    let needs_presets = |case: &Arc<Case>| case.base == Base::Presets;
    if !arguments.list && cases.iter().any(needs_presets) {
        distribution::begin();
    }
    let images = Arc::new(Images::default());
    let picture = Arc::new(Picture::new(&cases));
    let mut trials: Vec<Trial> = cases.iter().flat_map(|case| trials(case, &images, &picture)).collect();
    // What takes longest begins first, but for what must wait for its image.
    trials.sort_by_key(|trial| (trial.name().starts_with("preset-"), !trial.name().contains("full grace period")));
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !arguments.list {
        docker::remove_images()?;
    }
    if !conclusion.has_failed() {
        picture.compare()?;
    }
    conclusion.exit();
}

/// Why the cases cannot be run here.
fn obstacle() -> Option<String> {
    if !docker::answers() {
        return Some("no Docker engine answers `docker info`".to_string());
    }
    base::image().err().map(|error| format!("the base image cannot be made of what is installed here: {error}"))
}

fn cases(directory: &Path) -> Result<Vec<Arc<Case>>> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(directory)? {
        let folder = entry?.path();
        if folder.is_dir() {
            cases.push(Arc::new(Case::read(&folder)?));
        }
    }
    cases.sort_by_key(|case| case.name());
    Ok(cases)
}

fn trials(case: &Arc<Case>, images: &Arc<Images>, picture: &Arc<Picture>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for run in &case.runs {
        for time in 1..=run.repeat {
            let (case, run, images, picture) = (case.clone(), run.clone(), images.clone(), picture.clone());
            let times = if run.repeat > 1 { format!(", {time} of {}", run.repeat) } else { String::new() };
            let name = format!("{}: {}{times}", case.name(), run.name);
            let is_impossible = run.expect.device.is_some() && !disk::is_possible()
                || case.base == Base::Presets && !distribution::is_possible();
            let trial = Trial::test(name, move || {
                let image = images.get(&case, &run)?;
                let outcome = run.run(&image, &case.folder)?;
                picture.add(&run, &outcome);
                Ok(())
            });
            trials.push(trial.with_ignored_flag(is_impossible));
        }
    }
    trials
}
