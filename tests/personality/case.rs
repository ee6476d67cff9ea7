//! A case: how the init is called, and what must come of it.

use std::{collections::BTreeMap, ffi::OsString, fs, os::unix::process::ExitStatusExt, path::Path};

use scenarios::{Container, DEADLINE, Init, Result, Setup, Stdio, matches};
use serde::Deserialize;

/// A peer's file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    pub case: Vec<Case>,
}

/// How the init is called, and what must come of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Case {
    /// What must hold, in a sentence.
    pub about: String,
    /// Environment variables.
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// Whether the init is not PID 1, but a child of a shell that is.
    #[serde(default)]
    not_first: bool,
    /// A file that must be there after its end; only when the init is not PID 1.
    #[serde(default)]
    awaits: Option<String>,
    /// Whether standard input is a terminal, as `docker run -it` gives it.
    #[serde(default)]
    terminal: bool,
    /// What prepares and then executes the init, as its last arguments.
    #[serde(default)]
    before: Vec<String>,
    /// The init's arguments.
    run: Vec<String>,
    exit: i32,
    /// What must be written, line by line: `*` stands for any text, `...` for any lines.
    #[serde(default)]
    stdout: Vec<String>,
    #[serde(default)]
    stderr: Vec<String>,
}

impl Case {
    /// Calls the init, and compares.
    pub fn run(&self, init: &Init) -> Result<()> {
        let directory = tempfile::tempdir()?;
        let command = self.command(init, directory.path())?;
        let stdio = if self.terminal { Stdio::Terminal } else { Stdio::Read };
        let setup = Setup { command, directory: directory.path().to_path_buf(), stdio, is_below: false };
        let mut container = Container::start(&setup)?;
        let status = container.ended_within(DEADLINE)?.ok_or("it did not end")?;
        let mut wrong = Vec::new();
        if status.code() != Some(self.exit) {
            wrong.push(format!(
                "ended with {:?} or signal {:?}, not with {}",
                status.code(),
                status.signal(),
                self.exit
            ));
        }
        for (stream, expected) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            let text = String::from_utf8_lossy(&fs::read(directory.path().join(stream))?).into_owned();
            let lines: Vec<&str> = text.lines().collect();
            if !are(expected, &lines) {
                wrong.push(format!("{stream} is not {expected:#?}:\n{text}"));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
    }

    fn command(&self, init: &Init, directory: &Path) -> Result<Vec<OsString>> {
        let script = match (&self.awaits, self.not_first) {
            (None, false) => "exec \"$@\" >stdout 2>stderr".to_string(),
            (None, true) => "\"$@\" >stdout 2>stderr; exit $?".to_string(),
            (Some(file), _) => {
                format!("\"$@\" >stdout 2>stderr; code=$?; until test -e {file}; do sleep 0.01; done; exit $code")
            }
        };
        let mut command: Vec<OsString> = ["sh", "-c", &script, "-", "env"].map(OsString::from).into();
        command.extend(self.env.iter().map(|(name, value)| format!("{name}={value}").into()));
        command.extend(self.before.iter().map(OsString::from));
        command.push(init.program(directory)?);
        command.extend(self.run.iter().map(OsString::from));
        Ok(command)
    }
}

/// Whether the lines are those that are expected.
fn are(expected: &[String], lines: &[&str]) -> bool {
    let Some((pattern, rest)) = expected.split_first() else { return lines.is_empty() };
    if pattern == "..." {
        return (0..=lines.len()).any(|skipped| lines.get(skipped..).is_some_and(|left| are(rest, left)));
    }
    lines.split_first().is_some_and(|(line, left)| matches(pattern, line) && are(rest, left))
}
