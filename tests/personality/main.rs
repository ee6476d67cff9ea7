//! Being called as another init: every file beside this one has the cases of a peer. Each is run against the original,
//! where that is installed, and against ours by the peer's name, and the same is expected.

mod case;

use std::{env, fs, path::Path, process::Command};

use case::Cases;
use libtest_mimic::{Arguments, Trial};
use scenarios::{Init, Result, built};

const PEERS: [&str; 3] = ["tini", "dumb-init", "catatonit"];

fn main() -> Result<()> {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for peer in PEERS {
        trials.extend(trials_of(peer)?);
    }
    if !arguments.list
        && let Some(obstacle) = obstacle()?
    {
        return scenarios::skip(trials.len(), &obstacle);
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// Why nothing can be PID 1 here.
fn obstacle() -> Result<Option<String>> {
    let output = Command::new(&built()?.wigwag).args(["pid1", "--", "/bin/true"]).output()?;
    Ok((!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).trim().to_string()))
}

fn trials_of(peer: &'static str) -> Result<Vec<Trial>> {
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/personality")).join(peer).with_extension("toml");
    let cases: Cases = toml::from_str(&fs::read_to_string(&file)?).map_err(|error| format!("{peer}: {error}"))?;
    let mut trials = Vec::new();
    for case in cases.case {
        for init in [Init::Peer(peer), Init::As(peer)] {
            let who = if init.is_original() { "original" } else { "ours" };
            let skipped = init.is_original() && !is_installed(peer);
            let name = format!("{peer} {who}: {}", case.about);
            let case = case.clone();
            trials.push(Trial::test(name, move || Ok(case.run(&init)?)).with_ignored_flag(skipped));
        }
    }
    Ok(trials)
}

fn is_installed(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).exists())
}
