//! What can be wrong with plugins, and with hooks that call them.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{Artifact, Config, Hook, HookPoint, OnFailure, Plugin};
use crate::address;

impl Config {
    /// Everything that is wrong with its plugins.
    pub(super) fn plugin_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (id, plugin) in self.plugins() {
            let name = plugin.name.escape_debug();
            if self.plugins().any(|(other, same)| other < id && same.name == plugin.name) {
                problems.push(format!("there are two plugins `{name}`"));
            }
            problems.extend(self.problems_of(plugin).map(|problem| format!("plugin `{name}`: {problem}")));
        }
        let decides = self.stop_signal.is_some_and(|signal| self.decider(signal).is_some());
        if let Some(main) = self.main().filter(|main| decides && main.stop_timeout.is_none()) {
            let name = main.name.escape_debug();
            problems
                .push(format!("service `{name}`: `stop-timeout` is missing: a plugin decides what it gets to stop"));
        }
        if self.plugin_host.as_ref().is_some_and(|host| !host.starts_with('/')) {
            problems.push("`plugin-host` does not start with `/`".to_string());
        }
        problems
    }

    fn problems_of(&self, plugin: &Plugin) -> impl Iterator<Item = String> {
        let allow = &plugin.allow;
        let is_unknown = |name: &&String| !self.services.iter().any(|service| service.name == **name);
        let services = allow.signals.iter().filter(is_unknown);
        let services = services.map(|name| format!("`signals`: there is no service `{}`", name.escape_debug()));
        let commands = allow.commands.iter().filter(|(_, command)| command.command.is_empty());
        let commands = commands.map(|(name, _)| format!("`commands`: `{}` is empty", name.escape_debug()));
        let paths = allow.read.iter().chain(&allow.write).filter(|path| !path.starts_with('/'));
        let paths = paths.map(|path| format!("`{}` does not start with `/`", path.escape_debug()));
        let ports = allow.http.iter().filter_map(|text| address::parse(text).err());
        let artifacts = plugin.artifacts.iter().flat_map(Artifact::problems);
        let none = plugin.artifacts.is_empty().then(|| "`artifact` is missing: it has no code".to_string());
        none.into_iter().chain(artifacts).chain(services).chain(commands).chain(paths).chain(ports)
    }

    /// Everything that is wrong with what a hook calls.
    pub(super) fn call_problems(&self, hook: &Hook) -> Vec<String> {
        let mut problems = Vec::new();
        let mut say = |holds: bool, problem: &dyn Fn() -> String| {
            if !holds {
                problems.push(problem());
            }
        };
        let decides = hook.point == HookPoint::OnSignal && hook.plugin().is_some();
        match hook.plugin() {
            None => say(hook.on_failure_of.is_empty(), &|| "`on-failure-of` is for plugins".to_string()),
            Some(name) => {
                say(self.plugins.iter().any(|plugin| plugin.name == *name), &|| {
                    format!("there is no plugin `{}`", name.escape_debug())
                });
            }
        }
        for policy in hook.on_failure_of.values().chain([&hook.on_failure]) {
            let is_for_decisions = matches!(policy, OnFailure::Default | OnFailure::Drop);
            say(is_for_decisions == decides, &|| {
                let right = if decides { "`default` or `drop`" } else { "`continue` or `abort`" };
                format!("`on-failure` is {right} here")
            });
        }
        if decides {
            say(hook.timeout.is_some(), &|| "`timeout` is missing".to_string());
            let is_other = |other: &&Hook| other.point == hook.point && other.signal == hook.signal;
            let alone = self.hooks.iter().filter(is_other).count() == 1;
            say(alone, &|| "a plugin that decides about a signal is the only hook for it".to_string());
            let is_asked = hook.signal.is_some_and(|signal| self.is_decided(signal));
            say(is_asked, &|| "nothing in `signals` makes that signal run its hook".to_string());
        }
        problems
    }
}

impl Artifact {
    fn problems(&self) -> impl Iterator<Item = String> {
        let is_digest =
            self.sha256.len() == 64 && self.sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let digest = (!is_digest).then(|| format!("`sha256`: `{}` is no digest", self.sha256.escape_debug()));
        let file =
            (!self.file.starts_with('/')).then(|| format!("`{}` does not start with `/`", self.file.escape_debug()));
        digest.into_iter().chain(file)
    }
}
