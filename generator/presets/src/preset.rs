//! A preset: what is known of a program, each value with its source.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wigwag_core::{Millis, Signal, config};

use crate::written;

/// What a source begins with: it is documentation, or was measured here.
const SOURCES: [&str; 2] = ["https://", "measured with "];

/// What is known of a program.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Preset {
    /// What it is called in a spec.
    #[serde(skip_deserializing)]
    pub name: String,
    /// What it is.
    pub title: String,
    /// The names of its executables; one that has a version at its end may lack it here.
    pub programs: Vec<String>,
    /// The images that are for it, without registry; `php:fpm` is one that has `fpm` in its tag.
    pub images: Vec<String>,
    /// How it is started so that it stays in the foreground. Some have no command of their own: `node`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Command>,
    /// What puts it into the background, or keeps it from there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daemon: Option<Daemon>,
    /// Whether it can be PID 1, or must.
    pub init: Init,
    /// What asks it to stop as it should.
    pub stop: Stop,
    /// What other signals do.
    #[serde(default, rename = "signal", skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Other>,
    /// What makes it read its configuration again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reload: Option<Reload>,
    /// Who of its processes must get its signals, where it is not as everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kill_mode: Option<KillMode>,
    /// How long it takes to stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
    /// The exit codes other than 0 that mean it stopped as it should.
    #[serde(default, rename = "exit-code", skip_serializing_if = "Vec::is_empty")]
    pub exit_codes: Vec<ExitCode>,
    /// What of its own settings a graceful stop needs.
    #[serde(default, rename = "need", skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// Work around its stop that it cannot do itself.
    #[serde(default, rename = "hook", skip_serializing_if = "Vec::is_empty")]
    pub hooks: Vec<Hook>,
    /// What the container must be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
    /// Ways to start it that break its stop.
    #[serde(default, rename = "avoid", skip_serializing_if = "Vec::is_empty")]
    pub avoid: Vec<Avoid>,
}

/// How it is started in the foreground.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Command {
    /// Program and arguments.
    pub words: Vec<String>,
    /// Where that is from.
    pub sources: Vec<String>,
}

/// What puts it into the background, or keeps it from there.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Daemon {
    /// Options with which it stays, if without them it goes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<String>,
    /// Options with which it goes.
    #[serde(default, rename = "if", skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<String>,
    /// What in its configuration keeps it, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
    /// Where that is from.
    pub sources: Vec<String>,
}

/// Whether it can be PID 1, or must.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Init {
    /// What it needs.
    pub is: Duty,
    /// Why.
    pub reason: String,
    /// Where that is from.
    pub sources: Vec<String>,
}

/// Whether there is an init.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duty {
    /// As PID 1 it does not stop as it should.
    Required,
    /// It can be PID 1.
    Optional,
    /// It must be PID 1 itself.
    Forbidden,
}

/// What asks it to stop as it should.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Stop {
    /// By which signal.
    #[serde(with = "written::text")]
    pub signal: Signal,
    /// What becomes of work in flight.
    pub in_flight: Flight,
    /// What happens.
    pub effect: String,
    /// What must be done with the signal instead of forwarding it as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// Where that is from.
    pub sources: Vec<String>,
}

/// What becomes of work in flight: a request, a session, a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flight {
    /// It is completed, if there is time.
    Completed,
    /// It is cut.
    Cut,
    /// The program that it runs decides that, or its settings.
    Depends,
    /// There is none.
    Nothing,
}

/// What another signal does.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Other {
    /// The signal.
    #[serde(rename = "name", with = "written::text")]
    pub signal: Signal,
    /// What kind of thing.
    pub does: Does,
    /// What happens.
    pub effect: String,
    /// What must be done with it instead of forwarding it as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// Where that is from.
    pub sources: Vec<String>,
}

