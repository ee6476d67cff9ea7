//! The Dockerfiles of `tests/check`, which the comparison has as well.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

/// One of them.
#[derive(Debug)]
pub struct Dockerfile {
    pub path: PathBuf,
    /// What it starts.
    starts: String,
    /// The rules that find something, with the severity before those of notes.
    ours: BTreeSet<String>,
}

/// Those that are a Dockerfile and nothing else of weight, by name.
pub fn all(root: &Path) -> io::Result<BTreeMap<String, Dockerfile>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(root.join("tests/check"))? {
        let folder = entry?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(name) = name.strip_prefix("dockerfile-") else { continue };
        let path = folder.join("Dockerfile");
        // How a finding is allowed is our own affair.
        if !path.is_file() || name == "suppressed" {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        let says = |line: &&str| ["ENTRYPOINT", "CMD", "STOPSIGNAL"].iter().any(|keyword| line.starts_with(keyword));
        let starts = text.lines().filter(says).collect::<Vec<_>>().join(" ⏎ ");
        let expected = std::fs::read_to_string(folder.join("expected.txt"))?;
        let ours = expected.lines().filter_map(|line| {
            let (severity, rest) = line.split_once('[')?;
            let (rule, _) = rest.split_once("]:")?;
            match severity {
                "note" => Some(format!("note: {rule}")),
                "error" | "warning" => Some(rule.to_string()),
                _ => None,
            }
        });
        all.insert(name.to_string(), Dockerfile { path, starts, ours: ours.collect() });
    }
    Ok(all)
}

/// Their part of the page.
pub fn section(
    dockerfiles: &BTreeMap<String, Dockerfile>,
    theirs: &BTreeMap<String, BTreeSet<String>>,
) -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        "\n## Dockerfiles\n\nThe same of Dockerfiles, of which shellcheck reads none. What is right of them is in the folder of \
         each, beside it; that was\nreasoned, not run, because the images are not there when tests run.\n\n\
         | | | wigwag check | hadolint |\n|---|---|---|---|\n",
    );
    for (name, Dockerfile { starts, ours, .. }) in dockerfiles {
        let list = |codes: &BTreeSet<String>| codes.iter().cloned().collect::<Vec<_>>().join(", ");
        let starts = if starts.is_empty() { String::new() } else { format!("`{}`", starts.replace('|', "\\|")) };
        let theirs = theirs.get(name).map(list).unwrap_or_default();
        writeln!(text, "| [{name}](../tests/check/dockerfile-{name}) | {starts} | {} | {theirs} |", list(ours))?;
    }
    Ok(text)
}
