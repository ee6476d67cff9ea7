//! The files of a directory, and what differs between two.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt, path::Path};

use scenarios::Result;

/// By their path below the directory.
pub type Files = BTreeMap<String, File>;

/// A file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct File {
    pub content: Vec<u8>,
    pub is_executable: bool,
}

/// Every file below the directory.
pub fn below(directory: &Path) -> Result<Files> {
    let mut files = Files::new();
    collect(directory, "", &mut files)?;
    Ok(files)
}

fn collect(directory: &Path, prefix: &str, files: &mut Files) -> Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().display());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
            continue;
        }
        let is_executable = entry.metadata()?.permissions().mode() & 0o111 != 0;
        files.insert(name, File { content: fs::read(entry.path())?, is_executable });
    }
    Ok(())
}

/// Makes the directory hold exactly these. They are for comparison only, so none is executable.
pub fn write(files: &Files, directory: &Path) -> Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    for (name, file) in files {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().unwrap_or(directory))?;
        fs::write(path, &file.content)?;
    }
    Ok(())
}

/// Says what differs.
pub fn compare(files: &Files, expected: &Files) -> Result<()> {
    if !files.keys().eq(expected.keys()) {
        return Err(format!("the files are {:?}, not {:?}", files.keys(), expected.keys()).into());
    }
    for (name, file) in files {
        let expected = expected.get(name).map(|file| file.content.as_slice()).unwrap_or_default();
        if file.content != expected {
            let text = String::from_utf8_lossy(&file.content);
            return Err(format!("`{name}` is\n{text}\nnot\n{}", String::from_utf8_lossy(expected)).into());
        }
    }
    Ok(())
}
