//! What platforms are told, in the words of none.

use std::collections::BTreeSet;

use serde::Serialize;
use wigwag_core::{Millis, arguments::Mode, environment::Rule};
use wigwag_presets::Container;

use super::main;
use crate::model::Model;

/// Where Compose and people put secrets.
const SECRETS: &str = "/run/secrets/";

/// The longest label of a domain name, which the names of Kubernetes are.
const LONGEST_LABEL: usize = 63;

/// A file that the platform is to mount.
#[derive(Serialize)]
pub struct Secret {
    /// What it is called.
    pub name: String,
    /// Where the container has it.
    pub path: String,
    /// Where it comes from, if that is a file.
    pub file: String,
}

/// The arguments that the container has when it is given none.
pub fn command(model: &Model) -> Result<Vec<String>, String> {
    let service = main(model)?;
    Ok(match service.args_mode {
        Mode::Flags | Mode::Replace => [service.command.as_slice(), service.args.as_slice()].concat(),
        Mode::Subcommand => service.args.clone(),
        Mode::Fixed => Vec::new(),
    })
}

/// What the main service's preset says that its container needs.
#[derive(Serialize)]
pub struct Needs<'a> {
    env: Vec<(&'a str, &'a str)>,
    tmpfs: &'a [String],
    mounts: Vec<[&'a str; 2]>,
}

/// What the container needs besides.
pub fn needs(model: &Model) -> Option<Needs<'static>> {
    let Container { env, tmpfs, mounts, .. } = model.preset?.container.as_ref()?;
    Some(Needs {
        env: env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        tmpfs,
        mounts: mounts.iter().map(|path| [path.as_str(); 2]).collect(),
    })
}

/// As many whole seconds as there must be: no platform knows fractions.
pub fn seconds(length: Millis) -> String {
    length.0.div_ceil(1_000).to_string()
}

/// The main service's name, as long as a platform takes it.
pub fn name(model: &Model) -> Result<String, String> {
    Ok(main(model)?.name.chars().take(LONGEST_LABEL).collect())
}

/// The main service's name as one of Kubernetes: RFC 1123.
pub fn label(model: &Model) -> Result<String, String> {
    let name = name(model)?.to_ascii_lowercase().replace(['.', '_'], "-");
    let label = name.trim_matches('-');
    Ok(if label.is_empty() { "main".to_string() } else { label.to_string() })
}

/// The variables that must be given, and what to tell whoever does not.
pub fn required(model: &Model) -> impl Iterator<Item = (&str, &str)> {
    model.config.env.iter().filter_map(|(name, rule)| match rule {
        Rule::Required(message) => Some((name.as_str(), message.as_str())),
        // Its value may be in a file, which another variable names.
        Rule::FileEnv(_) | Rule::Default(_) | Rule::File(_) | Rule::Unset => None,
    })
}

/// The files of variables that every platform has a place for: those directly below [`SECRETS`].
pub fn secrets(model: &Model) -> Vec<Secret> {
    let files = model.config.env.values().filter_map(|rule| match rule {
        Rule::File(path) => Some(path.as_str()),
        Rule::Default(_) | Rule::Required(_) | Rule::FileEnv(_) | Rule::Unset => None,
    });
    // Two variables can have one file.
    let names: BTreeSet<&str> =
        files.filter_map(|path| path.strip_prefix(SECRETS)).filter(|name| is_key(name)).collect();
    names
        .into_iter()
        .map(|name| Secret {
            name: name.to_string(),
            path: format!("{SECRETS}{name}"),
            file: format!("./secrets/{name}"),
        })
        .collect()
}

/// Whether Compose and Kubernetes can call a secret so.
fn is_key(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    name.len() <= LONGEST_LABEL && name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_whole_and_enough() {
        for (length, expected) in [(0, "0"), (1, "1"), (1_000, "1"), (1_001, "2"), (28_500, "29")] {
            assert_eq!(seconds(Millis(length)), expected);
        }
    }

    #[test]
    fn a_key_is_no_path() {
        assert!(is_key("db_password.txt"));
        for name in ["", ".", "..", "a/b", "a b", "-x", &"x".repeat(64)] {
            assert!(!is_key(name), "{name}");
        }
    }
}
