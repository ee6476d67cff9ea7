//! What `wigwag-init` reads: written by the generator, every default filled in.

mod execution;
mod hook;
mod plugin;
mod plugin_problems;
mod problems;
mod service;
mod signals;
mod task_problems;
#[cfg(test)]
mod tests;

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec,
    vec::Vec,
};

pub use self::{
    execution::{Execution, Session},
    hook::{Goal, Hook, HookPoint, Occasion, OnFailure, Task, Template},
    plugin::{Allow, Artifact, Command, DEFAULT_MEMORY, Instance, Plugin},
    service::{Check, KillMode, Readiness, Restart, RestartWhen, Service},
    signals::{Delivery, Reaction, SignalRule},
};
use crate::{
    Budget, HookId, Millis, PluginId, ServiceId, Signal, Source, budget, environment,
    form::{self, Fields, Record},
};

/// The version of the config's form that this init understands.
pub const VERSION: u32 = 1;

/// The whole config.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// [`VERSION`].
    pub version: u32,
    /// The signal by which the platform asks for a stop; without one (only without a config) nothing does, and all
    /// signals are forwarded.
    pub stop_signal: Option<Signal>,
    /// How long the platform waits after it, before SIGKILL.
    pub grace_period: Millis,
    /// What leftover descendants get at least; they get what is left of the main service's stop timeout if that is more.
    pub leftover_timeout: Millis,
    /// The signal that asks leftover descendants to end. Default: the main service's stop signal, if it is one that ends
    /// a process which does nothing about it, else SIGTERM.
    pub leftover_signal: Option<Signal>,
    /// Whose end a stop waits for.
    pub wait: Wait,
    /// What a stop that is asked for again does.
    pub repeat_stop: RepeatStop,
    /// Until when signals for the main service, and its stop, are held back.
    pub hold_until: HoldUntil,
    /// Exit codes that become others: pairs of what it would be and what it is.
    pub exit_codes: Vec<(u8, u8)>,
    /// The program that plugins live in: [`DEFAULT_HOST`], unless it is elsewhere.
    pub plugin_host: Option<String>,
    /// What other signals do; one that is not named is forwarded as it is.
    pub signals: BTreeMap<Signal, SignalRule>,
    /// What is declared for environment variables; one that is not named is passed on as it is.
    pub env: BTreeMap<String, environment::Rule>,
    /// The services.
    pub services: Vec<Service>,
    /// The hooks; those of one point run one after the other, in this order.
    pub hooks: Vec<Hook>,
    /// The plugins.
    pub plugins: Vec<Plugin>,
}

/// Where images have the host of plugins.
pub const DEFAULT_HOST: &str = "/usr/local/bin/wigwag-host";

impl Record for Config {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.required("version", &mut self.version);
        fields.optional("stop-signal", &mut self.stop_signal);
        fields.required("grace-period", &mut self.grace_period);
        fields.required("leftover-timeout", &mut self.leftover_timeout);
        fields.optional("leftover-signal", &mut self.leftover_signal);
        fields.optional("wait", &mut self.wait);
        fields.optional("repeat-stop", &mut self.repeat_stop);
        fields.optional("hold-until", &mut self.hold_until);
        fields.optional("exit-codes", &mut self.exit_codes);
        fields.optional("plugin-host", &mut self.plugin_host);
        fields.optional("signals", &mut self.signals);
        fields.optional("env", &mut self.env);
        fields.required("service", &mut self.services);
        fields.optional("hook", &mut self.hooks);
        fields.optional("plugin", &mut self.plugins);
    }
}

/// Whose end a stop waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Wait {
    /// That of every descendant, as long as there is time.
    #[default]
    All,
    /// That of the services; what they leave behind is killed.
    Main,
    /// That of the services; what they leave behind is left alone, and only a PID namespace's end kills it.
    Leave,
}

// `leave` is for scripts: an init cannot do it, and does not read it.
form::words!(Wait { All = "all", Main = "main" });

/// What a stop that is asked for again does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RepeatStop {
    /// The services that are being stopped are asked again.
    #[default]
    Forward,
    /// Nobody is waited for any longer: pre-stop hooks, services and leftovers are killed.
    Escalate,
    /// Nothing.
    Ignore,
}

