//! A pattern, and what `wigwag check` says of it.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use wigwag_check::pid1::{Document, Sh, Started, Surroundings};
use wigwag_check::{Severity, command, script};

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Pattern {
    #[expect(dead_code, reason = "it is for those who read the pattern")]
    why: String,
    pub script: Option<String>,
    #[serde(default)]
    pub argv: Vec<String>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    #[expect(dead_code, reason = "nothing is run here")]
    needs: Vec<String>,
    #[serde(default)]
    #[expect(dead_code, reason = "nothing is run here")]
    system_shell: bool,
    #[serde(default)]
    #[expect(dead_code, reason = "nothing is run here")]
    file: BTreeMap<String, String>,
    pub shell: BTreeMap<Shell, Expected>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub enum Shell {
    Dash,
    Bash,
    Busybox,
}

#[derive(Clone, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Expected {
    Right { finding: Option<String> },
    Wrong { how: How, finding: String },
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    NotReached,
    Cut,
    WrongCode,
    Late,
    NeverRun,
}

/// The patterns, by name.
pub fn all(folder: &Path) -> Result<BTreeMap<String, Pattern>, Box<dyn Error>> {
    let files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    let is_pattern = |file: &&PathBuf| file.extension().is_some_and(|extension| extension == "toml");
    let read = |file: &PathBuf| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let pattern = toml::from_str(&std::fs::read_to_string(file)?).map_err(|error| format!("{name}: {error}"))?;
        Ok((name, pattern))
    };
    files.iter().filter(is_pattern).map(read).collect()
}

/// The rules that are found broken, with how bad each is.
pub fn found(pattern: &Pattern, shell: Shell) -> Vec<(&'static str, Severity)> {
    let sh = match shell {
        Shell::Dash => Sh::Dash,
        Shell::Bash => Sh::Bash,
        Shell::Busybox => Sh::Busybox,
    };
    let surroundings = Surroundings { sh, args: Some(pattern.args.clone()) };
    let text = pattern.script.as_deref().unwrap_or_default();
    let document = Document { name: "entrypoint", text };
    let exec_form = |argv: &[String]| command::check(argv, document, &(0..0), &surroundings);
    let mut all = match &pattern.script {
        Some(_) => script::check(document, &surroundings),
        None => exec_form(&[pattern.argv.as_slice(), &pattern.args].concat()),
    };
    if all.services.iter().any(|service| service.is_arguments) {
        let Started { findings, .. } = exec_form(&pattern.args);
        all.findings.extend(findings);
    }
    all.findings.iter().map(|finding| (finding.rule.id, finding.rule.severity)).collect()
}
