//! Hooks as they are written.

use std::borrow::Cow;

use toml::{Spanned, de::DeValue};
use wigwag_core::{
    FileMode, Millis, Signal,
    config::{HookPoint, Occasion},
    remote::{Remote, Url},
};

use super::{
    List,
    execution::Execution,
    failure::Failing,
    foreign,
    shape::Shape,
    table::{Key, table},
    value::{self, Field, Problems, Raw, Value, mismatch, plain},
};
use crate::{diagnostic::Diagnostic, suggest::quoted};

table! {
    /// The hooks of each point; those of one point run one after the other.
    #[written = "a hook is written `[[hook.pre-stop]]`, and below it its `command` and `timeout`"]
    pub struct Hooks {
        /// Before the first service is started.
        "pre-start" => pre_start: List<Hook>,
        /// When every service is ready.
        "post-start" => post_start: List<Hook>,
        /// When the hook's `signal` comes, while the services run. No service gets it then.
        "on-signal" => on_signal: List<Hook>,
        /// When a stop has been asked for, before the services' stop signals.
        "pre-stop" => pre_stop: List<Hook>,
        /// When every process is gone.
        "post-stop" => post_stop: List<Hook>,
    }
}

impl Hooks {
    /// Those of a point.
    pub fn at(&self, point: HookPoint) -> &Field<List<Hook>> {
        match point {
            HookPoint::PreStart => &self.pre_start,
            HookPoint::PostStart => &self.post_start,
            HookPoint::OnSignal => &self.on_signal,
            HookPoint::PreStop => &self.pre_stop,
            HookPoint::PostStop => &self.post_stop,
        }
    }
}

table! {
    /// Work at one point of the container's life: exactly one of `command`, `plugin`, `directory`, `template`, `wait-for`,
    /// `sleep` and `http-get`. All but the first two need no program in the image.
    #[written = "a hook has a header in double brackets, such as `[[hook.pre-stop]]`, and below it `command` and `timeout`"]
    pub struct Hook {
        /// Program and arguments.
        "command" => command: List<String>,
        /// The plugin that is called. At on-signal it decides what the signal does, also the platform's stop signal.
        "plugin" => plugin: String,
        /// A directory whose regular files that can be executed are run, in byte order of their names, until one fails. Where
        /// it is not there, there is nothing to do.
        "directory" => directory: String,
        /// A file with `${NAME}` in it, from which the file `to` is written: that becomes the value of the variable, if it is
        /// one of `variables`, and all else stays as it is. A variable that is not set is an error.
        "template" => template: String,
        /// The file that is written from a `template`. It is there as a whole or not at all.
        "to" => to: String,
        /// The permissions of the file `to`, in octal digits, whatever the umask is. Default: `"0644"`.
        "mode" => mode: FileMode,
        /// The variables that a `template` has. Default: those of `[env]` that are not taken away.
        "variables" => variables: List<String>,
        /// It is waited for this: `{ tcp = "db:5432" }`, a port that takes connections, or `{ file = "/run/x" }`, a file that
        /// is there.
        "wait-for" => wait_for: Awaited,
        /// It is waited for so long.
        "sleep" => sleep: Millis,
        /// A server is asked for this by plain HTTP; an answer from 200 to 299 is success.
        "http-get" => http_get: Url,
        /// A file: where it is, a `command` or `directory` is not run. It is made when that has succeeded. For hooks at
        /// pre-start and post-start.
        "once" => once: String,
        /// After what end a post-stop hook runs: `"always"` (default); `"stop"`, that was asked for; `"exit"`, a service ended
        /// by itself; `"failure"`, something failed.
        "when" => when: Occasion,
        /// The signal that an on-signal hook is for. It runs wherever that comes from, unless `[signals]` says otherwise.
        "signal" => signal: Signal,
        /// Then it is killed. Required for pre-stop and post-stop, which count against the grace period, and so does what a
        /// plugin may take for the platform's stop signal; a `sleep` has its own length. Default for a plugin at on-signal:
        /// 100ms; for `wait-for` and `http-get` elsewhere: 30s.
        "timeout" => timeout: Millis,
        /// What follows when it fails: `"abort"` (default for pre-start) or `"continue"` (default for the others). For a plugin
        /// at on-signal: `"default"`, which is its default, what the signal would do without it; or `"drop"`, nothing. For plugins also by
        /// cause, in a table.
        "on-failure" => on_failure: Failing,
        ..execution: Execution,
    }
}

table! {
    /// What a hook waits for: exactly one of its keys.
    #[written = "`wait-for = { tcp = \"db:5432\" }`, or `wait-for = { file = \"/run/ready\" }`"]
    pub struct WaitFor {
        /// A TCP port that takes connections; names are resolved.
        "tcp" => tcp: Remote,
        /// A file that is there, whatever it is.
        "file" => file: String,
    }
}

