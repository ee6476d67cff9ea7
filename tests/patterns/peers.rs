//! What other tools say of the patterns: `peers/TOOL.toml`, which is compared where the same version of the tool is there.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;
use std::process::Command;

use libtest_mimic::{Failed, Trial};
use serde::{Deserialize, Serialize};

use crate::dockerfiles::Dockerfile;
use crate::pattern::Pattern;

/// What a tool says.
#[derive(Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub struct Peer {
    pub version: String,
    /// The codes that it gives, by pattern.
    pub says: BTreeMap<String, BTreeSet<String>>,
    /// The codes that it gives, by Dockerfile of `tests/check`.
    #[serde(default)]
    pub dockerfiles: BTreeMap<String, BTreeSet<String>>,
    /// What it says with a code, the first time.
    pub messages: BTreeMap<String, String>,
}

/// The tools.
pub const TOOLS: [&str; 2] = ["shellcheck", "hadolint"];

const HADOLINT: [&str; 2] = ["--no-fail", "--format=json"];

/// What was recorded of a tool.
pub fn recorded(root: &Path, tool: &str) -> Result<Peer, Box<dyn Error>> {
    match std::fs::read_to_string(root.join(format!("tests/patterns/peers/{tool}.toml"))) {
        Ok(text) => Ok(toml::from_str(&text)?),
        Err(_) => Ok(Peer::default()),
    }
}

/// A trial for each tool, which runs it; the patterns are written anew first if that is wished.
pub fn trials(
    root: &Path,
    patterns: &BTreeMap<String, Pattern>,
    dockerfiles: &BTreeMap<String, Dockerfile>,
) -> Result<Vec<Trial>, Box<dyn Error>> {
    let mut trials = Vec::new();
    for tool in TOOLS {
        let file = root.join(format!("tests/patterns/peers/{tool}.toml"));
        let is_update = std::env::var_os("UPDATE").is_some();
        let version = version(tool);
        let expected = recorded(root, tool)?;
        let is_same = version.as_deref() == Some(expected.version.as_str());
        let said = match version {
            Some(version) if is_same || is_update => ask(tool, version, patterns, dockerfiles)?,
            _ => Peer::default(),
        };
        if is_update && !said.version.is_empty() {
            std::fs::write(file, toml::to_string(&said)?)?;
            continue;
        }
        let trial = Trial::test(format!("peers::{tool}"), move || {
            if said == expected { Ok(()) } else { Err(Failed::from("it says something else; UPDATE=1 writes it anew")) }
        });
        // Another version may say other things.
        trials.push(trial.with_ignored_flag(!is_same));
    }
    Ok(trials)
}

fn version(tool: &str) -> Option<String> {
    let output = Command::new(tool).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = |word: &&str| word.starts_with(|first: char| first.is_ascii_digit());
    text.split_whitespace().find(number).map(|word| word.trim_end_matches("-no-git").to_string())
}

#[derive(Deserialize)]
struct Comment {
    code: serde_json::Value,
    message: String,
}

fn ask(
    tool: &str,
    version: String,
    patterns: &BTreeMap<String, Pattern>,
    dockerfiles: &BTreeMap<String, Dockerfile>,
) -> Result<Peer, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut peer = Peer { version, ..Peer::default() };
    for (name, pattern) in patterns {
        let mut codes = BTreeSet::new();
        for (file, text, options) in input(tool, pattern) {
            let file = folder.path().join(file);
            std::fs::write(&file, text)?;
            codes.extend(said(tool, &options, &file, &mut peer.messages)?);
        }
        if !codes.is_empty() {
            peer.says.insert(name.clone(), codes);
        }
    }
    for (name, dockerfile) in dockerfiles.iter().filter(|_| tool == "hadolint") {
        let codes = said(tool, &HADOLINT, &dockerfile.path, &mut peer.messages)?;
        if !codes.is_empty() {
            peer.dockerfiles.insert(name.clone(), codes);
        }
    }
    Ok(peer)
}

/// The codes that a tool gives for a file.
fn said(
    tool: &str,
    options: &[&str],
    file: &Path,
    messages: &mut BTreeMap<String, String>,
) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let output = Command::new(tool).args(options).arg(file).output()?;
    let comments: Vec<Comment> =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("{tool} on {}: {error}", file.display()))?;
    let mut codes = BTreeSet::new();
    for Comment { code, message } in comments {
        let code = code.as_str().map_or_else(|| format!("SC{code}"), ToString::to_string);
        messages.entry(code.clone()).or_insert(message);
        codes.insert(code);
    }
    Ok(codes)
}

/// What a tool is given: the script, as dash and as bash; or a Dockerfile that says the same.
fn input(tool: &str, pattern: &Pattern) -> Vec<(&'static str, String, Vec<&'static str>)> {
    match (tool, &pattern.script) {
        ("shellcheck", Some(script)) => ["--shell=dash", "--shell=bash"]
            .map(|shell| ("entrypoint", script.clone(), vec!["--format=json", "--enable=all", shell]))
            .into(),
        ("shellcheck", None) => Vec::new(),
        (_, script) => {
            let entrypoint = match script.as_deref().map(str::trim_end) {
                Some(line) if !line.contains('\n') => format!("ENTRYPOINT {line}\n"),
                Some(_) => "COPY entrypoint.sh /\nENTRYPOINT [\"/entrypoint.sh\"]\n".to_string(),
                None => format!("ENTRYPOINT {:?}\n", pattern.argv),
            };
            vec![("Dockerfile", format!("FROM debian:12\n{entrypoint}"), HADOLINT.to_vec())]
        }
    }
}
