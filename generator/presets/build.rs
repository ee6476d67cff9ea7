//! Writes the list of the presets, so that none that has a file is forgotten.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../templates/presets").canonicalize()?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", directory.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&directory)? {
        let file =
            entry?.file_name().into_string().map_err(|name| format!("`{}` is no name of a preset", name.display()))?;
        names.push(file.strip_suffix(".toml").ok_or_else(|| format!("{file} is no `NAME.toml`"))?.to_string());
    }
    names.sort();
    let mut list = String::from("[\n");
    for name in names {
        let file = directory.join(format!("{name}.toml")).into_os_string().into_string();
        let file = file.map_err(|file| format!("`{}` is no text", file.display()))?;
        writeln!(list, "    ({name:?}, include_str!({file:?})),")?;
    }
    list.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("files.rs"), list)?;
    Ok(())
}
