//! The socket to `wigwag-init`.

use std::{
    io::IoSliceMut,
    os::fd::{AsFd as _, AsRawFd as _, FromRawFd as _, OwnedFd, RawFd},
    rc::Rc,
};

use nix::{
    cmsg_space,
    errno::Errno,
    poll::{PollFd, PollFlags, poll},
    sys::socket::{ControlMessageOwned, MsgFlags, recvmsg, send},
    unistd::read,
};
use wigwag_core::{
    Millis, Signal,
    plugin::{
        MAX_MESSAGE,
        message::{FromHost, Level, ToHost},
    },
};

use crate::{
    clock::{self, NEVER},
    supervisor::{Interrupted, OUTPUT, Output, Supervisor},
};

/// An end of it.
#[derive(Clone)]
pub struct Channel {
    socket: Rc<OwnedFd>,
    /// What is sent.
    sent: Vec<u8>,
    /// Room for what is received, since something was first waited for.
    room: Vec<u8>,
}

/// What has been received.
pub struct Received {
    /// The message.
    pub message: ToHost,
    /// The descriptors that came with it.
    pub descriptors: Vec<OwnedFd>,
}

impl Channel {
    /// With this end.
    pub fn new(socket: OwnedFd) -> Self {
        Self { socket: Rc::new(socket), sent: Vec::new(), room: Vec::new() }
    }

    /// Says something.
    ///
    /// # Errors
    /// There is nobody who could hear it.
    pub fn send(&mut self, message: &FromHost) -> Result<(), Interrupted> {
        message.encode(&mut self.sent);
        loop {
            // Not by sendmsg(2), which the sandbox does not have: it could hand descriptors to the init.
            match send(self.socket.as_raw_fd(), &self.sent, MsgFlags::MSG_NOSIGNAL) {
                Ok(_) => return Ok(()),
                Err(Errno::EINTR) => {}
                Err(error) => return Err(Interrupted::Lost(format!("cannot be heard: {error}"))),
            }
        }
    }

    /// Waits for a message; for none when the other end is closed.
    ///
    /// # Errors
    /// The time is over, or what came is no message.
    pub fn receive(&mut self, until: Millis) -> Result<Option<Received>, Interrupted> {
        // Whoever has all the time waits in the call itself.
        if until != NEVER {
            self.wait(until)?;
        }
        if self.room.is_empty() {
            // As much as there can be. What is never written to takes no memory.
            self.room = vec![0; MAX_MESSAGE];
        }
        let mut space = cmsg_space!([RawFd; 2]);
        let mut bytes = [IoSliceMut::new(&mut self.room)];
        let flags = MsgFlags::MSG_CMSG_CLOEXEC;
        let packet = recvmsg::<()>(self.socket.as_raw_fd(), &mut bytes, Some(&mut space), flags);
        let packet = match packet {
            Err(Errno::EINTR) => return self.receive(until),
            packet => packet.map_err(|error| lost(format!("cannot hear: {error}")))?,
        };
        let descriptors =
            packet.cmsgs().map_err(|error| lost(format!("cannot hear: {error}")))?.flat_map(owned).collect();
        let (length, is_cut) = (packet.bytes, packet.flags.contains(MsgFlags::MSG_TRUNC));
        if length == 0 {
            return Ok(None);
        }
        if is_cut {
            return Err(lost("a message is too long"));
        }
        let message = ToHost::decode(self.room.get(..length).unwrap_or_default());
        let message = message.map_err(|malformed| lost(malformed.to_string()))?;
        Ok(Some(Received { message, descriptors }))
    }

