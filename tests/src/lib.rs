//! The harness of the case folders: builds the binaries, starts any init as PID 1, watches it from outside.

use std::{
    fmt::Display,
    fs,
    io::{Write, stderr},
    path::Path,
    process::Command,
    str::FromStr,
};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};

mod built;
mod case;
pub mod component;
mod container;
mod deadline;
pub mod document;
mod init;
mod numbers;
mod output;
pub mod processes;
mod stdio;
pub mod terminal;
mod text;

pub use built::{Built, built};
pub use case::{Case, Difference};
pub use container::{Container, Setup, with_default_signals};
pub use deadline::{DEADLINE, until};
pub use init::Init;
pub use numbers::Numbers;
pub use output::Output;
pub use stdio::Stdio;
pub use terminal::Terminal;
pub use text::{matches, printable};

/// What went wrong, in words for the person who reads the failed test.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The result of a step of a test.
pub type Result<T> = std::result::Result<T, Error>;

/// Where everything must be possible.
pub fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|ci| ci == "true")
}

/// Says in one line why these cases cannot be run here; in CI that is an error.
pub fn skip(cases: usize, why: &str) -> Result<()> {
    if is_ci() {
        return Err(format!("CI must be able to run these {cases} cases: {why}").into());
    }
    Ok(writeln!(stderr(), "skipped: {why} ({cases} cases)")?)
}

/// Why nothing can be PID 1 here.
pub fn obstacle() -> Result<Option<String>> {
    let output = Command::new(&built()?.wigwag).args(["pid1", "--", "/bin/true"]).output()?;
    Ok((!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).trim().to_string()))
}

/// What says what a case is.
const CASE: &str = "case.toml";

/// Reads a case's folder: what its `case.toml` says.
pub fn read_case<T: DeserializeOwned>(folder: &Path) -> Result<T> {
    let path = folder.join(CASE);
    let here = |error: &dyn Display| format!("{}: {error}", path.display());
    let text = fs::read_to_string(&path).map_err(|error| here(&error))?;
    Ok(toml::from_str(&text).map_err(|error| here(&error))?)
}

/// Reads what is written as text: `#[serde(deserialize_with = "scenarios::text")]`.
pub fn text<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(deserializer: D) -> std::result::Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

/// The same, for what need not be there; that takes `default` too.
pub fn optional_text<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error> {
    text(deserializer).map(Some)
}
