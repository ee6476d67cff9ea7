//! A supervised process as it is written.

use std::borrow::Cow;

use toml::{Spanned, de::DeValue};
use wigwag_core::{
    Millis, Signal,
    arguments::Mode,
    config::{Delivery, KillMode},
};

use super::{
    List,
    address::Address,
    duration::Limit,
    execution::Execution,
    foreign,
    shape::Shape,
    table::{Key, table},
    value::{self, Field, Named, Problems, Raw, Value},
    words::When,
};

table! {
    /// A supervised process.
    #[written = "a service is a table with a name: `[service.web]`, and below it `command = [\"httpd\"]`"]
    #[named = "[A-Za-z0-9._-]+"]
    pub struct Service {
        /// A program that is known, by name: what is not written here is as is right for it, from its command and stop-signal
        /// to the container's grace-period. `wigwag preset list` prints the names.
        "preset" => preset: String,
        /// Program and fixed arguments. Default: the preset's.
        "command" => command: List<String>,
        /// Arguments when the container is given none; only the main service gets those.
        "args" => args: List<String>,
        /// What the container's arguments are for: `"flags"` (default), those that begin with `-` are for the command, any
        /// others are another command; `"subcommand"`, for the command, whatever they are; `"replace"`, they are another
        /// command; `"fixed"`, none are taken. Only the main service gets arguments.
        "args-mode" => args_mode: Mode,
        /// Whether this is the service that the container is for: it gets arguments and forwarded signals, and its end
        /// is the container's. Of several services exactly one is; a single one is.
        "main" => main: bool,
        /// Whether its end begins a stop of all, as the main service's always does. Default: `true`.
        "essential" => essential: bool,
        /// The services that must be ready before this one is started, and that are stopped after it.
        "after" => after: List<String>,
        /// The signal that asks this program to stop. Default: the preset's, or the container's stop-signal.
        "stop-signal" => stop_signal: Signal,
        /// From that signal to the final signal. Default: what the grace period leaves; services that stop one after the
        /// other and do not say it divide that evenly.
        "stop-timeout" => stop_timeout: Millis,
        /// Who gets the service's signals, in the words of systemd.kill(5): `"mixed"` (default), its process, and when it is
        /// gone those that it leaves behind; `"process"`, its process only; `"group"`, its whole process group at once.
        "kill-mode" => kill_mode: KillMode,
        /// Whether it is started again when it ends by itself: `"never"` (default), `"on-failure"` or `"always"`, or a
        /// table with `when` and how fast.
        "restart" => restart: Restarting,
        /// How it is known to be ready. Default: it is when it executes its program.
        "ready" => ready: Ready,
        /// What it gets of the signals that are forwarded, by name: a signal, or `"drop"`. What is not named reaches the
        /// main service as it is, and no other.
        "signals" => signals: Named<Delivery>,
        ..execution: Execution,
    }
}

table! {
    /// When and how fast a service is started again.
    #[written = "`restart = { when = \"on-failure\", delay = \"1s\" }`"]
    pub struct Restarts {
        /// After what end: `"on-failure"` is any but exit status 0.
        "when" => when: When,
        /// The pause before the first restart; it doubles with each that follows. Default: `"100ms"`.
        "delay" => delay: Millis,
        /// No pause is longer. Default: `"10s"`.
        "max-delay" => max_delay: Millis,
        /// How many restarts in a row, until it is given up. Default: `5`.
        "burst" => burst: u8,
        /// A service that ran this long is well again, and the next restart the first in a row. Default: `"10s"`.
        "reset-after" => reset_after: Millis,
    }
}

/// Restarts: a table, or only its `when`.
#[derive(Clone, Debug)]
pub struct Restarting(pub Restarts);

impl Value for Restarting {
    fn expected() -> Cow<'static, str> {
        "\"never\", \"on-failure\", \"always\", or a table such as `{ when = \"always\" }`".into()
    }

    fn shape() -> Shape {
        Shape::Any(vec![When::shape(), Restarts::shape()])
    }

    fn hint(_raw: &Raw) -> Option<String> {
        Some("such as `restart = \"on-failure\"`, or `restart = { when = \"on-failure\", delay = \"1s\" }`".into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        match raw.get_ref() {
            DeValue::String(_) => {
                let when = value::read(raw, problems);
                when.given().is_some().then(|| Self(Restarts { when, ..Restarts::default() }))
            }
            DeValue::Table(_) => value::read_known(raw, problems).map(Self),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => value::mismatch::<Self, _>(raw, problems),
        }
    }
}

table! {
    /// How a service is known to be ready.
    #[written = "`ready = { tcp = \"127.0.0.1:5432\" }`"]
    pub struct Readiness {
        /// A command that succeeds.
        "exec" => exec: List<String>,
        /// An address and port that take connections.
        "tcp" => tcp: Address,
        /// A file that is there.
        "file" => file: String,
        /// It says so itself, by `sd_notify(3)`: `READY=1`.
        "notify" => notify: bool,
        /// The pause between two attempts. Default: `"200ms"`.
        "interval" => interval: Millis,
        /// How long one attempt may take. Default: `"5s"`.
        "attempt" => attempt: Millis,
        /// How long it may take until it is ready; then it is stopped, and has failed; or `"never"`. Default: `"30s"`.
        "timeout" => timeout: Limit,
    }
}

/// Readiness: a table, or only the word `notify`.
#[derive(Clone, Debug)]
pub struct Ready(pub Readiness);

impl Value for Ready {
    fn expected() -> Cow<'static, str> {
        "\"notify\", or a table such as `{ tcp = \"127.0.0.1:5432\" }`".into()
    }

    fn shape() -> Shape {
        Shape::Any(vec![Shape::words(["notify"]), Readiness::shape()])
    }

    fn hint(raw: &Raw) -> Option<String> {
        Some(match raw.get_ref() {
            DeValue::Array(_) => "a command that succeeds is written `{ exec = [\"pg_isready\"] }`".into(),
            DeValue::Integer(port) => {
                format!("a port that takes connections is written `{{ tcp = \"127.0.0.1:{port}\" }}`")
            }
            DeValue::String(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Table(_) => {
                "one of `{ exec = [\"pg_isready\"] }`, `{ tcp = \"127.0.0.1:5432\" }`, \
                                    `{ file = \"/run/ready\" }` and `\"notify\"`"
                    .into()
            }
        })
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        match raw.get_ref() {
            DeValue::String(word) if word == "notify" => {
                let notify = Field::Given(Spanned::new(raw.span(), true));
                Some(Self(Readiness { notify, ..Readiness::default() }))
            }
            DeValue::String(word) => {
                problems.push(value::other_word::<Self>(word, &["notify"], raw));
                None
            }
            DeValue::Table(_) => value::read_known(raw, problems).map(Self),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => value::mismatch::<Self, _>(raw, problems),
        }
    }
}
