//! What the init shares with the host of a plugin: a socket for messages, and the store that it keeps for it.

use alloc::vec::Vec;

use rustix::{
    buffer::spare_capacity,
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{MemfdFlags, Mode, OFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create, open},
    io::{Errno, IoSlice, Result},
    net::{
        AddressFamily, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recv,
        sendmsg, socketpair,
    },
};
use wigwag_core::plugin::{MAX_MESSAGE, STORE_LENGTH};

/// Our end of the socket. A message is a packet (`SOCK_SEQPACKET` of unix(7)), and nothing here ever waits.
pub struct Link(OwnedFd);

/// What came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packet {
    /// A message; it is in the buffer.
    Message,
    /// More than a message can be.
    TooLong,
    /// Nothing yet.
    Nothing,
    /// Nothing any more: the other end is closed.
    Closed,
}

impl Link {
    /// Both ends; the other one waits, as a program expects of a socket.
    pub fn open() -> Result<(Self, OwnedFd)> {
        let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
        Ok((Self(ours), theirs))
    }

    /// Sends a message, and descriptors with it, if there is room.
    pub fn send(&self, message: &[u8], descriptors: &[BorrowedFd]) -> Result<()> {
        if message.len() > MAX_MESSAGE {
            return Err(Errno::MSGSIZE);
        }
        let mut space = [const { core::mem::MaybeUninit::uninit() }; rustix::cmsg_space!(ScmRights(2))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        if !descriptors.is_empty() && !control.push(SendAncillaryMessage::ScmRights(descriptors)) {
            return Err(Errno::INVAL);
        }
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        sendmsg(&self.0, &[IoSlice::new(message)], &mut control, flags).map(drop)
    }

    /// Takes the next message into the buffer. Descriptors that come with it are closed by the kernel.
    pub fn receive(&self, buffer: &mut Vec<u8>) -> Packet {
        buffer.clear();
        buffer.reserve(MAX_MESSAGE);
        let mut next = || recv(&self.0, spare_capacity(buffer), RecvFlags::DONTWAIT | RecvFlags::TRUNC);
        // Said once, before what was sent, when the other end is closed by somebody who has not read everything.
        let received = match next() {
            Err(Errno::CONNRESET) => next(),
            received => received,
        };
        match received {
            // No message is empty.
            Ok((_, 0)) => Packet::Closed,
            Ok((_, length)) if length > MAX_MESSAGE => Packet::TooLong,
            Ok(_) => Packet::Message,
            Err(Errno::AGAIN | Errno::INTR) => Packet::Nothing,
            Err(_) => Packet::Closed,
        }
    }
}

impl AsFd for Link {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Memory that outlives a host. No host can make it larger: it would be the container's memory.
pub fn store() -> Result<OwnedFd> {
    let store = memfd_create(c"wigwag-store", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    ftruncate(&store, u64::try_from(STORE_LENGTH).unwrap_or_default())?;
    fcntl_add_seals(&store, SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL)?;
    Ok(store)
}

/// What a host has for its standard streams.
pub fn null() -> Result<OwnedFd> {
    open(c"/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())
}

#[cfg(test)]
mod tests {
    use rustix::{
        fs::fstat,
        io::{pwrite, write},
        pipe::pipe,
    };

    use super::*;

    #[test]
    fn packets_come_whole_or_not_at_all() {
        let (ours, theirs) = Link::open().unwrap();
        let theirs = Link(theirs);
        let mut buffer = Vec::new();
        assert_eq!(theirs.receive(&mut buffer), Packet::Nothing);
        let longest = vec![7; MAX_MESSAGE];
        ours.send(&longest, &[]).unwrap();
        ours.send(b"b", &[]).unwrap();
        assert_eq!((theirs.receive(&mut buffer), &buffer), (Packet::Message, &longest));
        assert_eq!((theirs.receive(&mut buffer), buffer.as_slice()), (Packet::Message, &b"b"[..]));
        assert_eq!(ours.send(&vec![7; MAX_MESSAGE + 1], &[]), Err(Errno::MSGSIZE));
        write(&ours, &vec![7; MAX_MESSAGE + 1]).unwrap();
        assert_eq!(theirs.receive(&mut buffer), Packet::TooLong);
        drop(ours);
        assert_eq!(theirs.receive(&mut buffer), Packet::Closed);
        assert_eq!(theirs.send(b"x", &[]), Err(Errno::PIPE));
    }

    #[test]
    fn last_words_are_heard_of_who_did_not_listen() {
        let (ours, theirs) = Link::open().unwrap();
        let theirs = Link(theirs);
        ours.send(b"a", &[]).unwrap();
        theirs.send(b"b", &[]).unwrap();
        drop(theirs);
        let mut buffer = Vec::new();
        assert_eq!((ours.receive(&mut buffer), buffer.as_slice()), (Packet::Message, &b"b"[..]));
        assert_eq!(ours.receive(&mut buffer), Packet::Closed);
    }

    #[test]
    fn who_does_not_read_is_not_waited_for() {
        let (ours, _theirs) = Link::open().unwrap();
        let full = (0..1_000_000).find_map(|_| ours.send(b"a", &[]).err());
        assert_eq!(full, Some(Errno::AGAIN));
    }

    #[test]
    fn descriptors_go_with_a_message() {
        let (ours, theirs) = Link::open().unwrap();
        let (reader, writer) = pipe().unwrap();
        ours.send(b"a", &[reader.as_fd(), writer.as_fd()]).unwrap();
        drop((reader, writer));
        let mut buffer = Vec::new();
        assert_eq!(Link(theirs).receive(&mut buffer), Packet::Message);
    }

    #[test]
    fn a_store_does_not_grow() {
        let store = store().unwrap();
        assert_eq!(fstat(&store).unwrap().st_size, i64::try_from(STORE_LENGTH).unwrap());
        assert_eq!(pwrite(&store, b"a", u64::try_from(STORE_LENGTH).unwrap()), Err(Errno::PERM));
        assert_eq!(ftruncate(&store, 0), Err(Errno::PERM));
    }
}
