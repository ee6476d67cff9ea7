//! The cases of generated scripts, each as PID 1 under every shell: every folder beside this file is one.
//!
//! Its `script.toml` is a spec, in which `{directory}` is the working directory; the rest is as for inits, and `run` is the
//! container's arguments. `/bin/sh` is the shell, in the container alone.

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Trial};
use scenarios::{Case, Init, Result, built};

/// What runs the script, by a name for each.
const SHELLS: [(&str, &str); 5] = [
    ("dash", "/usr/bin/dash"),
    ("bash", "/usr/bin/bash"),
    ("busybox", "/usr/bin/busybox"),
    ("mksh", "/usr/bin/mksh"),
    ("yash", "/usr/bin/yash"),
];

const MOUNT: &str = r#"mount --bind "$0" "$(realpath /bin/sh)" && exec "$@""#;

const AT_ONCE: usize = 4;

fn main() -> Result<()> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let cases = Case::all(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts")))?;
    let script = Init::Other(PathBuf::from("./entrypoint.sh"));
    let wigwag = if arguments.list { PathBuf::new() } else { built()?.wigwag.clone() };
    let mut trials = Vec::new();
    for (name, program) in SHELLS {
        if !Path::new(program).exists() {
            scenarios::skip(cases.len(), &format!("{name} is not installed"))?;
            continue;
        }
        for case in &cases {
            trials.push(trial(under(case.clone(), &wigwag, program), name, &script));
        }
    }
    if !arguments.list {
        let no_root = (!nix::unistd::geteuid().is_root()).then(|| "only root can put a shell in its place".to_string());
        if let Some(obstacle) = no_root.map_or_else(scenarios::obstacle, |reason| Ok(Some(reason)))? {
            return scenarios::skip(trials.len(), &obstacle);
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// The case with this shell as `/bin/sh`.
fn under(mut case: Case, wigwag: &Path, shell: &str) -> Case {
    let prepare = format!(
        "sed \"s|{{directory}}|$PWD|g\" script.toml >spec.toml\n'{}' render script spec.toml >entrypoint.sh\n\
         chmod +x entrypoint.sh\n{}",
        wigwag.display(),
        case.prepare.unwrap_or_default()
    );
    case.prepare = Some(prepare);
    case.separator = false;
    let mount = ["sh", "-c", MOUNT, shell].map(String::from);
    case.before = mount.into_iter().chain(case.before).collect();
    case
}

fn trial(case: Case, shell: &str, script: &Init) -> Trial {
    let skipped = case.is_skipped(script);
    let script = script.clone();
    Trial::test(format!("{}::{shell}", case.name()), move || Ok(case.run(&script)?)).with_ignored_flag(skipped)
}