form::words!(RepeatStop { Forward = "forward", Escalate = "escalate", Ignore = "ignore" });

/// Until when signals for the main service, and its stop, are held back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HoldUntil {
    /// Its program is being executed.
    #[default]
    Start,
    /// It is ready. A stop waits for that no longer than half of its stop timeout.
    Ready,
}

form::words!(HoldUntil { Start = "start", Ready = "ready" });

impl Config {
    /// What holds without a config: the command is forwarded every signal, SIGTERM asks for a stop, leftovers get what
    /// is left of [`budget::DEFAULT_GRACE_PERIOD`], and no final signal is sent to the service, because how long the
    /// platform would wait for it is not known.
    pub fn plain() -> Self {
        Self {
            version: VERSION,
            stop_signal: Some(Signal::TERM),
            grace_period: budget::DEFAULT_GRACE_PERIOD,
            leftover_timeout: budget::DEFAULT_LEFTOVER_TIMEOUT,
            services: vec![Service { name: "main".to_string(), main: true, ..Service::default() }],
            ..Self::default()
        }
    }

    /// What the signal does.
    pub fn reaction(&self, signal: Signal, source: Source) -> Reaction {
        match self.signals.get(&signal).and_then(|rule| rule.reaction(source)) {
            Some(reaction) => reaction,
            None => self.reaction_without_plugin(signal),
        }
    }

    /// Who gets what when this signal is forwarded.
    pub fn deliveries(&self, signal: Signal) -> impl Iterator<Item = (ServiceId, Signal)> {
        self.services().filter_map(move |(id, service)| match service.signals.get(&signal) {
            Some(Delivery::As(signal)) => Some((id, *signal)),
            Some(Delivery::Drop) => None,
            None => service.main.then_some((id, signal)),
        })
    }

    /// Whether something else is declared of what a terminal sends, its keys, its size and its end, than that the main
    /// service gets it as it is.
    pub fn has_rules_for_terminal(&self) -> bool {
        let by_terminal = [Signal::INT, Signal::QUIT, Signal::WINCH, Signal::HUP];
        by_terminal.into_iter().any(|signal| {
            self.reaction(signal, Source::Terminal) != Reaction::Forward(signal)
                || !self.deliveries(signal).eq([(self.main_id(), signal)])
        })
    }

    /// What asks leftover descendants to end, if anything does.
    pub fn leftover_signal(&self) -> Option<Signal> {
        let main = self.main()?;
        match main.kill_mode {
            KillMode::Process => None,
            KillMode::Mixed | KillMode::Group => {
                let own = Some(main.stop_signal).filter(|signal| signal.ends_by_default());
                self.leftover_signal.or(own).or(Some(Signal::TERM))
            }
        }
    }

    /// The services, in the order of the config.
    pub fn services(&self) -> impl DoubleEndedIterator<Item = (ServiceId, &Service)> {
        self.services.iter().enumerate().map(|(at, service)| (ServiceId(at), service))
    }

    /// The service.
    pub fn service(&self, id: ServiceId) -> Option<&Service> {
        self.services.get(id.0)
    }

    /// The main service's place.
    pub fn main_id(&self) -> ServiceId {
        ServiceId(self.services.iter().position(|service| service.main).unwrap_or_default())
    }

    /// The main service.
    pub fn main(&self) -> Option<&Service> {
        self.service(self.main_id())
    }

    /// The services that are started before this one, and stopped after it.
    pub fn predecessors(&self, id: ServiceId) -> impl Iterator<Item = ServiceId> {
        let names = self.service(id).map_or(&[][..], |service| &service.after);
        self.services().filter(move |(_, other)| names.contains(&other.name)).map(|(id, _)| id)
    }

    /// The services that are started after this one, and stopped before it.
    pub fn successors(&self, id: ServiceId) -> impl Iterator<Item = ServiceId> {
        let name = self.service(id).map_or("", |service| &service.name);
        self.services().filter(move |(_, other)| other.after.iter().any(|after| after == name)).map(|(id, _)| id)
    }

    /// What the services that are stopped after this one may take, one after the other: the longest chain of them.
    pub fn chain_below(&self, id: ServiceId) -> Millis {
        self.chains_below().get(id.0).copied().unwrap_or_default()
    }

