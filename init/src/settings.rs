//! Everything that is known before anything is started: config, command, environment.

use alloc::{
    format,
    string::{String, ToString as _},
    vec,
    vec::Vec,
};

use rustix::io::Errno;
use wigwag_core::{Config, arguments, environment};

use crate::{
    args::Args,
    sys::{error::sentence, file},
    text::Text,
};

pub struct Settings {
    pub config: Config,
    /// Program and arguments of the service.
    pub command: Vec<Text>,
    /// `NAME=value` entries, for the service and the hooks.
    pub environment: Vec<Text>,
}

/// Reads the config and applies it to what the platform gave.
///
/// # Errors
/// Every problem, one line or paragraph each.
pub fn load(args: Args, given: Vec<Text>) -> Result<Settings, Vec<String>> {
    let (config, command) = match &args.config {
        None => (Config::plain(), args.words),
        Some(file) => {
            let config = read(file)?;
            let command = texts(&config.service.command);
            let default = texts(&config.service.args);
            let command = arguments::resolve(&command, &default, &args.words).into_iter().cloned().collect();
            (config, command)
        }
    };
    let mut environment = given;
    let problems = environment::apply(&config.env, &mut environment, |path| file::content(Text::from(path).as_c_str()));
    if problems.is_empty() {
        return Ok(Settings { config, command, environment });
    }
    Err(problems.iter().map(describe).collect())
}

fn read(path: &Text) -> Result<Config, Vec<String>> {
    let shown = String::from_utf8_lossy(path.as_bytes());
    let unreadable = |why: &str| vec![format!("cannot read the config `{shown}`: {why}")];
    let content = file::content(path.as_c_str()).map_err(|errno| unreadable(sentence(errno)))?;
    let text = str::from_utf8(&content).map_err(|error| unreadable(&error.to_string()))?;
    let config: Config = toml::from_str(text).map_err(|error| vec![format!("{shown}: {error}")])?;
    let problems = config.problems();
    if problems.is_empty() {
        return Ok(config);
    }
    Err(problems.into_iter().map(|problem| format!("{shown}: {problem}")).collect())
}

fn texts(words: &[String]) -> Vec<Text> {
    words.iter().map(|word| Text::from(word.as_str())).collect()
}

fn describe(problem: &environment::Problem<Errno>) -> String {
    match problem {
        environment::Problem::Unreadable { error, .. } => format!("{problem}: {}", sentence(*error)),
        environment::Problem::Missing { .. } | environment::Problem::Nul { .. } => problem.to_string(),
    }
}
