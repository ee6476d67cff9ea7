//! The spec as written: every value with its place in the file and of its type, nothing else checked.

mod signal;
mod table;
mod value;

use std::borrow::Cow;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use wigwag_core::{
    Millis, Signal,
    config::{HookPoint, OnFailure, SignalRule},
};

pub use self::{
    signal::no_signal,
    table::Key,
    value::{Field, Named, Problems, Value},
};
use self::{
    table::table,
    value::{Raw, word},
};
use crate::{diagnostic::Diagnostic, source::Source};

/// A list in the order of the file.
pub type List<T> = Vec<Spanned<T>>;

table! {
    /// The whole spec.
    pub struct Spec {
        /// The version of the spec's form: 1.
        "version" => version: i64,
        /// What the platform does.
        "container" => container: Container,
        /// The processes, by name. This version runs one.
        "service" => service: Named<Service>,
        /// What is declared for environment variables, by name.
        "env" => env: Named<Variable>,
        /// What signals do, by name: another signal, `"drop"`, or `"stop"` for what the stop signal does.
        /// A signal that is not named is forwarded as it is.
        "signals" => signals: Named<SignalRule>,
        /// Work at one point of the container's life.
        "hook" => hook: Hooks,
    }
}

table! {
    /// What the platform does.
    pub struct Container {
        /// What the container starts: `"init"` (default), which can do all of this, or `"script"`, plain sh.
        "entrypoint" => entrypoint: Entrypoint,
        /// The signal by which the platform asks for a stop: STOPSIGNAL. Default: SIGTERM.
        "stop-signal" => stop_signal: Signal,
        /// How long the platform waits after it before it kills. Default: 10s, as Docker does.
        "grace-period" => grace_period: Millis,
        /// What descendants get at least when the service itself needed all of its stop timeout. Default: 500ms.
        "leftover-timeout" => leftover_timeout: Millis,
    }
}

table! {
    /// A supervised process.
    pub struct Service {
        /// Program and fixed arguments.
        "command" => command: List<String>,
        /// Arguments when the container is given none.
        "args" => args: List<String>,
        /// The signal that asks this program to stop. Default: the container's stop-signal.
        "stop-signal" => stop_signal: Signal,
        /// From that signal to the final signal. Default: what the grace period leaves.
        "stop-timeout" => stop_timeout: Millis,
        /// The services that are started before this one, and stopped after it.
        "after" => after: List<String>,
    }
}

table! {
    /// The hooks of each point; those of one point run one after the other.
    pub struct Hooks {
        /// Before the service is started.
        "pre-start" => pre_start: List<Hook>,
        /// When the service executes its program.
        "post-start" => post_start: List<Hook>,
        /// When a stop has been asked for, before the service's stop signal.
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
            HookPoint::PreStop => &self.pre_stop,
            HookPoint::PostStop => &self.post_stop,
        }
    }
}

table! {
    /// Work at one point of the container's life.
    pub struct Hook {
        /// Program and arguments.
        "command" => command: List<String>,
        /// Then it is killed. Required for pre-stop and post-stop, which count against the grace period.
        "timeout" => timeout: Millis,
        /// What follows when it fails: `"abort"` (default for pre-start) or `"continue"` (default for the others).
        "on-failure" => on_failure: OnFailure,
    }
}

table! {
    /// What is declared for a variable, other than a plain default.
    pub struct Declaration {
        /// When it is not set, the content of this file, without one newline at its end.
        "file" => file: String,
        /// It must be set, and not empty.
        "required" => required: bool,
        /// It is taken away.
        "unset" => unset: bool,
    }
}

/// What is declared for an environment variable.
#[derive(Clone, Debug)]
pub enum Variable {
    /// The value when it is not set.
    Default(String),
    /// Anything else.
    Declared(Declaration),
}

impl Value for Variable {
    fn expected() -> Cow<'static, str> {
        "a string or a table such as { file = \"/run/secrets/x\" }".into()
    }

    fn hint() -> Option<&'static str> {
        String::hint()
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        match raw.get_ref() {
            DeValue::String(_) => String::read(raw, problems).map(Self::Default),
            DeValue::Table(_) => {
                let known = problems.len();
                let declaration = Declaration::read(raw, problems)?;
                // Whether anything is declared cannot be said of a key that is not known.
                (problems.len() == known).then_some(Self::Declared(declaration))
            }
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => value::mismatch::<Self, _>(raw, problems),
        }
    }
}

/// What the container starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Entrypoint {
    /// `wigwag-init`.
    #[default]
    Init,
    /// A plain script that executes the service in its own place.
    Script,
}

impl Value for Entrypoint {
    fn expected() -> Cow<'static, str> {
        "\"init\" or \"script\"".into()
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        word(&[("init", Self::Init), ("script", Self::Script)], raw, problems)
    }
}

impl Spec {
    /// Reads a spec. What could be read comes back even if there are problems, so that the rest can be checked too;
    /// nothing does when the file is not TOML.
    pub fn read(source: &Source) -> (Option<Self>, Problems) {
        let (document, errors) = DeTable::parse_recoverable(&source.text);
        if !errors.is_empty() {
            let problem = |error: &toml::de::Error| Diagnostic::new(error.span().unwrap_or(0..0), error.message());
            return (None, errors.iter().map(problem).collect());
        }
        let mut problems = Problems::new();
        let span = document.span();
        let spec = Self::read_value(&Spanned::new(span, DeValue::Table(document.into_inner())), &mut problems);
        (spec, problems)
    }

    fn read_value(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        <Self as Value>::read(raw, problems)
    }
}
