//! Plugins: the processes that they live in, and their calls.
//!
//! ```text
//! down ──▶ up ──▶ killed ──▶ down
//!            └── ends by itself ──▶ up again: at once the first time, then when somebody calls, after a pause
//! ```
//!
//! A host is called for one thing at a time. A pause that grows with each failure, and ends with the first answer, is what
//! keeps a plugin that cannot work from being started for every signal; hooks that run once do not wait for it.

use alloc::vec::Vec;

use super::{Machine, Phase};
use crate::{Action, Answer, FailureCause, HookId, Millis, Note, PluginId, Process, Signal, Target, config::OnFailure};

/// The process that a plugin lives in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Host {
    pub(super) life: HostLife,
    /// How often in a row it failed: an index of [`PAUSES`].
    failures: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum HostLife {
    /// There is none. A signal does not start one before then.
    Down {
        again_at: Millis,
    },
    Up,
    /// It was killed, and is not reaped yet.
    Killed,
}

impl Default for HostLife {
    fn default() -> Self {
        Self::Down { again_at: Millis::ZERO }
    }
}

/// How long no signal starts a host that has failed this often. The first time it is started again by itself.
const PAUSES: [Millis; 5] = [Millis::ZERO, Millis(100), Millis(1_000), Millis(10_000), Millis(60_000)];

