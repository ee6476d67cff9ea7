//! The socket to the init.

use std::{fs::File, io::IoSliceMut, mem::MaybeUninit};

use rustix::{
    cmsg_space,
    fd::OwnedFd,
    net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags, recvmsg, send},
    process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open},
};
use scenarios::Result;
use wigwag_core::plugin::{
    MAX_MESSAGE, SOCKET,
    message::{FromHost, ToHost},
};

pub struct Link(Option<OwnedFd>);

impl Link {
    /// A copy of the descriptor: there is no safe way to own one by its number.
    pub fn open() -> Result<Self> {
        let own = pidfd_open(getpid(), PidfdFlags::empty())?;
        let socket = pidfd_getfd(&own, SOCKET, PidfdGetfdFlags::empty())?;
        Ok(Self(Some(socket)))
    }

    /// Closes it for good, whoever else has a copy.
    pub fn close(&mut self) {
        if let Some(socket) = self.0.take() {
            let _ = rustix::net::shutdown(&socket, rustix::net::Shutdown::Both);
        }
    }

    pub fn say(&self, message: &FromHost) -> Result<()> {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        self.send(&bytes)
    }

    pub fn send(&self, bytes: &[u8]) -> Result<()> {
        send(self.0.as_ref().ok_or("closed")?, bytes, SendFlags::NOSIGNAL)?;
        Ok(())
    }

    /// What the init says next; nothing when it says nothing any more.
    pub fn next(&self) -> Result<Option<ToHost>> {
        Ok(self.next_with_files()?.0)
    }

    pub fn next_with_files(&self) -> Result<(Option<ToHost>, Vec<File>)> {
        let mut bytes = vec![0; MAX_MESSAGE];
        let mut space = [const { MaybeUninit::uninit() }; cmsg_space!(ScmRights(2))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let socket = self.0.as_ref().ok_or("closed")?;
        let length = {
            let mut parts = [IoSliceMut::new(&mut bytes)];
            recvmsg(socket, &mut parts, &mut control, RecvFlags::CMSG_CLOEXEC)?.bytes
        };
        let mut files = Vec::new();
        for message in control.drain() {
            if let RecvAncillaryMessage::ScmRights(rights) = message {
                files.extend(rights.map(File::from));
            }
        }
        bytes.truncate(length);
        if bytes.is_empty() {
            return Ok((None, files));
        }
        let message = ToHost::decode(&bytes).map_err(|malformed| malformed.to_string())?;
        Ok((Some(message), files))
    }
}