/// What kind of thing a signal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Does {
    /// It stops as by its stop signal, or in another orderly way.
    Stop,
    /// It stops, and cuts what is in flight.
    FastStop,
    /// It reads its configuration again.
    Reload,
    /// It opens its logs again.
    Reopen,
    /// It replaces itself by a new version.
    Upgrade,
    /// It takes no new work.
    Quiet,
    /// It says something about itself.
    Dump,
    /// Nothing, though it may be sent in good faith.
    Nothing,
    /// It does harm.
    Harm,
}

/// What must be done with a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The program must not get it, unless it is what the platform asks for a stop with: a client whose window changes its
    /// size passes SIGWINCH on, too.
    Drop,
}

/// What makes it read its configuration again: one of both.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reload {
    /// A signal.
    #[serde(default, with = "written::optional", skip_serializing_if = "Option::is_none")]
    pub signal: Option<Signal>,
    /// A command.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// What happens.
    pub effect: String,
    /// Where that is from.
    pub sources: Vec<String>,
}

/// Who of its processes gets its signals.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct KillMode {
    /// In the words of a spec.
    #[serde(with = "KillModeWords")]
    pub is: config::KillMode,
    /// Why.
    pub reason: String,
    /// Where that is from.
    pub sources: Vec<String>,
}

/// The words of the core's, for serde.
#[derive(Deserialize, Serialize)]
#[serde(remote = "config::KillMode", rename_all = "kebab-case")]
enum KillModeWords {
    Mixed,
    Process,
    Group,
}

/// How long it takes to stop.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Time {
    /// What the platform should give; the default of 10s is too little, or may be.
    #[serde(with = "written::text")]
    pub grace_period: Millis,
    /// Why.
    pub reason: String,
    /// Where that is from.
    pub sources: Vec<String>,
}

/// An exit code that means it stopped as it should.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExitCode {
    /// The code.
    pub code: u8,
    /// Why.
    pub reason: String,
    /// Where that is from.
    pub sources: Vec<String>,
}

/// A setting of its own that a graceful stop needs.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Need {
    /// What is to be set, and where.
    pub setting: String,
    /// To what.
    pub value: String,
    /// What happens without it.
    pub reason: String,
    /// Where that is from.
    pub sources: Vec<String>,
}

/// Work around its stop.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Hook {
    /// When.
    pub at: Point,
    /// The work, as it could be written in a hook's `command`.
    pub command: Vec<String>,
    /// What for.
    pub reason: String,
    /// Where that is from.
    pub sources: Vec<String>,
}

/// When work around a stop is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    /// Before it starts.
    PreStart,
    /// Before it is asked to stop.
    PreStop,
    /// When it is gone.
    PostStop,
}

/// What the container must be given.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Container {
    /// Environment variables.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Directories that are in memory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tmpfs: Vec<String>,
    /// Directories of the host, which are at the same place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<String>,
    /// What happens without it.
    pub reason: String,
    /// Where that is from.
    pub sources: Vec<String>,
}

/// A way to start it that breaks its stop.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Avoid {
    /// The command.
    pub command: Vec<String>,
    /// What happens.
    pub reason: String,
    /// Where that is from.
    pub sources: Vec<String>,
}

impl Daemon {
    /// The option of a command line by which it is asked to go.
    pub fn asked_by<W: AsRef<str>>(&self, words: &[W]) -> Option<&str> {
        let is_kept = self.unless.iter().any(|option| has(words, option, true));
        self.asked.iter().map(String::as_str).find(|option| !is_kept && has(words, option, false))
    }

    /// Whether it goes because the command line does not keep it.
    pub fn leaves_unless_told<W: AsRef<str>>(&self, words: &[W]) -> bool {
        // What only tells of the program, or tests its configuration, is over soon in any case.
        let is_question = |word: &W| ["-t", "-T", "-v", "-V", "-h", "--help", "--version"].contains(&word.as_ref());
        // `httpd-foreground` is a script that says it for the program.
        let says_so = words.first().is_some_and(|program| program.as_ref().ends_with("foreground"));
        !self.unless.is_empty()
            && !says_so
            && !self.unless.iter().any(|option| has(words, option, true))
            && !words.iter().skip(1).any(is_question)
    }
}