impl Machine<'_> {
    /// Until when the answer of a hook's plugin is waited for.
    pub fn call_deadline(&self, id: HookId) -> Option<Millis> {
        let asked = self.state.asked.filter(|asked| asked.hook == id).and_then(|asked| asked.until);
        asked.or_else(|| self.state.hook.filter(|hook| hook.id == id).and_then(|hook| hook.until))
    }

    /// Loading takes its time, which a signal should not have to wait for.
    pub(super) fn start_hosts(&mut self, out: &mut Vec<Action>) {
        for (id, _) in self.config.plugins() {
            self.start_host(id, out);
        }
    }

    fn start_host(&mut self, id: PluginId, out: &mut Vec<Action>) {
        self.set_host(id, HostLife::Up);
        self.spawn(Process::Host(id), out);
    }

    fn set_host(&mut self, id: PluginId, life: HostLife) {
        if let Some(host) = self.state.hosts.get_mut(id.0) {
            host.life = life;
        }
    }

    fn host(&self, id: PluginId) -> HostLife {
        self.state.hosts.get(id.0).map_or_else(HostLife::default, |host| host.life)
    }

    /// Whether the plugin is at work for the hook that runs, or is to be next.
    fn runs_hook(&self, id: PluginId) -> bool {
        self.state.hook.is_some_and(|hook| self.config.plugin_of(hook.id) == Some(id))
    }

    pub(super) fn decides(&self, id: PluginId) -> bool {
        self.state.asked.is_some_and(|asked| self.config.plugin_of(asked.hook) == Some(id))
    }

    /// Calls the plugin of the hook that runs, if that has not been done and can be. It may have a decision to make first,
    /// or a host that was killed may have to be reaped.
    pub(super) fn call_hook(&mut self, out: &mut Vec<Action>) {
        let Some(hook) = self.state.hook.filter(|hook| !hook.called) else { return };
        let Some(plugin) = self.config.plugin_of(hook.id) else { return };
        if self.decides(plugin) {
            return;
        }
        match self.host(plugin) {
            HostLife::Killed => return,
            HostLife::Down { .. } => self.start_host(plugin, out),
            HostLife::Up => {}
        }
        if let Some(hook) = &mut self.state.hook {
            hook.called = true;
        }
        out.push(Action::Call(hook.id));
    }

    /// Calls the plugin for a decision, if it can be called now.
    pub(super) fn call_decider(&mut self, now: Millis, id: HookId, out: &mut Vec<Action>) -> bool {
        let Some(plugin) = self.config.plugin_of(id).filter(|plugin| !self.runs_hook(*plugin)) else { return false };
        match self.host(plugin) {
            HostLife::Killed => return false,
            HostLife::Down { again_at } if now < again_at => return false,
            HostLife::Down { .. } => self.start_host(plugin, out),
            HostLife::Up => {}
        }
        out.push(Action::Call(id));
        true
    }

    pub(super) fn answered(&mut self, now: Millis, id: HookId, answer: Answer, out: &mut Vec<Action>) {
        if let Some(plugin) = self.config.plugin_of(id)
            && let Some(host) = self.state.hosts.get_mut(plugin.0)
        {
            host.failures = 0;
        }
        if let Some(asked) = self.state.asked.filter(|asked| asked.hook == id) {
            self.state.asked = None;
            match answer {
                Answer::Decided(decision) => self.decided(now, asked, decision, out),
                Answer::Done => self.undecided(now, asked, FailureCause::Error, out),
                Answer::Failed(cause) => self.undecided(now, asked, cause, out),
            }
            return self.after_decision(now, out);
        }
        if self.state.hook.is_some_and(|hook| hook.id == id && hook.called) {
            self.state.hook = None;
            match answer {
                Answer::Done => self.after_hook(now, id, Ok(()), out),
                Answer::Decided(_) => self.call_failed(now, id, FailureCause::Error, out),
                Answer::Failed(cause) => self.call_failed(now, id, cause, out),
            }
        }
    }

    fn call_failed(&mut self, now: Millis, id: HookId, cause: FailureCause, out: &mut Vec<Action>) {
        out.push(Action::Tell(Note::CallFailed(id, cause)));
        self.after_hook(now, id, Err(cause), out);
    }

    /// The plugin's host is reaped, or could not be started.
    pub(super) fn host_ended(&mut self, now: Millis, id: PluginId, out: &mut Vec<Action>) {
        let was_called = self.state.hook.is_some_and(|hook| hook.called) && self.runs_hook(id);
        let decided = self.decides(id);
        let is_first = self.rest_host(now, id);
        if decided && let Some(asked) = self.state.asked.take() {
            self.undecided(now, asked, FailureCause::Lost, out);
            self.ask_waiting(now, out);
        }
        if was_called && let Some(hook) = self.state.hook.take() {
            self.call_failed(now, hook.id, FailureCause::Lost, out);
        }
        self.call_hook(out);
        if is_first && self.has_hosts() && self.host(id) != HostLife::Up {
            self.start_host(id, out);
        }
    }

    /// It is down now. Says whether it failed for the first time in a row.
    fn rest_host(&mut self, now: Millis, id: PluginId) -> bool {
        let Some(host) = self.state.hosts.get_mut(id.0) else { return false };
        let pause = PAUSES.get(host.failures).copied().unwrap_or_default();
        let is_first = host.failures == 0;
        host.life = HostLife::Down { again_at: now.plus(pause) };
        host.failures = host.failures.saturating_add(1).min(PAUSES.len().saturating_sub(1));
        is_first
    }

    /// Whether hosts are kept, so that nobody has to wait for one. When the services are gone, only a hook has one started.
    fn has_hosts(&self) -> bool {
        match self.state.phase {
            Phase::PreStart | Phase::Running | Phase::PreStop | Phase::Stopping => true,
            Phase::Leftovers | Phase::LeftoversKilled | Phase::PostStop | Phase::Ended => false,
        }
    }

    /// There is no other way to end a call.
    pub(super) fn kill_host(&mut self, id: PluginId, out: &mut Vec<Action>) {
        if self.host(id) == HostLife::Up {
            self.set_host(id, HostLife::Killed);
            out.push(Action::Signal(Target::Process(Process::Host(id)), Signal::KILL));
        }
    }

    /// Before leftovers are looked for: hosts are none, and whoever kills everybody would not spare them.
    pub(super) fn kill_hosts(&mut self, out: &mut Vec<Action>) {
        (self.state.asked, self.state.waiting) = (None, None);
        for (id, _) in self.config.plugins() {
            self.kill_host(id, out);
        }
    }

    /// What follows a hook's failure.
    pub(super) fn policy(&self, id: HookId, cause: FailureCause) -> OnFailure {
        self.config.hook(id).map(|hook| hook.on_failure(cause)).unwrap_or_default()
    }
}
