//! The first spec of somebody who has none: of a preset, or of what a Dockerfile says.

mod dockerfile;
mod health;
mod line;

use std::fmt::Write as _;

use wigwag_core::Signal;
use wigwag_presets::Preset;

pub use self::dockerfile::of_dockerfile;

/// What is to be written, and what there is to say about it.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    preset: Option<&'static Preset>,
    /// Empty, if it is the preset's.
    command: Vec<String>,
    args: Vec<String>,
    stop_signal: Option<Signal>,
    kill_mode: Option<&'static str>,
    user: Option<String>,
    working_dir: Option<String>,
    ready: Option<String>,
    /// Whether what is wrong with an entrypoint script is said by somebody who has read it.
    is_script_read: bool,
    /// The variables that the image sets itself.
    variables: Vec<String>,
    /// What was found out on the way: sentences for the one who reads the spec.
    pub notes: Vec<String>,
}

/// What stands for a program that is not known.
const YOURS: &str = "your-program";

impl Draft {
    /// That of a program which is known.
    pub fn of_preset(preset: &'static Preset) -> Self {
        let mut draft = Self { preset: Some(preset), ..Self::default() };
        if preset.command.is_none() {
            let program = preset.programs.first().cloned().unwrap_or_else(|| YOURS.into());
            draft.command = vec![program, YOURS.into()];
            draft.notes.push(format!("`{YOURS}` stands for what {} runs: write its name", preset.title));
        }
        draft
    }

    /// That of a program which is not.
    pub fn of_nothing() -> Self {
        let notes = vec![format!("`{YOURS}` stands for the program and its arguments: every word is one of the array")];
        Self { command: vec![YOURS.into()], notes, ..Self::default() }
    }

    /// The spec.
    pub fn spec(&self) -> String {
        let mut spec = String::from(
            "# How this container starts, listens and stops. `wigwag check` says what is wrong with it.\n",
        );
        for note in &self.notes {
            let _ = writeln!(spec, "# Note: {note}.");
        }
        spec.push_str("version = 1\n\n[container]\n");
        if let Some(signal) = self.stop_signal {
            let _ =
                writeln!(spec, "stop-signal = {}    # what asks for a stop: STOPSIGNAL", quoted(&signal.to_string()));
        }
        match self.preset.and_then(|preset| preset.time.as_ref()) {
            Some(time) => {
                let _ = writeln!(spec, "# {} may take {} to stop: {}.", self.name(), time.grace_period, line::one(&time.reason));
            }
            None => spec.push_str("# How long the platform waits before it kills. Tell it the same: `docker stop -t`, `stop_grace_period`.\n"),
        }
        let grace = self
            .preset
            .and_then(|preset| preset.time.as_ref())
            .map_or("10s".into(), |time| time.grace_period.to_string());
        let _ = writeln!(spec, "grace-period = {}", quoted(&grace));
        let _ = write!(spec, "\n[service.{}]\n", self.name());
        self.service(&mut spec);
        if !self.variables.is_empty() {
            let _ = write!(
                spec,
                "\n# The image's own ENV stays as it is: {}. What must be set besides, and other defaults:\n# [env]\n# API_KEY = {{ required = true }}\n",
                self.variables.join(", ")
            );
        }
        spec
    }

    fn service(&self, spec: &mut String) {
        if let Some(preset) = self.preset {
            let (signal, effect) = (preset.stop.signal, line::one(&preset.stop.effect));
            let _ = writeln!(spec, "# It is asked to stop by {signal}: {effect}.\npreset = {}", quoted(&preset.name));
            if let Some(command) = preset.command.as_ref().filter(|_| self.command.is_empty()) {
                let _ = writeln!(spec, "# command = {}", array(&command.words));
            }
        }
        if !self.command.is_empty() {
            let _ = writeln!(spec, "command = {}", array(&self.command));
        }
        if !self.args.is_empty() {
            let _ = writeln!(spec, "args = {}    # what `docker run` can replace", array(&self.args));
        }
        if let Some(mode) = self.kill_mode {
            let _ = writeln!(spec, "kill-mode = {}", quoted(mode));
        }
        for (key, value) in [("user", &self.user), ("working-dir", &self.working_dir)] {
            if let Some(value) = value {
                let _ = writeln!(spec, "{key} = {}", quoted(value));
            }
        }
        if let Some(ready) = &self.ready {
            let _ = writeln!(spec, "ready = {ready}");
        }
    }

    /// What the service is called: its preset, or its program.
    fn name(&self) -> String {
        if let Some(preset) = self.preset {
            return preset.name.clone();
        }
        // A script that executes its arguments is not what it is there for.
        let words = if self.is_entrypoint_script() && !self.args.is_empty() { &self.args } else { &self.command };
        let program = words.first().map_or("app", |program| program.rsplit('/').next().unwrap_or_default());
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        let name: String = program.split('.').next().unwrap_or_default().chars().filter(|c| is_plain(*c)).collect();
        if ["", "sh", "bash", YOURS].contains(&name.as_str()) { "app".into() } else { name }
    }
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.into()).to_string()
}

/// An array of them.
fn array(words: &[String]) -> String {
    format!("[{}]", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", "))
}
