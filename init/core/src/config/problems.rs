//! What can be wrong with a config that was read. What the generator writes has none of it.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{Check, Config, Hook, HookPoint, OnFailure, Reaction, Service, VERSION};
use crate::{Signal, Source, address, environment};

impl Config {
    /// Everything that is wrong with it.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Problems::default();
        problems.unless(self.version == VERSION, || {
            format!("`version` is {}, this wigwag-init reads {VERSION}", self.version)
        });
        problems.unless(self.stop_signal.is_some(), || "`stop-signal` is missing".to_string());
        if let Some(signal) = self.stop_signal {
            problems.unless(signal.can_be_forwarded(), || format!("`stop-signal` {signal} cannot be received"));
        }
        for signal in self.signals.keys() {
            problems.unless(signal.can_be_forwarded(), || format!("`signals.{signal}`: {signal} cannot be received"));
        }
        self.check_services(&mut problems);
        for (at, hook) in self.hooks.iter().enumerate() {
            problems.of_hook(at, hook);
            let name = hook.point.name();
            problems.0.extend(hook.task_problems().iter().map(|problem| format!("hook {at} ({name}): {problem}")));
            problems.0.extend(self.call_problems(hook).iter().map(|problem| format!("hook {at} ({name}): {problem}")));
        }
        problems.0.extend(self.plugin_problems());
        if let Some(signal) = self.stop_signal {
            let is_lost = self.reaction(signal, Source::Process) == Reaction::Hook && self.decider(signal).is_none();
            problems.unless(!is_lost, || format!("`signals.{signal}`: only a plugin decides about the stop signal"));
        }
        for name in self.env.keys() {
            problems.unless(environment::is_name(name), || {
                format!("`env`: `{}` is not a variable's name", name.escape_debug())
            });
        }
        for (name, rule) in &self.env {
            let file = environment::file_variable(name);
            let is_free = !matches!(rule, environment::Rule::FileEnv(_)) || !self.env.contains_key(&file);
            problems.unless(is_free, || format!("`env`: `{file}` is taken away by the `file-env` of `{name}`"));
        }
        problems.unless(self.strings().all(|text| !text.contains('\0')), || {
            "a NUL character cannot be passed to a program".to_string()
        });
        let needed = self.budget().total();
        // A circle has no length.
        problems.unless(needed <= self.grace_period || !self.can_all_be_started(), || {
            format!("a stop may take {needed}, the `grace-period` is {}", self.grace_period)
        });
        problems.0
    }

    fn check_services(&self, problems: &mut Problems) {
        let mains = self.services.iter().filter(|service| service.main).count();
        problems.unless(mains == 1, || format!("{mains} services have `main = true`, not one"));
        for (id, service) in self.services() {
            problems.of_service(service);
            let twice = self.services().any(|(other, same)| other < id && same.name == service.name);
            problems.unless(!twice, || format!("there are two services `{}`", service.name.escape_debug()));
            for after in &service.after {
                problems.unless(self.services.iter().any(|other| other.name == *after), || {
                    format!("service `{}`: `after`: there is no service `{}`", service.name, after.escape_debug())
                });
            }
        }
        problems.unless(self.can_all_be_started(), || "services wait for each other by their `after`".to_string());
    }

    /// Whether everybody's turn comes.
    fn can_all_be_started(&self) -> bool {
        let mut started = Vec::new();
        loop {
            let next = self.services().map(|(id, _)| id).find(|id| {
                !started.contains(id) && self.predecessors(*id).all(|predecessor| started.contains(&predecessor))
            });
            match next {
                Some(id) => started.push(id),
                None => return started.len() == self.services.len(),
            }
        }
    }

    /// Every text that is passed to a program or to the kernel.
    fn strings(&self) -> impl Iterator<Item = &String> {
        let env = self.env.values().filter_map(environment::Rule::text);
        let hooks = self.hooks.iter().flat_map(Hook::strings);
        let services = self.services.iter().flat_map(|service| {
            let check: &[String] = match service.ready.as_ref().map(|ready| &ready.check) {
                Some(Check::Exec(command)) => command,
                Some(Check::Tcp(text) | Check::File(text)) => core::slice::from_ref(text),
                Some(Check::Notify) | None => &[],
            };
            service.command.iter().chain(&service.args).chain(check).chain(service.execution.strings())
        });
        let plugins = self.plugins.iter().flat_map(|plugin| {
            let commands = plugin.allow.commands.values().flat_map(|command| &command.command);
            commands.chain(&plugin.allow.env).chain([&plugin.name])
        });
        services.chain(hooks).chain(env).chain(plugins).chain(&self.plugin_host)
    }
}

#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    fn unless(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.0.push(problem());
        }
    }

    fn of_service(&mut self, service: &Service) {
        let name = service.name.escape_debug();
        self.unless(!service.command.is_empty(), || format!("service `{name}`: `command` is empty"));
        for (signal, key) in service.signals.keys().map(|signal| (*signal, "signals")) {
            self.unless(signal.can_be_forwarded(), || {
                format!("service `{name}`: `{key}`: {signal} cannot be received")
            });
        }
        if let Some(ready) = &service.ready {
            let is_empty = matches!(&ready.check, Check::Exec(command) if command.is_empty());
            self.unless(!is_empty, || format!("service `{name}`: `ready`: `exec` is empty"));
            if let Check::Tcp(text) = &ready.check
                && let Err(problem) = address::parse(text)
            {
                self.0.push(format!("service `{name}`: `ready`: `tcp`: {problem}"));
            }
        }
        self.0.extend(service.execution.problems().map(|problem| format!("service `{name}`: {problem}")));
    }

    fn of_hook(&mut self, at: usize, hook: &Hook) {
        let name = hook.point.name();
        if hook.point.is_at_stop() {
            self.unless(hook.timeout.is_some(), || format!("hook {at} ({name}): `timeout` is missing"));
            let aborts =
                hook.on_failure_of.values().chain([&hook.on_failure]).any(|policy| *policy == OnFailure::Abort);
            self.unless(!aborts, || format!("hook {at} ({name}): nothing can abort a stop"));
        }
        self.unless(hook.point != HookPoint::OnSignal || hook.on_failure != OnFailure::Abort, || {
            format!("hook {at} ({name}): nothing is there to abort once the services run")
        });
        let has_signal = hook.signal.is_some_and(Signal::can_be_forwarded);
        let needs_signal = hook.point == HookPoint::OnSignal;
        self.unless(has_signal == needs_signal, || {
            let what =
                if needs_signal { "`signal` is missing, or cannot be received" } else { "`signal` means nothing here" };
            format!("hook {at} ({name}): {what}")
        });
        self.0.extend(hook.execution.problems().map(|problem| format!("hook {at} ({name}): {problem}")));
    }
}
