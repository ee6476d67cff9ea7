//! What a plugin reaches outside of its memory: the capabilities that it was granted.

mod clock;
mod env;
mod files;
mod http;
mod log;
mod run;
mod signals;
mod state;

use std::collections::BTreeMap;

use wasmtime::component::{Component, HasSelf, Linker};
use wigwag_core::{
    Millis,
    config::{self, Allow},
    plugin::{MAX_LINES, MAX_MESSAGES, capability::Capability},
};
use wigwag_engine::interface::{self, wigwag::plugin};

use crate::{Alarm, Roots, Store, Supervisor, clock::NEVER, limits::Limits};

/// What surrounds a plugin, so far as it is not the same everywhere.
pub struct Surroundings {
    /// Who logs, sends signals and runs commands.
    pub supervisor: Box<dyn Supervisor>,
    /// Who ends a call that takes too long.
    pub alarm: Box<dyn Alarm>,
    /// The environment; the plugin sees of it what it was granted.
    pub env: BTreeMap<String, String>,
    /// The files that it was granted.
    pub files: Roots,
    /// Its store.
    pub store: Store,
}

/// All that a plugin can reach, and what it has used of it in this call.
pub struct Outside {
    allow: Allow,
    surroundings: Surroundings,
    /// What its instance has of memory.
    pub limits: Limits,
    end: Millis,
    is_called: bool,
    lines: u16,
    messages: u16,
}

impl Outside {
    /// Nothing is used yet.
    pub fn new(config: &config::Plugin, surroundings: Surroundings) -> Self {
        let limits = Limits::new(config.memory);
        Self { allow: config.allow.clone(), surroundings, limits, end: NEVER, is_called: false, lines: 0, messages: 0 }
    }

    /// The plugin is called, and has used nothing yet.
    pub fn called(&mut self) {
        (self.lines, self.messages) = (0, 0);
        self.limits.forget();
    }

    /// Its code begins, and ends at `end` at the latest: that of a hook, or that of the start.
    pub fn begin(&mut self, end: Millis, is_called: bool) {
        (self.end, self.is_called) = (end, is_called);
        self.surroundings.alarm.set(end);
    }

    /// Its code has ended.
    pub fn end(&mut self) {
        self.surroundings.alarm.set(NEVER);
    }

    /// How long something may take that has a time of its own: no longer than the call.
    fn until(&self, timeout: Option<u64>) -> Millis {
        let own = timeout.map_or(NEVER, |timeout| crate::clock::now().plus(Millis(timeout)));
        own.min(self.end)
    }

    /// Counts messages that ask the init for something, as long as it may be asked: beside those that are counted otherwise, which are the lines
    /// of the log, and the answer.
    fn count(&mut self, messages: u16) -> Result<(), String> {
        if !self.is_called {
            return Err("nothing can be asked for before a hook is called".to_string());
        }
        let most = MAX_MESSAGES - MAX_LINES - 2;
        let count = self.messages.saturating_add(messages);
        if count > most {
            return Err(format!("it asked for {most} things in this call, and may not for more"));
        }
        self.messages = count;
        Ok(())
    }
}

/// Gives the component what it imports, as far as that is granted: the rest is not there.
///
/// # Errors
/// One sentence: it wants what there is not, or what it was not granted.
pub fn link(linker: &mut Linker<Outside>, component: &Component, allow: &Allow) -> Result<(), String> {
    let imported = imports(component)?;
    let missing: Vec<String> = allow.missing(imported.iter().copied()).map(|denial| denial.to_string()).collect();
    if !missing.is_empty() {
        return Err(missing.join("; "));
    }
    let add = |capability: &Capability| match capability {
        Capability::Log => plugin::log::add_to_linker::<_, HasSelf<Outside>>(linker, |outside| outside),
        Capability::Clock => plugin::clock::add_to_linker::<_, HasSelf<Outside>>(linker, |outside| outside),
        Capability::Env => plugin::env::add_to_linker::<_, HasSelf<Outside>>(linker, |outside| outside),
        Capability::Signals => plugin::signals::add_to_linker::<_, HasSelf<Outside>>(linker, |outside| outside),
        Capability::Run => plugin::run::add_to_linker::<_, HasSelf<Outside>>(linker, |outside| outside),
        Capability::Files => plugin::files::add_to_linker::<_, HasSelf<Outside>>(linker, |outside| outside),
        Capability::Http => plugin::http::add_to_linker::<_, HasSelf<Outside>>(linker, |outside| outside),
        Capability::State => plugin::state::add_to_linker::<_, HasSelf<Outside>>(linker, |outside| outside),
    };
    imported.iter().try_for_each(add).map_err(|error| format!("its code cannot be used: {error}"))
}

/// The capabilities that it imports; types are none.
fn imports(component: &Component) -> Result<Vec<Capability>, String> {
    let ty = component.component_type();
    let mut capabilities = Vec::new();
    for (name, _) in ty.imports(component.engine()) {
        let interface = name.strip_prefix(interface::PACKAGE).and_then(|rest| rest.strip_prefix('/'));
        let interface = interface.map(|rest| rest.split_once('@').map_or(rest, |(interface, _)| interface));
        match interface.map(|interface| (interface, Capability::named(interface))) {
            Some(("types", _)) => {}
            Some((_, Some(capability))) => capabilities.push(capability),
            Some((_, None)) | None => {
                return Err(format!(
                    "it imports `{name}`, which there is not: a plugin has `{}/…` only",
                    interface::PACKAGE
                ));
            }
        }
    }
    Ok(capabilities)
}
