//! A host of a plugin, for which the bench is the init.

use std::{
    os::fd::{AsFd, AsRawFd, OwnedFd},
    time::Duration,
};

use nix::{
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::{
        signal::{Signal, kill},
        socket::{AddressFamily, MsgFlags, SockFlag, SockType, recv, send, socketpair},
        wait::waitpid,
    },
    unistd::Pid,
};
use scenarios::{Result, built};
use wigwag_core::{
    Millis, Source,
    plugin::{
        MAX_MESSAGE, SOCKET,
        message::{
            Answer, Call, Context, FromHost, Incoming, Invocation, Phase, Reply, ServiceInfo, ServiceStatus, ToHost,
        },
        proposal::Proposal,
    },
};

use super::example::Example;
use crate::{
    bench::SOON,
    container::{NOT_EXECUTED, Program},
    payload::now,
    sys,
};

/// A running one. It is gone when this is dropped.
pub struct Host {
    pub pid: Pid,
    socket: OwnedFd,
    calls: u32,
    buffer: Vec<u8>,
}

impl Host {
    /// What is executed for this plugin.
    pub fn program(example: &Example) -> Result<Program> {
        let words = [built()?.host.clone().into(), example.config.clone().into(), example.plugin.name.clone().into()];
        Program::new(&words)
    }

    pub fn start(program: &Program) -> Result<Self> {
        let (socket, end) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?;
        let pid = sys::clone_into(nix::sched::CloneFlags::empty(), || {
            if sys::put(end.as_fd(), SOCKET).is_ok() {
                program.execute();
            }
            NOT_EXECUTED
        })?;
        Ok(Self { pid, socket, calls: 0, buffer: vec![0; MAX_MESSAGE] })
    }

    /// One that is loaded and has decided once.
    pub fn ready(program: &Program) -> Result<Self> {
        let mut host = Self::start(program)?;
        host.decide()?;
        Ok(host)
    }

    /// Has it decide about a signal.
    pub fn decide(&mut self) -> Result<()> {
        self.ask()?;
        self.hear()
    }

    pub fn ask(&mut self) -> Result<()> {
        self.calls += 1;
        let mut bytes = Vec::new();
        ToHost::Call(call(self.calls)?).encode(&mut bytes);
        send(self.socket.as_raw_fd(), &bytes, MsgFlags::MSG_NOSIGNAL)?;
        Ok(())
    }

    /// What it decided. Before that it may say that it is loaded, and what there is not on this machine.
    pub fn hear(&mut self) -> Result<()> {
        loop {
            if !self.speaks(SOON)? {
                return Err("the host says nothing".into());
            }
            let length = recv(self.socket.as_raw_fd(), &mut self.buffer, MsgFlags::empty())?;
            match FromHost::decode(self.buffer.get(..length).unwrap_or_default()) {
                Ok(FromHost::Loaded | FromHost::Log(..)) => {}
                Ok(FromHost::Answer(answer)) if answer.id == self.calls => return decided(&answer),
                said => return Err(format!("the host says {said:?}").into()),
            }
        }
    }

    /// Whether it says something in this time.
    pub fn speaks(&self, within: Duration) -> Result<bool> {
        let mut wanted = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
        Ok(poll(&mut wanted, PollTimeout::try_from(within)?)? > 0)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if kill(self.pid, Signal::SIGKILL).is_ok() {
            let _ = waitpid(self.pid, None);
        }
    }
}

/// A signal that the plugin decides about, as the init tells of it.
pub fn call(id: u32) -> Result<Call> {
    let now = Millis(now()? / 1_000_000);
    let main =
        ServiceInfo { name: "main".to_string(), main: true, state: ServiceStatus::Ready, pid: Some(2), outcome: None };
    let deadline = now.plus(Millis(5_000));
    let context =
        Context { now, deadline, uptime: Millis(1_000), phase: Phase::Running, budget: None, services: vec![main] };
    let signal = wigwag_core::Signal::USR1;
    let incoming = Incoming { signal, source: Source::Process, sender: Some((0, 0)), asks_for_stop: false };
    Ok(Call { id, context, hook: Invocation::OnSignal(incoming) })
}

/// It is the decision that the examples were told to make.
pub fn decided(answer: &Answer) -> Result<()> {
    if answer.result == Ok(Reply::Decided(Proposal::Rewrite(wigwag_core::Signal::USR2))) {
        return Ok(());
    }
    Err(format!("not what was to be decided: {answer:?}").into())
}
