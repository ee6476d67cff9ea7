//! What is said, in which form, and to whom.

#![cfg(test)]

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

const WRONG: &str = "version = 1\nx = 2\n[service.web]\ncommand = [\"httpd\"]\n";
const RIGHT: &str = "version = 1\n[service.web]\ncommand = [\"httpd\"]\n";

fn command(directory: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"));
    command.args(args).current_dir(directory).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

fn wigwag(directory: &Path, args: &[&str]) -> Output {
    command(directory, args).output().unwrap()
}

/// With this on standard input.
fn told(directory: &Path, args: &[&str], input: &str) -> Output {
    let mut command = command(directory, args);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn colours_are_as_the_option_says_and_else_the_environment() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("wigwag.toml"), WRONG).unwrap();
    fs::write(directory.path().join("Dockerfile"), "FROM debian\nCMD ./a\n").unwrap();
    let is_coloured = |args: &[&str], environment: &[(&str, &str)]| {
        let output = command(directory.path(), args).envs(environment.iter().copied()).output().unwrap();
        [output.stdout, output.stderr].concat().contains(&0x1b)
    };
    for file in ["wigwag.toml", "Dockerfile"] {
        assert!(!is_coloured(&["check", file], &[]), "no terminal shows it");
        assert!(is_coloured(&["check", file], &[("CLICOLOR_FORCE", "1")]));
        assert!(!is_coloured(&["check", file], &[("CLICOLOR_FORCE", "0")]));
        assert!(!is_coloured(&["check", file], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
        assert!(is_coloured(&["check", file, "--color", "always"], &[("NO_COLOR", "1")]));
        assert!(!is_coloured(&["--color=never", "check", file], &[("CLICOLOR_FORCE", "1")]));
    }
}

#[test]
fn only_what_is_wrong_is_said_when_quiet() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("Dockerfile"), "FROM alpine\nCMD ./a\n").unwrap();
    let note = wigwag(directory.path(), &["check", "Dockerfile"]);
    assert!(note.status.success() && !note.stdout.is_empty());
    let quiet = wigwag(directory.path(), &["--quiet", "check", "Dockerfile"]);
    assert!(quiet.status.success() && quiet.stdout.is_empty(), "{quiet:?}");
    fs::write(directory.path().join("Dockerfile"), "FROM debian\nCMD ./a\n").unwrap();
    let wrong = wigwag(directory.path(), &["check", "--quiet", "Dockerfile"]);
    assert!(wrong.status.code() == Some(1) && !wrong.stdout.is_empty(), "{wrong:?}");
    let new = |args: &[&str]| wigwag(directory.path(), &[&["new", "--from", "Dockerfile", "-o", "-"], args].concat());
    assert!(!new(&[]).stderr.is_empty());
    assert!(new(&["--quiet"]).stderr.is_empty());
}

#[test]
fn programs_are_told_of_errors_in_specs_as_of_everything_else() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("wigwag.toml"), WRONG).unwrap();
    fs::write(directory.path().join("Dockerfile"), "FROM debian\nCMD ./a\n").unwrap();
    let args = ["check", "--allow", "spec", "wigwag.toml", "Dockerfile", "--format"];
    let json = wigwag(directory.path(), &[&args[..], &["json"]].concat());
    assert_eq!((json.status.code(), json.stderr), (Some(3), Vec::new()));
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let rules: Vec<_> = json["findings"].as_array().unwrap().iter().map(|finding| &finding["rule"]).collect();
    assert_eq!(rules, ["shell-form", "spec"]);
    let error = &json["findings"][1];
    assert_eq!((&error["file"], &error["line"], &error["column"]), (&"wigwag.toml".into(), &2.into(), &1.into()));
    assert_eq!(error["message"], "unknown key `x`");
    let sarif = wigwag(directory.path(), &[&args[..], &["sarif"]].concat());
    assert_eq!(sarif.status.code(), Some(3));
    let sarif: serde_json::Value = serde_json::from_slice(&sarif.stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"][1]["ruleId"], "spec");
}

#[test]
fn a_dash_is_standard_input_and_output() {
    let directory = tempfile::tempdir().unwrap();
    let spec = wigwag(directory.path(), &["new", "--preset", "nginx", "-o", "-"]);
    let spec = String::from_utf8(spec.stdout).unwrap();
    assert!(told(directory.path(), &["check", "-"], &spec).status.success(), "{spec}");
    let wrong = told(directory.path(), &["check", "--format", "json", "-"], WRONG);
    assert!(String::from_utf8(wrong.stdout).unwrap().contains("\"file\": \"<stdin>\""));
    let rendered = told(directory.path(), &["render", "dockerfile", "-"], RIGHT);
    assert!(rendered.status.success() && !rendered.stdout.is_empty());
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0, "and nothing is written");
}