    /// What those that are stopped before it may take.
    pub fn chain_above(&self, id: ServiceId) -> Millis {
        self.chains(|id| self.successors(id).collect()).get(id.0).copied().unwrap_or_default()
    }

    fn chains_below(&self) -> Vec<Millis> {
        self.chains(|id| self.predecessors(id).collect())
    }

    /// The longest chain of stop timeouts beyond each service. None has more links than there are services, unless they
    /// wait for each other in a circle.
    fn chains(&self, next: impl Fn(ServiceId) -> Vec<ServiceId>) -> Vec<Millis> {
        let links: Vec<Vec<ServiceId>> = self.services().map(|(id, _)| next(id)).collect();
        let mut chains = vec![Millis::ZERO; links.len()];
        for _ in &links {
            let beyond = |id: &ServiceId| self.stop_timeout(*id).plus(chains.get(id.0).copied().unwrap_or_default());
            let longer: Vec<Millis> =
                links.iter().map(|links| links.iter().map(beyond).max().unwrap_or_default()).collect();
            if longer == chains {
                break;
            }
            chains = longer;
        }
        chains
    }

    fn stop_timeout(&self, id: ServiceId) -> Millis {
        self.service(id).and_then(|service| service.stop_timeout).unwrap_or_default()
    }

    /// The hooks, in the order of the config.
    pub fn hooks(&self) -> impl Iterator<Item = (HookId, &Hook)> {
        self.hooks.iter().enumerate().map(|(at, hook)| (HookId(at), hook))
    }

    /// The hook.
    pub fn hook(&self, id: HookId) -> Option<&Hook> {
        self.hooks.get(id.0)
    }

    /// The hooks of a point, in their order.
    pub fn hooks_at(&self, point: HookPoint) -> impl Iterator<Item = (HookId, &Hook)> {
        self.hooks().filter(move |(_, hook)| hook.point == point)
    }

    /// The plugins, in the order of the config.
    pub fn plugins(&self) -> impl Iterator<Item = (PluginId, &Plugin)> {
        self.plugins.iter().enumerate().map(|(at, plugin)| (PluginId(at), plugin))
    }

    /// The plugin.
    pub fn plugin(&self, id: PluginId) -> Option<&Plugin> {
        self.plugins.get(id.0)
    }

    /// The plugin that a hook calls, if it is no command.
    pub fn plugin_of(&self, hook: HookId) -> Option<PluginId> {
        let name = self.hook(hook)?.plugin()?;
        self.plugins().find(|(_, plugin)| plugin.name == *name).map(|(id, _)| id)
    }

    /// The hook whose plugin decides about this signal.
    pub fn decider(&self, signal: Signal) -> Option<HookId> {
        let mut hooks = self.hooks_at(HookPoint::OnSignal);
        hooks.find(|(_, hook)| hook.signal == Some(signal) && hook.plugin().is_some()).map(|(id, _)| id)
    }

    /// Whether a plugin decides about the signal, wherever it comes from or from somewhere.
    pub fn is_decided(&self, signal: Signal) -> bool {
        let mut sources = [Source::Terminal, Source::Process].into_iter();
        self.decider(signal).is_some() && sources.any(|source| self.reaction(signal, source) == Reaction::Hook)
    }

    /// What the signal would do if no plugin decided about it.
    pub fn reaction_without_plugin(&self, signal: Signal) -> Reaction {
        if self.stop_signal == Some(signal) { Reaction::Stop } else { Reaction::Forward(signal) }
    }

    /// What the steps of a stop may take.
    pub fn budget(&self) -> Budget {
        let hooks = |point| self.hooks_at(point).filter_map(|(_, hook)| hook.timeout).sum::<Millis>();
        let chains = self.chains_below();
        let stop = self.services().zip(&chains).map(|((id, _), below)| self.stop_timeout(id).plus(*below));
        Budget {
            pre_stop: hooks(HookPoint::PreStop).plus(self.decision_time()),
            stop: stop.max().unwrap_or_default(),
            leftovers: self.leftover_timeout,
            post_stop: hooks(HookPoint::PostStop),
        }
    }

    /// How long a plugin may think about the platform's stop signal.
    fn decision_time(&self) -> Millis {
        let decider = self.stop_signal.and_then(|signal| self.decider(signal));
        decider.and_then(|id| self.hook(id)?.timeout).unwrap_or_default()
    }
}