/// What a hook waits for: a table of which nothing is said if one of its keys is not known.
#[derive(Clone, Debug)]
pub struct Awaited(pub WaitFor);

impl Value for Awaited {
    fn expected() -> Cow<'static, str> {
        "a table such as `{ tcp = \"db:5432\" }`".into()
    }

    fn shape() -> Shape {
        WaitFor::shape()
    }

    fn hint(raw: &Raw) -> Option<String> {
        WaitFor::hint(raw)
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        match raw.get_ref() {
            DeValue::Table(_) => value::read_known(raw, problems).map(Self),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => mismatch::<Self, _>(raw, problems),
        }
    }
}

/// Reads a value from a string.
fn parsed<T: Value + std::str::FromStr>(raw: &Raw, noun: &str, help: &str, problems: &mut Problems) -> Option<T> {
    let DeValue::String(text) = raw.get_ref() else {
        return mismatch::<T, _>(raw, problems);
    };
    let value = text.parse().ok();
    if value.is_none() {
        problems.push(Diagnostic::new(raw.span(), format!("{} is not {noun}", quoted(text))).help(help));
    }
    value
}

const REMOTE: &str = "a name or an address, and a port: `\"db:5432\"`, `\"127.0.0.1:5432\"`, `\"[::1]:5432\"`";

impl Value for Remote {
    fn expected() -> Cow<'static, str> {
        "a host with a port such as \"db:5432\"".into()
    }

    fn shape() -> Shape {
        Shape::pattern(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]/]+):[0-9]{1,5}")
    }

    fn hint(raw: &Raw) -> Option<String> {
        let port = plain(raw).filter(|port| port.parse::<u16>().is_ok());
        Some(port.map_or_else(|| REMOTE.into(), |port| format!("with its host: `\"127.0.0.1:{port}\"`")))
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        parsed(raw, "a host with a port", REMOTE, problems)
    }
}

const URL: &str = "plain HTTP to a host and maybe a port: `\"http://127.0.0.1:9901/drain\"`";

impl Value for Url {
    fn expected() -> Cow<'static, str> {
        "a URL such as \"http://127.0.0.1:9901/drain\"".into()
    }

    fn shape() -> Shape {
        Shape::pattern("http://[^ ]+")
    }

    fn hint(_raw: &Raw) -> Option<String> {
        Some(URL.into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        parsed(raw, "a URL of plain HTTP", URL, problems)
    }
}

const MODE: &str = "three octal digits, from `\"0000\"` to `\"0777\"`: `\"0640\"`";

impl Value for FileMode {
    fn expected() -> Cow<'static, str> {
        "a file's mode such as \"0640\"".into()
    }

    fn shape() -> Shape {
        Shape::pattern("0?[0-7]{3}")
    }

    fn hint(raw: &Raw) -> Option<String> {
        let digits = plain(raw).map(|digits| digits.trim_start_matches("0o").to_string());
        let mode = digits.and_then(|digits| digits.parse::<Self>().ok());
        Some(mode.map_or_else(|| MODE.into(), |mode| format!("in quotes, because the digits are octal: `\"{mode}\"`")))
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        parsed(raw, "a file's mode", MODE, problems)
    }
}

/// Where something stands, and its key.
pub type Place = (&'static str, Option<std::ops::Range<usize>>);

impl Hook {
    /// The keys that say what it does, as far as they are there, in the order of the file, and where; nowhere, if one could not
    /// be read.
    pub fn tasks(&self) -> Vec<Place> {
        let all = [
            ("command", self.command.is_absent(), self.command.place()),
            ("plugin", self.plugin.is_absent(), self.plugin.place()),
            ("directory", self.directory.is_absent(), self.directory.place()),
            ("template", self.template.is_absent(), self.template.place()),
            ("wait-for", self.wait_for.is_absent(), self.wait_for.place()),
            ("sleep", self.sleep.is_absent(), self.sleep.place()),
            ("http-get", self.http_get.is_absent(), self.http_get.place()),
        ];
        let there = all.into_iter().filter(|(_, is_absent, _)| !is_absent);
        let mut there: Vec<Place> = there.map(|(key, _, place)| (key, place)).collect();
        there.sort_by_key(|(_, place)| place.as_ref().map(|place| place.start));
        there
    }

    /// What it may take as it is written, and where: a sleep takes its length.
    pub fn time(&self) -> Option<&Spanned<Millis>> {
        self.timeout.given().or(self.sleep.given())
    }
}
