//! Connections with a deadline.

use core::net::SocketAddr;

use rustix::{
    event::{PollFd, PollFlags, poll},
    fd::OwnedFd,
    io::{Errno, Result},
    net::{self, AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, socket_with, sockopt},
};
use wigwag_core::Millis;

use super::timespec;
use crate::sys::{clock, raw};

/// A connection to this port.
pub fn connect(address: &SocketAddr, deadline: Millis) -> Result<OwnedFd> {
    let socket = open(address, SocketType::STREAM)?;
    match net::connect(&socket, address) {
        Err(Errno::INPROGRESS) => {
            wait(&socket, PollFlags::OUT, deadline)?;
            sockopt::socket_error(&socket)??;
        }
        other => other?,
    }
    Ok(socket)
}

/// What is sent goes to this port, and what is received comes from there.
pub fn connect_datagrams(address: &SocketAddr) -> Result<OwnedFd> {
    let socket = open(address, SocketType::DGRAM)?;
    net::connect(&socket, address)?;
    Ok(socket)
}

fn open(address: &SocketAddr, kind: SocketType) -> Result<OwnedFd> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    socket_with(family, kind, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)
}

/// Sends all of it.
pub fn send(socket: &OwnedFd, mut bytes: &[u8], deadline: Millis) -> Result<()> {
    while !bytes.is_empty() {
        match net::send(socket, bytes, SendFlags::NOSIGNAL) {
            Ok(sent) => bytes = bytes.get(sent..).unwrap_or_default(),
            Err(Errno::AGAIN) => wait(socket, PollFlags::OUT, deadline)?,
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// What comes next; 0 bytes at the end.
pub fn receive(socket: &OwnedFd, buffer: &mut [u8], deadline: Millis) -> Result<usize> {
    loop {
        match net::recv(socket, &mut *buffer, RecvFlags::empty()) {
            Ok((length, _)) => return Ok(length),
            Err(Errno::AGAIN) => wait(socket, PollFlags::IN, deadline)?,
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}

fn wait(socket: &OwnedFd, what: PollFlags, deadline: Millis) -> Result<()> {
    loop {
        let time = deadline.minus(clock::now());
        match poll(&mut [PollFd::new(socket, what)], Some(&timespec(time))) {
            Ok(0) if time == Millis::ZERO => return Err(Errno::TIMEDOUT),
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(errno) => return Err(errno),
        }
    }
}

/// Does nothing for so long, or less.
pub fn pause(time: Millis) {
    let _ = poll(&mut [], Some(&timespec(time)));
}

/// What nobody can guess.
pub fn random() -> u16 {
    raw::random()
}
