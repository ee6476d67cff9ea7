//! The descriptors that the process begins with.

use std::os::fd::{FromRawFd as _, OwnedFd};

use nix::{
    errno::Errno,
    libc,
    sys::socket::{SockType, getsockopt, sockopt},
};
use wigwag_core::plugin::{SOCKET, STORE};

/// What the init gives to a host.
pub struct Given {
    /// Its end of the socket.
    pub socket: OwnedFd,
    /// Its store, if there is one.
    pub store: Option<OwnedFd>,
}

/// Takes them, and closes all others. To be called once, before anything is opened.
///
/// # Errors
/// One sentence: nobody gave them.
#[expect(unsafe_code, reason = "they are known by their numbers")]
pub fn take() -> Result<Given, String> {
    close_from(STORE + 1);
    // SAFETY: nothing was opened before, so that nobody else has it; what is not open is only said to be so.
    let socket = unsafe { OwnedFd::from_raw_fd(SOCKET) };
    if getsockopt(&socket, sockopt::SockType) != Ok(SockType::SeqPacket) {
        // It may be anybody's, or nobody's.
        std::mem::forget(socket);
        return Err("it is started by wigwag-init, with a socket".to_string());
    }
    // SAFETY: it takes numbers.
    let has_store = unsafe { libc::fcntl(STORE, libc::F_GETFD) } >= 0;
    // SAFETY: it is open, and nobody else has it.
    let store = has_store.then(|| unsafe { OwnedFd::from_raw_fd(STORE) });
    Ok(Given { socket, store })
}

#[expect(unsafe_code, reason = "nix has no such function")]
fn close_from(first: i32) {
    // SAFETY: nothing was opened before, so that nobody misses them.
    if Errno::result(unsafe { libc::syscall(libc::SYS_close_range, first, u32::MAX, 0) }).is_err() {
        // A kernel from before 5.9.
        for descriptor in first..1024 {
            // SAFETY: as above.
            unsafe { libc::close(descriptor) };
        }
    }
}
