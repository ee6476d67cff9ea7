//! The spec as written: every value with its place in the file and of its type, nothing else checked.

mod address;
mod duration;
mod execution;
mod failure;
mod foreign;
mod limits;
mod plugin;
mod service;
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
    config::{HoldUntil, HookPoint, RepeatStop, Wait},
};
use wigwag_engine::Platform;

pub use self::{
    duration::Limit,
    execution::Execution,
    failure::{Causes, Failing},
    limits::{Bounds, SoftAndHard, no_resource},
    plugin::{Allow, Allowed, Plugin, Setting, Wording},
    service::{Readiness, Ready, Restarting, Restarts, Service},
    signal::{Rule, Sources, no_signal},
    size::Size,
    table::Key,
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
pub const TABLES: [(Keys, &str); 11] = [
    (Spec::keys, "the top of the spec, above all tables"),
    (Container::keys, "`[container]`"),
    (Service::keys, "`[service.NAME]`"),
    (Hooks::keys, "`hook`, such as `[[hook.pre-stop]]`"),
    (Hook::keys, "`[[hook.POINT]]`"),
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
        /// The version of the spec's form: 1.
        "version" => version: Version,
        /// What the platform does.
        "container" => container: Container,
        /// The processes, by name; 64 at the most.
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
        /// The signal by which the platform asks for a stop: STOPSIGNAL. Default: SIGTERM.
        "stop-signal" => stop_signal: Signal,
        /// How long the platform waits after it before it kills. Default: 10s, as Docker does.
        "grace-period" => grace_period: Millis,
        /// What descendants get at least when the service itself needed all of its stop timeout. Default: 500ms.
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
    /// Work at one point of the container's life.
    #[written = "a hook has a header in double brackets, such as `[[hook.pre-stop]]`, and below it `command` and `timeout`"]
    pub struct Hook {
        /// Program and arguments.
        "command" => command: List<String>,
        /// The plugin that is called, instead of a command. At on-signal it decides what the signal does, also the platform's
        /// stop signal.
        "plugin" => plugin: String,
        /// The signal that an on-signal hook is for. It runs wherever that comes from, unless `[signals]` says otherwise.
        "signal" => signal: Signal,
        /// Then it is killed. Required for pre-stop and post-stop, which count against the grace period, and so does what a
        /// plugin may take for the platform's stop signal. Default for a plugin at on-signal: 100ms.
        "timeout" => timeout: Millis,
        /// What follows when it fails: `"abort"` (default for pre-start) or `"continue"` (default for the others). For a plugin
        /// at on-signal: `"default"` (default), what the signal would do without it; or `"drop"`, nothing. For plugins also by
        /// cause, in a table.
        "on-failure" => on_failure: Failing,
        ..execution: Execution,
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
