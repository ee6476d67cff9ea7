//! The probe as a service: every signal it gets is a line.

use std::{
    io::{self, Read},
    os::fd::AsFd,
};

use nix::{
    libc,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::{
        signal::SigSet,
        signalfd::{SfdFlags, SignalFd, siginfo},
    },
};
use scenarios::Result;
use wigwag_core::Signal;

use crate::Probe;

const END_OF_INPUT: &str = "EOF";

impl Probe {
    /// Returns only when something cannot be done.
    pub fn serve(&self) -> Result<()> {
        // Blocked before it says that it is ready: from then on none is lost.
        let every = SigSet::all();
        every.thread_block()?;
        let signals = SignalFd::with_flags(&every, SfdFlags::SFD_CLOEXEC)?;
        self.teller.tell("ready")?;
        let stdin = io::stdin();
        let mut reads = self.reactions.contains_key(END_OF_INPUT);
        loop {
            let mut wanted = vec![PollFd::new(signals.as_fd(), PollFlags::POLLIN)];
            if reads {
                wanted.push(PollFd::new(stdin.as_fd(), PollFlags::POLLIN));
            }
            poll(&mut wanted, PollTimeout::NONE)?;
            let is_ready = |at: usize| wanted.get(at).and_then(PollFd::any).unwrap_or_default();
            if is_ready(0)
                && let Some(info) = signals.read_signal()?
            {
                self.got(&info)?;
            }
            if is_ready(1) && stdin.lock().read(&mut [0])? == 0 {
                reads = false;
                self.teller.tell("got the end of its input")?;
                self.react(END_OF_INPUT)?;
            }
        }
    }

    fn got(&self, info: &siginfo) -> Result<()> {
        let signal = u8::try_from(info.ssi_signo).ok().and_then(Signal::new).ok_or("no such signal")?;
        let name = signal.to_string();
        let name = name.strip_prefix("SIG").unwrap_or(&name);
        // Its own children are its own business, unless it says otherwise.
        if signal == Signal::CHLD && !self.reactions.contains_key(name) {
            return Ok(());
        }
        let value = match info.ssi_code {
            libc::SI_QUEUE => format!(" with {}", info.ssi_int),
            _ => String::new(),
        };
        self.teller.tell(&format!("got {name}{value}"))?;
        self.react(name)
    }

    fn react(&self, to: &str) -> Result<()> {
        self.reactions.get(to).into_iter().flatten().try_for_each(|reaction| reaction.carry_out(&self.teller))
    }
}
