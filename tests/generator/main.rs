//! The cases of the generator: every folder beside this file is one.
//!
//! | in the folder | |
//! |---|---|
//! | `spec.toml` | the spec |
//! | `spec.repeat` | instead of it: parts of a spec and how often each is repeated, for one that is large |
//! | `NAME.world` | what is in the world of a component in WIT: it is made, does nothing, and is the plugin `NAME.wasm` |
//! | `NAME.wasm` | a file that is no plugin |
//! | `expected/` | what `wigwag build` writes, byte for byte, but for programs that it copies, and compiled plugins |
//! | `expected.stderr` | what a wrong spec is told, byte for byte; then nothing may be written |
//!
//! `UPDATE=1` writes what came instead of comparing it.

mod case;
mod files;

use std::fs;

use case::Case;
use libtest_mimic::{Arguments, Trial};
use scenarios::Result;

fn main() -> Result<()> {
    let mut trials = Vec::new();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/generator"))? {
        let folder = entry?.path();
        if folder.is_dir() {
            let name = folder.file_name().unwrap_or_default().display().to_string();
            trials.push(Trial::test(name, move || Ok(Case::new(&folder)?.run()?)));
        }
    }
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
