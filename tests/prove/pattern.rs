//! A way to start a program: one file of `patterns/`, under each shell that it names.

use std::{
    collections::BTreeMap,
    env,
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    sync::Arc,
};

use libtest_mimic::Trial;
use nix::unistd::Uid;
use scenarios::{Result, is_ci};
use serde::Deserialize;

use crate::proof::{self, Proof};

/// The longest that anything in them takes on purpose is 2 s.
const GRACE: &str = "4s";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Pattern {
    script: Option<String>,
    argv: Option<Vec<String>>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    system_shell: bool,
    #[serde(default)]
    file: BTreeMap<String, String>,
    shell: BTreeMap<String, Expected>,
}

#[derive(Debug, Deserialize)]
struct Expected {
    verdict: String,
    how: Option<String>,
}

pub fn trials(folder: &Path) -> Result<Vec<Trial>> {
    let mut trials = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let pattern: Arc<Pattern> =
            Arc::new(toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for shell in pattern.shell.keys() {
            let missing = pattern.missing(shell);
            let (pattern, shell) = (pattern.clone(), shell.clone());
            let trial = Trial::test(format!("pattern {name} under {shell}"), move || Ok(pattern.prove(&shell)?));
            trials.push(trial.with_ignored_flag(missing.is_some() && !is_ci()));
        }
    }
    trials.sort_by(|one, other| one.name().cmp(other.name()));
    Ok(trials)
}

pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
}

impl Pattern {
    /// What it needs and is not there.
    fn missing(&self, shell: &str) -> Option<String> {
        let needed = self.needs.iter().map(String::as_str).chain([shell]);
        let missing = needed.filter(|program| find(program).is_none()).map(str::to_string).next();
        missing.or_else(|| (self.system_shell && !Uid::effective().is_root()).then(|| "root".to_string()))
    }

    fn prove(&self, shell: &str) -> Result<()> {
        let expected = self.shell.get(shell).ok_or("no such shell")?;
        let folder = tempfile::Builder::new().permissions(Permissions::from_mode(0o755)).tempdir()?;
        let bin = folder.path().join("bin");
        fs::create_dir(&bin)?;
        let path = find(shell).ok_or("no such shell")?;
        symlink(&path, bin.join("sh"))?;
        for (name, text) in &self.file {
            let path = folder.path().join(name);
            fs::write(&path, text)?;
            fs::set_permissions(&path, Permissions::from_mode(0o755))?;
        }
        let mut words: Vec<String> = match (&self.argv, &self.script) {
            (Some(argv), _) => argv.clone(),
            (None, Some(script)) => {
                fs::write(folder.path().join("entrypoint"), script)?;
                let applet = (shell == "busybox").then_some("sh");
                [shell].into_iter().chain(applet).chain(["./entrypoint"]).map(str::to_string).collect()
            }
            (None, None) => return Err("neither `script` nor `argv`".into()),
        };
        words.extend(self.args.iter().cloned());
        let mut prove = proof::command()?;
        prove.args(["--probe", "app", "--grace", GRACE]);
        if self.system_shell {
            // In a mount namespace of its own. What is there as /bin/sh may be a link, which is followed. By its path, because
            // a shell of BusyBox would take its own `env`.
            let shell = path.display().to_string();
            let inner = prove;
            prove = std::process::Command::new("unshare");
            prove.args(["--mount", "/bin/sh", "-c", r#"mount --bind "$0" /bin/sh && exec "$@""#, &shell]);
            prove.arg(inner.get_program()).args(inner.get_args());
        }
        let inherited = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths([bin].into_iter().chain(env::split_paths(&inherited)))?;
        // A container has no such variable, and script(1) would start that shell.
        prove.arg("--").args(&words).current_dir(folder.path()).env("PATH", path).env_remove("SHELL");
        let (proof, said) = Proof::of(&mut prove)?;
        let rules = proof.rules();
        let is_it = proof.verdict == expected.verdict && rules.first().copied() == expected.how.as_deref();
        if is_it {
            return Ok(());
        }
        Err(format!("{expected:?}, but it is {}: {rules:?}\n{said}", proof.verdict).into())
    }
}
