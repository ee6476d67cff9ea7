//! What is read: the spec, the plugins, and our other programs.

use std::{
    env, fs,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use wigwag::{
    render::HOST_FILE,
    source::{LIMIT, Source, too_large},
};
use wigwag_compiler::MAX_LENGTH;

use crate::exit::Failure;

/// What standard input is called.
pub const STANDARD_INPUT: &str = "<stdin>";

/// The spec; `-` is standard input.
pub fn spec(path: &Path) -> Result<Source, Failure> {
    if path == Path::new("-") {
        return bounded(STANDARD_INPUT, io::stdin().lock());
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

/// What is in a plugin's file, whose path is from the spec's directory on.
pub fn module(spec: &Path, path: &str) -> Result<Vec<u8>, String> {
    plugin(&spec.parent().unwrap_or(Path::new("")).join(path))
}

/// What is in a plugin's file.
pub fn plugin(path: &Path) -> Result<Vec<u8>, String> {
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err("it is a directory".into());
    }
    let mut bytes = Vec::new();
    let read = file.take(MAX_LENGTH.saturating_add(1)).read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(|error| error.to_string())
}

/// Our other programs: at these paths, else beside this one.
#[derive(clap::Args, Default)]
pub struct Programs {
    /// The wigwag-init to use instead of the one beside this program.
    #[arg(long, value_name = "FILE")]
    init: Option<PathBuf>,
    /// The wigwag-host to use for plugins instead of the one beside this program.
    #[arg(long, value_name = "FILE")]
    host: Option<PathBuf>,
    /// What was read of them: however many specs there are, once.
    #[arg(skip)]
    executables: [OnceLock<Vec<u8>>; 2],
}

impl Programs {
    /// Where the program is.
    pub fn path(&self, name: &str) -> Result<PathBuf, Failure> {
        let (path, option) = if name == HOST_FILE { (&self.host, "host") } else { (&self.init, "init") };
        if let Some(path) = path {
            let absolute = path.canonicalize();
            return absolute.map_err(|error| Failure::io(format!("cannot read `{}`: {error}", path.display())));
        }
        let this =
            env::current_exe().map_err(|error| Failure::io(format!("cannot find this program's own path: {error}")))?;
        let beside = this.with_file_name(name);
        if beside.is_file() {
            return Ok(beside);
        }
        Err(Failure::io(format!("there is no `{}`: name the {option} with `--{option} FILE`", beside.display())))
    }

    /// The program's executable.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Failure> {
        let [init, host] = &self.executables;
        let executable = if name == HOST_FILE { host } else { init };
        if let Some(bytes) = executable.get() {
            return Ok(bytes.clone());
        }
        let bytes = self.read_file(name)?;
        Ok(executable.get_or_init(|| bytes).clone())
    }

    fn read_file(&self, name: &str) -> Result<Vec<u8>, Failure> {
        let path = self.path(name)?;
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
}
