//! What services say of themselves: the datagrams of `sd_notify(3)`.

use alloc::vec::Vec;

use rustix::{
    fd::{AsFd as _, BorrowedFd, OwnedFd},
    io::Result,
    net::{AddressFamily, RecvFlags, SocketAddrUnix, SocketFlags, SocketType, bind, getsockname, recv, socket_with},
};
use wigwag_core::{Config, ServiceId, config::Check, notification};

/// A socket for each service that says by itself when it is ready, so that what comes in is known to be about that one.
pub struct Notices(Vec<Notice>);

struct Notice {
    id: ServiceId,
    socket: OwnedFd,
    /// As `NOTIFY_SOCKET` has it.
    address: Vec<u8>,
}

impl Notices {
    /// Their addresses are abstract (unix(7)): they need no file system to be written to, and are gone with us.
    pub fn open(config: &Config) -> Result<Self> {
        let notifies = |check: &Check| matches!(check, Check::Notify);
        let services =
            config.services().filter(|(_, service)| service.ready.as_ref().is_some_and(|ready| notifies(&ready.check)));
        services.map(|(id, _)| Notice::open(id)).collect::<Result<_>>().map(Self)
    }

    pub fn address(&self, id: ServiceId) -> Option<&[u8]> {
        self.0.iter().find(|notice| notice.id == id).map(|notice| notice.address.as_slice())
    }

    pub fn sockets(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.0.iter().map(|notice| notice.socket.as_fd())
    }

    /// The services that say that they are ready.
    pub fn ready(&self) -> Vec<ServiceId> {
        self.0.iter().filter(|notice| notice.says_ready()).map(|notice| notice.id).collect()
    }
}

impl Notice {
    fn open(id: ServiceId) -> Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::UNIX, SocketType::DGRAM, flags, None)?;
        // Without a name, the kernel gives it one that nobody else has.
        bind(&socket, &SocketAddrUnix::new_unnamed())?;
        let address = SocketAddrUnix::try_from(getsockname(&socket)?)?;
        let name = address.abstract_name().unwrap_or_default();
        Ok(Self { id, socket, address: [b"@", name].concat() })
    }

    /// Reads all that came.
    fn says_ready(&self) -> bool {
        // What does not fit is cut, and then has the length of the whole buffer, which is too long to count.
        let mut buffer = [0; notification::MAX_LENGTH + 2];
        let mut ready = false;
        // Somebody who sends faster than we read wants to keep us busy.
        for _ in 0..64 {
            let Ok((_, length)) = recv(&self.socket, &mut buffer, RecvFlags::empty()) else { break };
            ready |= notification::is_ready(buffer.get(..length).unwrap_or_default());
        }
        ready
    }
}
