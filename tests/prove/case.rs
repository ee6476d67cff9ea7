//! A case: a folder with a `case.toml`, and the files that its command needs.

use std::{fs, path::Path, sync::Arc};

use libtest_mimic::Trial;
use scenarios::{Result, built, read_case};
use serde::Deserialize;

use crate::proof::{self, Proof};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    /// Options of `wigwag prove`.
    #[serde(default)]
    options: Vec<String>,
    /// The command, in the case's folder; `wigwag-init` and `probe` are in `PATH`.
    command: Vec<String>,
    /// What must be there, or the case is left out.
    #[serde(default)]
    needs: Vec<String>,
    expect: Expect,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Expect {
    verdict: String,
    /// The rules that make it wrong, in their order.
    #[serde(default)]
    rules: Vec<String>,
    /// Rules of notes that must be there.
    #[serde(default)]
    notes: Vec<String>,
    exit_code: Option<u8>,
    /// Of the early stops, how many ended in time.
    early: Option<(usize, usize)>,
    /// How many SIGINT one Ctrl-C was.
    ctrl_c: Option<usize>,
    /// Whom the init started, and what the program was then.
    order: Option<Vec<(String, String)>>,
    /// Without its name.
    arguments: Option<Vec<String>>,
    stdin: Option<String>,
    blocked: Option<Vec<String>>,
    ignored: Option<Vec<String>>,
    /// Variables that the program has.
    #[serde(default)]
    environment: Vec<String>,
}

pub fn trials(folder: &Path) -> Result<Vec<Trial>> {
    let mut trials = Vec::new();
    for entry in fs::read_dir(folder)? {
        let folder = entry?.path();
        if !folder.is_dir() {
            continue;
        }
        let case: Arc<Case> = Arc::new(read_case(&folder)?);
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_there = case.needs.iter().all(|program| crate::pattern::find(program).is_some());
        let trial = Trial::test(name, move || Ok(case.prove(&folder)?));
        trials.push(trial.with_ignored_flag(!is_there && !scenarios::is_ci()));
    }
    trials.sort_by(|one, other| one.name().cmp(other.name()));
    Ok(trials)
}

impl Case {
    fn prove(&self, folder: &Path) -> Result<()> {
        let built = built()?;
        let init = built.init.parent().ok_or("the init is in no folder")?;
        let path = std::env::join_paths([init.to_path_buf()].into_iter().chain(std::env::split_paths(&built.path()?)))?;
        let mut prove = proof::command()?;
        prove.args(&self.options).arg("--").args(&self.command).current_dir(folder).env("PATH", path);
        let (proof, said) = Proof::of(&mut prove)?;
        let wrong = self.expect.wrong(&proof);
        if wrong.is_empty() { Ok(()) } else { Err(format!("{}\n{said}", wrong.join("\n")).into()) }
    }
}

impl Expect {
    fn wrong(&self, proof: &Proof) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut compare = |what: &str, is: String, expected: String| {
            if is != expected {
                wrong.push(format!("{what} {is}, not {expected}"));
            }
        };
        compare("verdict", proof.verdict.clone(), self.verdict.clone());
        compare("rules", format!("{:?}", proof.rules()), format!("{:?}", self.rules));
        if self.exit_code.is_some() {
            compare("exit code", format!("{:?}", proof.exit_code), format!("{:?}", self.exit_code));
        }
        if self.early.is_some() {
            let early = proof.early.as_ref().map(|early| (early.in_time, early.starts));
            compare("early", format!("{early:?}"), format!("{:?}", self.early));
        }
        if self.ctrl_c.is_some() {
            let signals = proof.ctrl_c.as_ref().map(|ctrl_c| ctrl_c.signals);
            compare("Ctrl-C", format!("{signals:?}"), format!("{:?}", self.ctrl_c));
        }
        if let Some(order) = &self.order {
            // The probe is in a temporary folder.
            let name = |what: &str| what.rsplit('/').next().unwrap_or_default().to_string();
            let is: Vec<_> = proof.order.iter().map(|started| (name(&started.what), &started.program)).collect();
            compare("order", format!("{is:?}"), format!("{order:?}"));
        }
        let program = proof.program.as_ref();
        let lists = [
            ("arguments", &self.arguments, program.and_then(|program| program.arguments.get(1..))),
            ("blocked", &self.blocked, program.map(|program| program.blocked.as_slice())),
            ("ignored", &self.ignored, program.map(|program| program.ignored.as_slice())),
        ];
        for (what, expected, is) in lists.into_iter().filter(|(_, expected, _)| expected.is_some()) {
            compare(what, format!("{is:?}"), format!("{:?}", expected.as_ref()));
        }
        if self.stdin.is_some() {
            compare(
                "stdin",
                format!("{:?}", program.map(|program| &program.stdin)),
                format!("{:?}", self.stdin.as_ref()),
            );
        }
        for note in &self.notes {
            if !proof.reasons.iter().any(|reason| !reason.wrong && reason.rule == *note) {
                wrong.push(format!("no note `{note}`"));
            }
        }
        for variable in &self.environment {
            if !program.is_some_and(|program| program.environment.contains(variable)) {
                wrong.push(format!("no `{variable}` in the environment"));
            }
        }
        wrong
    }
}
