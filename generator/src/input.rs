//! What is read: the spec, and the init.

use std::{
    env, fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use wigwag::{
    render::INIT_FILE,
    source::{LIMIT, Source, too_large},
};

use crate::exit::Failure;

/// The spec; `-` is standard input.
pub fn spec(path: &Path) -> Result<Source, Failure> {
    if path == Path::new("-") {
        return bounded("<stdin>", io::stdin().lock());
    }
    let name = path.display().to_string();
    let cannot = |error: io::Error| Failure::io(format!("cannot read `{name}`: {error}"));
    let file = fs::File::open(path).map_err(cannot)?;
    let metadata = file.metadata().map_err(cannot)?;
    if metadata.is_file() && metadata.len() > LIMIT as u64 {
        return Err(too_large(&name, metadata.len()).into());
    }
    bounded(&name, file)
}

/// Reads one byte more than the limit and no further, whatever it is that is read.
fn bounded(name: &str, reader: impl Read) -> Result<Source, Failure> {
    let mut bytes = Vec::new();
    let limit = LIMIT as u64;
    reader
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::io(format!("cannot read `{name}`: {error}")))?;
    Source::new(name, &bytes).map_err(Failure::from)
}

/// Where the init is: at `path`, else beside this program.
pub fn init_path(path: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(path) = path {
        return path.canonicalize().map_err(|error| Failure::io(format!("cannot read `{}`: {error}", path.display())));
    }
    let this =
        env::current_exe().map_err(|error| Failure::io(format!("cannot find this program's own path: {error}")))?;
    let beside = this.with_file_name(INIT_FILE);
    if beside.is_file() {
        return Ok(beside);
    }
    Err(Failure::io(format!("there is no `{}`: name the init with `--init FILE`", beside.display())))
}

/// The init's executable.
pub fn init(path: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let path = init_path(path)?;
    let name = path.display();
    let bytes = fs::read(&path).map_err(|error| Failure::io(format!("cannot read `{name}`: {error}")))?;
    match wigwag::elf::is_static(&bytes) {
        Some(true) => Ok(bytes),
        Some(false) => {
            Err(Failure::io(format!("`{name}` is not static: an image may lack the libraries that it needs")))
        }
        None => Err(Failure::io(format!("`{name}` is not an executable for Linux"))),
    }
}
