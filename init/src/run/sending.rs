//! Signals are sent: to processes and groups, and passed on.

use wigwag_core::{Process, ServiceId, Signal, Target, config::KillMode};

use super::Init;
use crate::sys::{process, signals::Received};

impl Init<'_> {
    pub(super) fn signal(&mut self, target: Target, signal: Signal) {
        let (target, sent) = match target {
            Target::Process(process) => {
                let process = self.addressee(process);
                let sent = self.send_to(process, signal);
                if let (Process::Host(id), Signal::KILL) = (process, signal) {
                    self.plugins.give_up(id);
                }
                (Target::Process(process), sent)
            }
            Target::Leftovers => (target, Some(process::signal_descendants(signal))),
        };
        self.was_sent(target, signal, sent);
    }

    /// Whose process is meant: a hook that calls a plugin has none of its own.
    fn addressee(&self, process: Process) -> Process {
        match process {
            Process::Hook(id) => self.config.plugin_of(id).map_or(process, Process::Host),
            Process::Service(_) | Process::Probe(_) | Process::Host(_) => process,
        }
    }

    /// Sends it, if there is a process that is not reaped.
    pub(super) fn send_to(&self, process: Process, signal: Signal) -> Option<rustix::io::Result<()>> {
        let pid = self.children.pid(process)?;
        Some(if self.is_group(process) { process::signal_group_of(pid, signal) } else { process::signal(pid, signal) })
    }

    pub(super) fn forward(&mut self, id: ServiceId, signal: Signal, received: Option<Received>) {
        let process = Process::Service(id);
        let target = Target::Process(process);
        match received {
            Some(received) if !self.is_group(process) => {
                let sent = self.children.pid(process).map(|pid| process::pass_on(pid, &received, signal));
                self.was_sent(target, signal, sent);
            }
            Some(_) | None => self.signal(target, signal),
        }
    }

    /// Hooks and probes are asked with all that they have started.
    pub(super) fn is_group(&self, process: Process) -> bool {
        match process {
            Process::Service(id) => self.config.service(id).is_some_and(|service| service.kill_mode == KillMode::Group),
            Process::Hook(_) | Process::Probe(_) | Process::Host(_) => true,
        }
    }

    pub(super) fn was_sent(&self, target: Target, signal: Signal, sent: Option<rustix::io::Result<()>>) {
        match sent {
            // It ended just now, and will be reaped.
            None => {}
            Some(Ok(())) => self.reporter.sent(target, signal),
            Some(Err(errno)) => {
                let pid = if let Target::Process(process) = target { self.children.pid(process) } else { None };
                self.reporter.not_sent(signal, pid, errno);
            }
        }
    }
}
