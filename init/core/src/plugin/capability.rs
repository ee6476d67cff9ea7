//! What a plugin can ask for.

use core::fmt;

/// A capability, by the name of its interface in the package `wigwag:plugin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// Lines in the log.
    Log,
    /// The clock, and sleep.
    Clock,
    /// Environment variables.
    Env,
    /// Signals to services.
    Signals,
    /// Commands.
    Run,
    /// Files.
    Files,
    /// HTTP.
    Http,
    /// A store.
    State,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Log, Self::Clock, Self::Env, Self::Signals, Self::Run, Self::Files, Self::Http, Self::State];

    /// The name of its interface.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Clock => "clock",
            Self::Env => "env",
            Self::Signals => "signals",
            Self::Run => "run",
            Self::Files => "files",
            Self::Http => "http",
            Self::State => "state",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.name() == name)
    }

    /// The line of `[plugin.NAME.allow]` that grants it, with an example where it takes one.
    pub const fn line(self) -> &'static str {
        match self {
            Self::Log => "log = true",
            Self::Clock => "clock = true",
            Self::Env => "env = [\"NAME\"]",
            Self::Signals => "signals = [\"SERVICE\"]",
            Self::Run => "commands = { NAME = [\"program\", \"argument\"] }",
            Self::Files => "read = [\"/path\"]",
            Self::Http => "http = [\"127.0.0.1:8080\"]",
            Self::State => "state = true",
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
