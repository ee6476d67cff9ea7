//! Entrypoint scripts as people write them, and what `wigwag check` finds in them. A case is a folder with `entrypoint.sh`
//! and `case.toml`: what the image's `/bin/sh` is (`sh`), its CMD if that is known (`args`), and the findings, each with its
//! line. The name of a case that is as it should be begins with `right`, and nothing is found in it.

use std::error::Error;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use wigwag_check::pid1::{Document, Sh, Surroundings};
use wigwag_check::script;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[expect(dead_code, reason = "it is for those who read the case")]
    about: String,
    sh: String,
    args: Option<Vec<String>>,
    findings: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/entrypoints");
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    cases.retain(|path| path.is_dir());
    cases.sort();
    let trial = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(name.clone(), move || run(&path, &name))
    };
    libtest_mimic::run(&Arguments::from_args(), cases.into_iter().map(trial).collect()).exit()
}

fn run(path: &Path, name: &str) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path.join("entrypoint.sh"))?;
    let case: Case = toml::from_str(&std::fs::read_to_string(path.join("case.toml"))?)?;
    let sh = match case.sh.as_str() {
        "dash" => Sh::Dash,
        "bash" => Sh::Bash,
        "busybox" => Sh::Busybox,
        "unknown" => Sh::Unknown,
        other => return Err(format!("there is no shell `{other}`").into()),
    };
    if name.starts_with("right") && !case.findings.is_empty() {
        return Err("a case that is right has no findings".into());
    }
    let document = Document { name: "entrypoint.sh", text: &text };
    let started = script::check(document, &Surroundings { sh, args: case.args });
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let found: Vec<_> =
        started.findings.iter().map(|finding| format!("{} {}", line(finding.span.start), finding.rule.id)).collect();
    if found == case.findings { Ok(()) } else { Err(format!("expected {:?}, found {found:?}", case.findings).into()) }
}
