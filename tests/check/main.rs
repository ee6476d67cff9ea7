//! The cases of `wigwag check`: every folder beside this file is one.
//!
//! | in the folder | |
//! |---|---|
//! | files | what is checked, each by its name, as `wigwag check FOLDER` does; what is in folders is only read |
//! | `expected.txt` | what is found, as text; nothing where all is right |
//!
//! `docs/check.md` is compared with the rules. `UPDATE=1` writes what came instead of comparing it.

use std::{env, fs, os::unix::fs::PermissionsExt, path::Path};

use libtest_mimic::{Arguments, Failed, Trial};
use wigwag_check::{Kind, Report, check, context::File, rules};

const EXPECTED: &str = "expected.txt";
const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/check.md");

fn main() -> Result<(), Failed> {
    let mut trials = Vec::new();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/check"))? {
        let folder = entry?.path();
        if folder.is_dir() {
            let name = folder.file_name().unwrap_or_default().display().to_string();
            trials.push(Trial::test(name, move || case(&folder)));
        }
    }
    trials.push(Trial::test("the reference", || compared(&rules::reference(), Path::new(REFERENCE))));
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn case(folder: &Path) -> Result<(), Failed> {
    compared(&found(folder)?, &folder.join(EXPECTED))
}

fn compared(found: &str, expected: &Path) -> Result<(), Failed> {
    if env::var_os("UPDATE").is_some_and(|update| update == "1") {
        return Ok(fs::write(expected, found)?);
    }
    let expected = fs::read_to_string(expected)?;
    if found == expected { Ok(()) } else { Err(format!("found:\n{found}\nexpected:\n{expected}").into()) }
}

fn found(folder: &Path) -> Result<String, Failed> {
    let mut report = Report::default();
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() && entry.file_name() != EXPECTED {
            names.push(entry.file_name().display().to_string());
        }
    }
    names.sort();
    let mut kinds = 0;
    for name in names.iter().filter(|name| Kind::may_be(name)) {
        let text = fs::read_to_string(folder.join(name))?;
        if let Some(kind) = Kind::of(name, &text) {
            kinds += 1;
            check(kind, name, &text, &|name| beside(folder, name), &mut report);
        }
    }
    if kinds == 0 { Err("nothing in it can be checked".into()) } else { Ok(report.allowing(&[]).text(false)) }
}

fn beside(folder: &Path, name: &str) -> Option<File> {
    let path = folder.join(name);
    let mode = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?.permissions().mode();
    Some(File { name: name.into(), text: fs::read_to_string(path).ok()?, is_executable: Some(mode & 0o111 != 0) })
}
