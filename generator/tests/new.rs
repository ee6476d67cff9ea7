//! `wigwag new`: every folder of `tests/new` has a `Dockerfile`, the `wigwag.toml` that is written for it, and what is said on
//! standard error, `expected.stderr`. `UPDATE=1` writes what came. Whatever is written passes `wigwag check`.

#![cfg(test)]

use std::{
    env, fs,
    path::Path,
    process::{Command, Output},
};

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/new");

fn wigwag(directory: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wigwag")).args(args).current_dir(directory).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_spec_is_made_of_each_dockerfile() {
    let update = env::var_os("UPDATE").is_some_and(|update| update == "1");
    let mut cases = 0;
    for case in fs::read_dir(CASES).unwrap() {
        let folder = case.unwrap().path();
        let directory = tempfile::tempdir().unwrap();
        fs::copy(folder.join("Dockerfile"), directory.path().join("Dockerfile")).unwrap();
        let new = wigwag(directory.path(), &["new", "--from", "Dockerfile"]);
        assert_eq!(new.status.code(), Some(0), "{}: {new:?}", folder.display());
        let check = wigwag(directory.path(), &["check"]);
        let spec = fs::read_to_string(directory.path().join("wigwag.toml")).unwrap();
        assert_eq!(check.status.code(), Some(0), "{}: {spec}\n{}", folder.display(), text(&check.stderr));
        for (file, came) in [("wigwag.toml", spec), ("expected.stderr", text(&new.stderr))] {
            let path = folder.join(file);
            if update {
                fs::write(&path, &came).unwrap();
            }
            let expected = fs::read_to_string(&path).unwrap();
            assert_eq!(came, expected, "{}", path.display());
        }
        cases += 1;
    }
    assert!(cases >= 12, "{cases}");
}

#[test]
fn a_spec_is_made_of_each_preset() {
    let directory = tempfile::tempdir().unwrap();
    for preset in wigwag_presets::all() {
        let new = wigwag(directory.path(), &["new", "--preset", &preset.name, "--force"]);
        assert_eq!(new.status.code(), Some(0), "{}: {new:?}", preset.name);
        let check = wigwag(directory.path(), &["check"]);
        let spec = fs::read_to_string(directory.path().join("wigwag.toml")).unwrap();
        assert_eq!(check.status.code(), Some(0), "{}: {spec}\n{}", preset.name, text(&check.stderr));
    }
}

#[test]
fn what_is_there_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(wigwag(directory.path(), &["new"]).status.code(), Some(0));
    assert_eq!(wigwag(directory.path(), &["check"]).status.code(), Some(0));
    let again = wigwag(directory.path(), &["new", "--preset", "nginx"]);
    assert_eq!(again.status.code(), Some(4));
    assert_eq!(text(&again.stderr), "error: `wigwag.toml` is there already, and is kept: `--force` writes over it\n");
    let printed = wigwag(directory.path(), &["new", "--preset", "nginx", "-o", "-"]);
    assert!(text(&printed.stdout).contains("preset = \"nginx\""), "{printed:?}");
    assert_eq!(wigwag(directory.path(), &["new", "--preset", "ngnix"]).status.code(), Some(2));
}