    fn wait(&self, until: Millis) -> Result<(), Interrupted> {
        // The alarm of a call may go off before anything is waited for.
        while clock::now() < until {
            let mut sockets = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
            match poll(&mut sockets, clock::timeout(until)) {
                Ok(0) | Err(Errno::EINTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(lost(format!("cannot hear: {error}"))),
            }
        }
        Err(Interrupted::Timeout)
    }

    /// Waits for the answer to something.
    fn answer(&mut self, end: Millis) -> Result<Received, Interrupted> {
        self.receive(end)?.ok_or_else(|| lost("there is no init any more"))
    }

    /// Reads what a command writes until it ends.
    fn follow(&mut self, pipes: [OwnedFd; 2], until: Millis, end: Millis) -> Result<Output, Interrupted> {
        let mut outputs = pipes.map(Capture::new);
        let mut is_killed = false;
        loop {
            let now = clock::now();
            if now >= until.min(end) && !is_killed {
                self.send(&FromHost::Kill)?;
                is_killed = true;
            }
            if now >= end {
                return Err(Interrupted::Timeout);
            }
            let [has_ended, stdout, stderr] = self.ready(&outputs, if is_killed { end } else { until.min(end) })?;
            let [out, err] = &mut outputs;
            if stdout {
                out.read();
            }
            if stderr {
                err.read();
            }
            if has_ended {
                let ToHost::Ended(outcome) = self.answer(end)?.message else {
                    return Err(lost("something else than the end of a command"));
                };
                outputs.iter_mut().for_each(Capture::drain);
                let truncated = outputs.iter().any(|output| output.truncated);
                let [stdout, stderr] = outputs.map(|output| output.bytes);
                return Ok(Output { outcome, stdout, stderr, truncated });
            }
        }
    }

    /// Which of socket, standard output and standard error there is something from.
    fn ready(&self, outputs: &[Capture; 2], until: Millis) -> Result<[bool; 3], Interrupted> {
        let pipes = outputs.iter().map(|output| output.pipe.as_ref());
        let all: Vec<_> = [Some(&*self.socket)].into_iter().chain(pipes).collect();
        let open = all.iter().flatten().map(|descriptor| PollFd::new(descriptor.as_fd(), PollFlags::POLLIN));
        let mut open: Vec<_> = open.collect();
        match poll(&mut open, clock::timeout(until)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(lost(format!("cannot hear: {error}"))),
        }
        let mut polled = open.iter();
        let mut ready =
            all.iter().map(|place| place.is_some_and(|_| polled.next().and_then(PollFd::any).unwrap_or(false)));
        Ok([(); 3].map(|()| ready.next().unwrap_or(false)))
    }
}

impl Supervisor for Channel {
    fn log(&mut self, level: Level, text: String) -> Result<(), Interrupted> {
        self.send(&FromHost::Log(level, text))
    }

    fn signal(&mut self, service: &str, signal: Signal, end: Millis) -> Result<Result<(), String>, Interrupted> {
        self.send(&FromHost::Signal(service.to_string(), signal))?;
        match self.answer(end)?.message {
            ToHost::Sent(result) => Ok(result),
            ToHost::Call(_) | ToHost::Running | ToHost::NotRunning(_) | ToHost::Ended(_) => {
                Err(lost("something else than what became of a signal"))
            }
        }
    }

    fn run(
        &mut self,
        command: &str,
        arguments: Vec<String>,
        until: Millis,
        end: Millis,
    ) -> Result<Result<Output, String>, Interrupted> {
        self.send(&FromHost::Run(command.to_string(), arguments))?;
        let Received { message, descriptors } = self.answer(end)?;
        match (message, <[OwnedFd; 2]>::try_from(descriptors)) {
            (ToHost::Running, Ok(pipes)) => self.follow(pipes, until, end).map(Ok),
            (ToHost::NotRunning(text), _) => Ok(Err(text)),
            _ => Err(lost("something else than what became of a command")),
        }
    }
}

/// What a command writes into a pipe.
struct Capture {
    pipe: Option<OwnedFd>,
    bytes: Vec<u8>,
    truncated: bool,
}

impl Capture {
    fn new(pipe: OwnedFd) -> Self {
        Self { pipe: Some(pipe), bytes: Vec::new(), truncated: false }
    }

    /// Reads what there is, and waits for it if there is nothing.
    fn read(&mut self) {
        let Some(pipe) = &self.pipe else {
            return;
        };
        let mut part = [0; 4096];
        match read(pipe, &mut part) {
            Ok(0) => self.pipe = None,
            Ok(length) => {
                let part = part.get(..length).unwrap_or_default();
                let room = OUTPUT - self.bytes.len();
                self.bytes.extend_from_slice(part.get(..room).unwrap_or(part));
                self.truncated |= length > room;
            }
            Err(Errno::EINTR) => {}
            Err(_) => self.pipe = None,
        }
    }

    /// Reads what is there already; others may have the pipe still, and go on for ever.
    fn drain(&mut self) {
        while !self.truncated && self.has_something() {
            self.read();
        }
    }

    fn has_something(&self) -> bool {
        self.pipe.as_ref().is_some_and(|pipe| {
            let mut pipes = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
            poll(&mut pipes, 0_u8).is_ok_and(|count| count > 0)
        })
    }
}

#[expect(unsafe_code, reason = "the kernel has just given them")]
fn owned(message: ControlMessageOwned) -> Vec<OwnedFd> {
    let ControlMessageOwned::ScmRights(descriptors) = message else {
        return Vec::new();
    };
    // SAFETY: they are new, and nobody else knows them.
    descriptors.into_iter().map(|descriptor| unsafe { OwnedFd::from_raw_fd(descriptor) }).collect()
}

fn lost(text: impl Into<String>) -> Interrupted {
    Interrupted::Lost(text.into())
}
