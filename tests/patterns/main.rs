//! What `wigwag check` says of the patterns in this folder, without running them. README.md says what is in one.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use wigwag_check::pid1::{Document, Sh, Started, Surroundings};
use wigwag_check::{Severity, command, script};

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Pattern {
    #[expect(dead_code, reason = "it is for those who read the pattern")]
    why: String,
    script: Option<String>,
    #[serde(default)]
    argv: Vec<String>,
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
    shell: BTreeMap<Shell, Expected>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
enum Shell {
    Dash,
    Bash,
    Busybox,
}

#[derive(Clone, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case", deny_unknown_fields)]
enum Expected {
    Right {
        finding: Option<String>,
    },
    Wrong {
        #[expect(dead_code, reason = "only running it shows that")]
        how: How,
        finding: String,
    },
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum How {
    NotReached,
    Cut,
    WrongCode,
    Late,
    NeverRun,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/patterns");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let mut trials = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let pattern: Pattern =
            toml::from_str(&std::fs::read_to_string(&file)?).map_err(|error| format!("{name}: {error}"))?;
        for shell in pattern.shell.keys().copied().collect::<Vec<_>>() {
            let found = found(&pattern, shell);
            let expected = pattern.shell[&shell].clone();
            trials.push(Trial::test(format!("{name}::{shell:?}").to_lowercase(), move || judge(&expected, &found)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

/// The rules that are found broken, with how bad each is.
fn found(pattern: &Pattern, shell: Shell) -> Vec<(&'static str, Severity)> {
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

fn judge(expected: &Expected, found: &[(&str, Severity)]) -> Result<(), Failed> {
    let (rule, is_note) = match expected {
        Expected::Right { finding } => (finding.as_deref(), true),
        Expected::Wrong { finding, .. } => (Some(finding.as_str()), false),
    };
    let is_as_expected = match (rule, found) {
        (None, []) => true,
        (Some(rule), [(found, severity)]) => rule == *found && is_note == (*severity == Severity::Note),
        _ => false,
    };
    if is_as_expected { Ok(()) } else { Err(format!("expected {rule:?}, found {found:?}").into()) }
}
