//! What is written: everything or nothing.

use std::{
    cmp::Reverse,
    fs::{self, Permissions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use wigwag::{image::File, render::MARK};

use crate::exit::Failure;

/// Writes the files, none before all of them are written under other names. When that fails, not even a directory
/// stays that was not there.
///
/// Nothing waits for the disk: a machine that loses its power in the middle has the spec still, and what is made of it can be
/// made again.
pub fn write(directory: &Path, files: &[File]) -> Result<(), Failure> {
    let paths: Vec<PathBuf> = files.iter().map(|file| directory.join(&file.name)).collect();
    let ancestors = paths.iter().flat_map(|path| path.ancestors().skip(1));
    let mut made: Vec<&Path> = ancestors.filter(|path| !path.exists()).collect();
    // The deepest first; one that has something in it is not removed.
    made.sort_unstable_by_key(|path| Reverse(path.components().count()));
    write_below(directory, files).inspect_err(|_| {
        for path in made {
            let _ = fs::remove_dir(path);
        }
    })
}

fn write_below(directory: &Path, files: &[File]) -> Result<(), Failure> {
    if directory.exists() && !directory.is_dir() {
        return Err(cannot(directory, &io::ErrorKind::NotADirectory.into()));
    }
    fs::create_dir_all(directory).map_err(|error| cannot(directory, &error))?;
    let mut staged = Vec::new();
    for file in files {
        let path = directory.join(&file.name);
        let parent = path.parent().unwrap_or(directory);
        fs::create_dir_all(parent).map_err(|error| cannot(parent, &error))?;
        if path.is_dir() {
            return Err(cannot(&path, &io::ErrorKind::IsADirectory.into()));
        }
        if !is_ours_to_replace(&path, file)? {
            let path = path.display();
            return Err(Failure::io(format!(
                "`{path}` was not written by wigwag, and is kept: write to another directory, or take it away"
            )));
        }
        staged.push((stage(parent, file).map_err(|error| cannot(&path, &error))?, path));
    }
    for (file, path) in staged {
        file.persist(&path).map_err(|error| cannot(&path, &error.error))?;
    }
    Ok(())
}

/// Whether nothing is lost by writing there: a text that a person wrote does not have the mark of ours.
fn is_ours_to_replace(path: &Path, file: &File) -> Result<bool, Failure> {
    // It is among the first lines; a program is long.
    let is_marked = |content: &[u8]| {
        let first = content.get(..content.len().min(1024)).unwrap_or_default();
        first.windows(MARK.len()).any(|part| part == MARK.as_bytes())
    };
    Ok(!is_marked(&file.content) || existing(path)?.is_none_or(|content| is_marked(&content)))
}

/// What is there, if anything is.
fn existing(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::io(format!("cannot read `{}`: {error}", path.display()))),
    }
}

/// Without the name of the temporary file, which says nothing to anybody.
fn cannot(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    match error.raw_os_error() {
        Some(_) => Failure::io(format!("cannot write `{path}`: {error}")),
        None => Failure::io(format!("cannot write `{path}`: {}", error.kind())),
    }
}

fn stage(directory: &Path, file: &File) -> io::Result<tempfile::NamedTempFile> {
    let mut staged = tempfile::Builder::new().prefix(".wigwag-").tempfile_in(directory)?;
    staged.write_all(&file.content)?;
    staged.as_file().set_permissions(Permissions::from_mode(file.mode))?;
    Ok(staged)
}

/// What differs from the files, one line each.
pub fn differences(directory: &Path, files: &[File]) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    for file in files {
        let path = directory.join(&file.name);
        let shown = path.display();
        match existing(&path)? {
            None => lines.push(format!("{shown} is missing")),
            Some(content) if content != file.content => lines.push(format!("{shown} differs")),
            Some(_) => {
                let metadata = fs::metadata(&path);
                let mode = metadata.map_err(|error| Failure::io(format!("cannot read `{shown}`: {error}")))?.mode();
                if mode & 0o7777 != file.mode {
                    lines.push(format!("{shown} has mode {:04o} instead of {:04o}", mode & 0o7777, file.mode));
                }
            }
        }
    }
    Ok(lines)
}

/// Whether this is in the file.
pub fn is(path: &Path, content: &[u8]) -> Result<bool, Failure> {
    Ok(existing(path)?.is_some_and(|existing| existing == content))
}

/// Writes one text to a file, or standard output if that is `-`. What is there is kept, unless that is `forced`.
pub fn one(path: &Path, text: &str, forced: bool) -> Result<(), Failure> {
    if path == Path::new("-") {
        return print(text);
    }
    if !forced && path.symlink_metadata().is_ok() {
        let path = path.display();
        return Err(Failure::io(format!("`{path}` is there already, and is kept: `--force` writes over it")));
    }
    // A device or a pipe is written to: nothing may take its place, and `/dev/null` least of all.
    if fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        let mut there = fs::OpenOptions::new().write(true).open(path).map_err(|error| cannot(path, &error))?;
        return there.write_all(text.as_bytes()).map_err(|error| cannot(path, &error));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let file = File { name, mode: 0o644, content: text.as_bytes().to_vec() };
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let staged = stage(parent, &file).map_err(|error| cannot(path, &error))?;
    staged.persist(path).map(drop).map_err(|error| cannot(path, &error.error))
}

/// Prints to standard output. Nobody who reads it any longer is no failure: they have what they wanted.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::io(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
