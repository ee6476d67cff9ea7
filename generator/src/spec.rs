//! The spec as written: every value with its place in the file and of its type, nothing else checked.

mod address;
mod duration;
mod execution;
mod failure;
mod foreign;
mod hook;
mod limits;
mod plugin;
mod service;
mod shape;
mod signal;
mod size;
mod syntax;
mod table;
mod value;
mod variable;
mod words;

use std::borrow::Cow;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use wigwag_core::{
    Millis, Signal,
    config::{HoldUntil, RepeatStop, Wait},
};
use wigwag_engine::Platform;

pub use self::{
    duration::Limit,
    execution::Execution,
    failure::{Causes, Failing},
    hook::{Awaited, Hook, Hooks, WaitFor},
    limits::{Bounds, SoftAndHard, no_resource},
    plugin::{Allow, Allowed, Plugin, Setting, Wording},
    service::{Readiness, Ready, Restarting, Restarts, Service},
    shape::Shape,
    signal::{Rule, Sources, no_signal},
    size::Size,
    table::{Key, Table},
    value::{Field, Named, Problems, Value, Version},
    variable::{Declaration, Demand, Variable},
    words::{Entrypoint, When},
};
use self::{table::table, value::Raw};
use crate::source::Source;

/// A list in the order of the file.
pub type List<T> = Vec<Spanned<T>>;

/// Gives the keys of a table.
pub type Keys = fn() -> Vec<Key>;

/// The keys of every table but [`TABLES_OF_PLUGINS`], and where it stands.
pub const TABLES: [(Keys, &str); 12] = [
    (Spec::keys, "the top of the spec, above all tables"),
    (Container::keys, "`[container]`"),
    (Service::keys, "`[service.NAME]`"),
    (Hooks::keys, "`hook`, such as `[[hook.pre-stop]]`"),
    (Hook::keys, "`[[hook.POINT]]`"),
    (WaitFor::keys, "a hook's `wait-for`"),
    (Restarts::keys, "a service's `restart`"),
    (Readiness::keys, "a service's `ready`"),
    (SoftAndHard::keys, "one of `limits`"),
    (Declaration::keys, "a variable in `[env]`"),
    (Sources::keys, "a signal in `[signals]`"),
    (Plugin::keys, "`[plugin.NAME]`"),
];

/// The keys of the tables that belong to plugins alone: who writes one of these elsewhere means something else.
pub const TABLES_OF_PLUGINS: [Keys; 3] = [Allow::keys, Wording::keys, Causes::keys];

table! {
    /// The whole spec.
    #[written = "a spec begins with `version = 1`"]
    pub struct Spec {
        /// The version of the spec's form: 1. Required.
        "version" => version: Version,
        /// What the platform does.
        "container" => container: Container,
        /// The processes, by name; 64 at the most. Required.
        "service" => service: Named<Service>,
        /// What is declared for environment variables, by name.
        "env" => env: Named<Variable>,
        /// What signals do, by name: another signal, `"drop"`, or `"stop"` for what the stop signal does; or a table that
        /// says it by where they come from. A signal that is not named is forwarded as it is.
        "signals" => signals: Named<Rule>,
        /// Work at one point of the container's life.
        "hook" => hook: Hooks,
        /// WebAssembly components that hooks can call, by name.
        "plugin" => plugin: Named<Plugin>,
    }
}

table! {
    /// What the platform does.
    #[written = "`[container]` on a line of its own, and its keys below it"]
    pub struct Container {
        /// What the container starts: `"init"` (default), which can do all of this, or `"script"`, plain sh.
        "entrypoint" => entrypoint: Entrypoint,
        /// The signal by which the platform asks for a stop: STOPSIGNAL. Default: `"SIGTERM"`.
        "stop-signal" => stop_signal: Signal,
        /// How long the platform waits after it before it kills. Default: the longest of the services' presets, or `"10s"`, as Docker
        /// does.
        "grace-period" => grace_period: Millis,
        /// What descendants get at least when the service itself needed all of its stop timeout. Default: `"500ms"`.
        "leftover-timeout" => leftover_timeout: Millis,
        /// The signal that asks them to end. Default: the main service's stop-signal if it is one that ends a process by
        /// itself, else SIGTERM.
        "leftover-signal" => leftover_signal: Signal,
        /// Whose end a stop waits for: `"all"` (default), that of every descendant, as long as there is time; `"main"`,
        /// that of the services, and what they leave behind is killed.
        "wait" => wait: Wait,
        /// What a stop that is asked for again does: `"forward"` (default), the services that are being stopped are asked
        /// again; `"escalate"`, nobody is waited for any longer; `"ignore"`, nothing.
        "repeat-stop" => repeat_stop: RepeatStop,
        /// Until when signals for the main service are held back: `"start"` (default), its program is executed; `"ready"`,
        /// it is ready. A stop waits for that no longer than half of its stop timeout.
        "hold-until" => hold_until: HoldUntil,
        /// Exit codes that become others: what it would be, and what it is.
        "exit-codes" => exit_codes: Named<u8>,
        /// The platforms that plugins are compiled for, as Docker names them: `"linux/amd64"`, `"linux/arm64"`. Default: that
        /// of the machine that builds.
        "platforms" => platforms: List<Platform>,
    }
}

impl Spec {
    /// Reads a spec. What could be read comes back even if there are problems, so that the rest can be checked too;
    /// nothing does when the file is not TOML.
    pub fn read(source: &Source) -> (Option<Self>, Problems) {
        let (document, errors) = DeTable::parse_recoverable(&source.text);
        if !errors.is_empty() {
            return (None, syntax::explain(&errors, document.get_ref(), &source.text));
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
