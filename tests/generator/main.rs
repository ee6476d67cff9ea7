//! The cases of the generator: every folder beside this file is one.
//!
//! | in the folder | |
//! |---|---|
//! | `spec.toml` | the spec |
//! | `spec.repeat` | instead of it: parts of a spec and how often each is repeated, for one that is large |
//! | `NAME.world` | what is in the world of a component in WIT: it is made, does nothing, and is the plugin `NAME.wasm` |
//! | `NAME.wasm` | a file that is no plugin |
//! | `expected/` | what `wigwag build` writes and `wigwag render` prints, byte for byte, but for programs and compiled plugins |
//! | `expected.stderr` | what a wrong spec is told, byte for byte; then nothing may be written |
//!
//! `UPDATE=1` writes what came instead of comparing it.
//!
//! What is expected is validated by programs that are not ours, and an engine builds the images of every case; each is skipped
//! where it is not installed, but for CI.

mod case;
mod engine;
mod files;
mod validators;

use std::{
    fs,
    path::{Path, PathBuf},
};

use case::Case;
use libtest_mimic::{Arguments, Trial};
use scenarios::Result;

fn main() -> Result<()> {
    let arguments = Arguments::from_args();
    let mut folders = Vec::new();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/generator"))? {
        folders.extend(Some(entry?.path()).filter(|path| path.is_dir()));
    }
    folders.sort();
    let mut trials: Vec<Trial> = folders.iter().map(|folder| trial(folder, "", Case::run)).collect();
    // Others look at what is there, not at what is being written.
    if !case::is_update() {
        trials.extend(validators::trials(&folders));
        let good: Vec<&PathBuf> = folders.iter().filter(|folder| folder.join("expected").is_dir()).collect();
        match validators::obstacle(good.len()).filter(|_| !arguments.list) {
            Some(skipped) => skipped?,
            None => trials.extend(good.iter().map(|folder| trial(folder, ": images", Case::images))),
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    engine::remove_tool();
    conclusion.exit();
}

fn trial(folder: &Path, what: &str, run: fn(&Case) -> Result<()>) -> Trial {
    let name = format!("{}{what}", folder.file_name().unwrap_or_default().display());
    let folder = folder.to_path_buf();
    Trial::test(name, move || Ok(run(&Case::new(&folder)?)?))
}
