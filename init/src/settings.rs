//! Everything that is known before anything is started: config, command, environment.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _, path::Path};

use wigwag_core::{Config, arguments, environment};

use crate::args::Args;

pub struct Settings {
    pub config: Config,
    /// Program and arguments of the service.
    pub command: Vec<Vec<u8>>,
    /// `NAME=value` entries, for the service and the hooks.
    pub environment: Vec<Vec<u8>>,
}

/// Reads the config and applies it to what the platform gave.
///
/// # Errors
/// Every problem, one line or paragraph each.
pub fn load(args: &Args, given: Vec<Vec<u8>>) -> Result<Settings, Vec<String>> {
    let (config, command) = match &args.config {
        None => (Config::plain(), args.words.clone()),
        Some(file) => {
            let config = read(Path::new(OsStr::from_bytes(file)))?;
            let command = bytes(&config.service.command);
            let default = bytes(&config.service.args);
            let words = arguments::resolve(&command, &default, &args.words);
            let command = words.into_iter().map(<[u8]>::to_vec).collect();
            (config, command)
        }
    };
    let mut environment = given;
    let problems = environment::apply(&config.env, &mut environment, |path| std::fs::read(path));
    if problems.is_empty() {
        return Ok(Settings { config, command, environment });
    }
    Err(problems.iter().map(describe).collect())
}

fn read(path: &Path) -> Result<Config, Vec<String>> {
    let shown = path.display();
    let text =
        std::fs::read_to_string(path).map_err(|error| vec![format!("cannot read the config `{shown}`: {error}")])?;
    let config: Config = toml::from_str(&text).map_err(|error| vec![format!("{shown}: {error}")])?;
    let problems = config.problems();
    if problems.is_empty() {
        return Ok(config);
    }
    Err(problems.into_iter().map(|problem| format!("{shown}: {problem}")).collect())
}

fn bytes(words: &[String]) -> Vec<Vec<u8>> {
    words.iter().map(|word| word.as_bytes().to_vec()).collect()
}

fn describe(problem: &environment::Problem<std::io::Error>) -> String {
    match problem {
        environment::Problem::Unreadable { error, .. } => format!("{problem}: {error}"),
        environment::Problem::Missing { .. } | environment::Problem::Nul { .. } => problem.to_string(),
    }
}
