//! What others say of everything that is expected: validators that are not ours, each once over the files of all cases.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    thread,
};

use libtest_mimic::{Failed, Trial};
use scenarios::{Result, skip};

/// What of hadolint's findings is not meant for us, and why.
const HADOLINT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/generator/hadolint.yaml");

/// A program, its arguments, and the files that it is given, by the end of their names.
struct Validator {
    words: &'static [&'static str],
    files: &'static [&'static str],
}

const VALIDATORS: [Validator; 4] = [
    Validator { words: &["shellcheck"], files: &["entrypoint.sh"] },
    Validator { words: &["hadolint", "--config", HADOLINT], files: &["Dockerfile", "Dockerfile.multi-stage"] },
    Validator { words: &["kubernetes-validate", "--strict"], files: &["kubernetes.yaml"] },
    Validator { words: &["check-jsonschema", "--builtin-schema", "vendor.compose-spec"], files: &["compose.yaml"] },
];

/// A trial for each of them.
pub fn trials(folders: &[PathBuf]) -> Vec<Trial> {
    let given = |folders: &[PathBuf], names: &[&str]| -> Vec<PathBuf> {
        let expected =
            folders.iter().flat_map(|folder| names.iter().map(move |name| folder.join("expected").join(name)));
        expected.filter(|path| path.exists()).collect()
    };
    let mut trials: Vec<Trial> = VALIDATORS
        .iter()
        .map(|validator| {
            let files = given(folders, validator.files);
            trial(validator.words[0], move || validate(validator.words, &files))
        })
        .collect();
    let files = given(folders, &["compose.yaml"]);
    trials.push(trial("compose", move || compose(&files)));
    trials
}

fn trial(name: &str, run: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(format!("all cases: {name}"), move || run().map_err(Failed::from))
}

fn validate(words: &[&str], files: &[PathBuf]) -> Result<()> {
    if files.is_empty() {
        return Err("there is nothing to validate".into());
    }
    if !runs(words[0], "--help") {
        return skip(files.len(), &format!("`{}` is not installed", words[0]));
    }
    succeeds(Command::new(words[0]).args(&words[1..]).args(files))
}

/// The program that starts containers, which reads and substitutes more than a schema knows.
fn compose(files: &[PathBuf]) -> Result<()> {
    let is_plugin = Command::new("docker").args(["compose", "version"]).output().is_ok_and(|o| o.status.success());
    let words: &[&str] = if is_plugin { &["docker", "compose"] } else { &["docker-compose"] };
    if !is_plugin && !runs("docker-compose", "version") {
        return skip(files.len(), "neither `docker compose` nor `docker-compose` is installed");
    }
    // Each takes a while to start.
    let next = Mutex::new(files.iter());
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(file) = next.lock().ok().and_then(|mut files| files.next()) {
                    if let Err(error) = configured(words, file) {
                        wrong.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(error.to_string());
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// It is read with everything that must be given, and not without.
fn configured(words: &[&str], file: &Path) -> Result<()> {
    let text = fs::read_to_string(file)?;
    let asked = text.split("${").skip(1).filter_map(|rest| rest.split_once(":?"));
    let required: BTreeSet<&str> = asked.map(|(name, _)| name).collect();
    let command = || {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg("--file").arg(file).args(["config", "--quiet"]);
        command
    };
    succeeds(command().envs(required.iter().map(|name| (name, "x"))))?;
    for missing in &required {
        let given = required.iter().filter(|name| *name != missing).map(|name| (name, "x"));
        let output = command().env_remove(missing).envs(given).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() || !said.contains(missing) {
            return Err(format!("{}: nobody asks for `{missing}`: {said}", file.display()).into());
        }
    }
    Ok(())
}

fn succeeds(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&said)).into())
}

fn runs(program: &str, option: &str) -> bool {
    Command::new(program).arg(option).output().is_ok()
}

/// Why images cannot be built here, if they cannot; in CI they must be.
pub fn obstacle(cases: usize) -> Option<Result<()>> {
    let answers =
        Command::new("docker").args(["info", "--format", "x"]).output().is_ok_and(|info| info.status.success());
    (!answers).then(|| skip(cases, "no Docker engine answers `docker info`"))
}