/// Whether a command line has an option, which may be two words; one letter may stand among others: `-D` in `-eD`.
fn has<W: AsRef<str>>(words: &[W], option: &str, among_others: bool) -> bool {
    let words: Vec<&str> = words.iter().skip(1).map(AsRef::as_ref).collect();
    if let Some(letter) = option.strip_prefix('-').filter(|rest| rest.len() == 1 && among_others) {
        return words.iter().any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains(letter));
    }
    if let Some((first, second)) = option.split_once(' ').filter(|_| option.starts_with('-')) {
        return words.windows(2).any(|pair| pair == [first, second]);
    }
    let is_part = |word: &str| among_others && !option.starts_with('-') && word.contains(option);
    words.iter().any(|word| *word == option || is_part(word))
}

impl Preset {
    /// Reads the file of a preset.
    pub(crate) fn read(name: &str, text: &str) -> Result<Self, String> {
        let preset: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        let preset = Self { name: name.to_string(), ..preset };
        match preset.problem() {
            Some(problem) => Err(problem),
            None => Ok(preset),
        }
    }

    /// What another signal than its stop signal does, as far as it is known.
    pub fn signal(&self, signal: Signal) -> Option<&Other> {
        self.signals.iter().find(|other| other.signal == signal)
    }

    /// What must be done with a signal instead of forwarding it as it is.
    pub fn rules(&self) -> impl Iterator<Item = (Signal, Rule)> {
        let stop = self.stop.rule.map(|rule| (self.stop.signal, rule));
        stop.into_iter().chain(self.signals.iter().filter_map(|other| Some((other.signal, other.rule?))))
    }

    /// What the types do not say.
    fn problem(&self) -> Option<String> {
        for (what, sources) in self.sources() {
            let is_source = |source: &String| SOURCES.iter().any(|form| source.starts_with(form));
            if sources.is_empty() || !sources.iter().all(is_source) {
                return Some(format!("{what}: a source is a URL or `measured with PROGRAM VERSION`"));
            }
        }
        for (at, other) in self.signals.iter().enumerate() {
            let is_named_before = self.signals.iter().take(at).any(|before| before.signal == other.signal);
            if is_named_before || other.signal == self.stop.signal {
                return Some(format!("{} is named twice", other.signal));
            }
        }
        if self.reload.as_ref().is_some_and(|reload| reload.signal.is_some() != reload.command.is_empty()) {
            return Some("a reload is by a signal or by a command".to_string());
        }
        None
    }

    /// What is said, and where it is from.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (String, &[String])> {
        let once = [
            self.command.as_ref().map(|it| ("command", &it.sources)),
            self.daemon.as_ref().map(|it| ("daemon", &it.sources)),
            Some(("init", &self.init.sources)),
            Some(("stop", &self.stop.sources)),
            self.reload.as_ref().map(|it| ("reload", &it.sources)),
            self.kill_mode.as_ref().map(|it| ("kill-mode", &it.sources)),
            self.time.as_ref().map(|it| ("time", &it.sources)),
            self.container.as_ref().map(|it| ("container", &it.sources)),
        ];
        let once = once.into_iter().flatten().map(|(what, sources)| (what.to_string(), sources.as_slice()));
        let signals = self.signals.iter().map(|it| (it.signal.to_string(), it.sources.as_slice()));
        let codes = self.exit_codes.iter().map(|it| (format!("exit code {}", it.code), it.sources.as_slice()));
        let needs = self.needs.iter().map(|it| (it.setting.clone(), it.sources.as_slice()));
        let hooks = self.hooks.iter().map(|it| (it.command.join(" "), it.sources.as_slice()));
        let avoid = self.avoid.iter().map(|it| (it.command.join(" "), it.sources.as_slice()));
        once.chain(signals).chain(codes).chain(needs).chain(hooks).chain(avoid)
    }
}
