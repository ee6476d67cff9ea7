//! As whom the process goes on: as nobody that there is, with no privileges.

use nix::{
    errno::Errno,
    libc,
    sys::prctl,
    unistd::{Gid, Uid, geteuid, setgroups, setresgid, setresuid},
};

/// The users of which nobody keeps a file: those that systemd takes for `DynamicUser=`.
const FIRST: u32 = 61_184;
const LAST: u32 = 65_519;

/// Becomes a user of its own when it is root, another one for each plugin, and gives all privileges up. A container that has
/// not so many users, or does not let one change, has the same user without privileges; that is said.
///
/// # Errors
/// One sentence.
pub fn leave(place: usize) -> Result<Option<String>, String> {
    // Said before the user changes: afterwards it may not be allowed any more.
    drop_bounding_set();
    let note = if geteuid().is_root() { become_nobody(place)? } else { None };
    drop_capabilities().map_err(|error| format!("cannot give up its privileges: {error}"))?;
    prctl::set_no_new_privs().map_err(|error| format!("cannot give up its privileges: {error}"))?;
    Ok(note)
}

fn become_nobody(place: usize) -> Result<Option<String>, String> {
    let id = u32::try_from(place).ok().and_then(|place| FIRST.checked_add(place)).filter(|id| *id <= LAST);
    let id = id.ok_or("there are more plugins than users for them")?;
    let (user, group) = (Uid::from_raw(id), Gid::from_raw(id));
    let changed =
        setgroups(&[]).and_then(|()| setresgid(group, group, group)).and_then(|()| setresuid(user, user, user));
    Ok(changed.err().map(|error| format!("it has no user of its own: {id} cannot be had here ({error})")))
}

/// What no program that it might execute could get. It cannot execute any; without the privilege to say so, it does not.
#[expect(unsafe_code, reason = "nix has no such function")]
fn drop_bounding_set() {
    for capability in 0..64_u64 {
        // SAFETY: it takes numbers, and says when there is no such capability.
        if unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) } != 0 {
            return;
        }
    }
}

/// capset(2), version 3: two times 32 bits of each set.
#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

#[expect(unsafe_code, reason = "nix has no such function")]
fn drop_capabilities() -> nix::Result<()> {
    let header = Header { version: 0x2008_0522, pid: 0 };
    let none = [0_u32; 6];
    // SAFETY: both are of the form that this version has, and live until it returns. Ambient capabilities go with these.
    Errno::result(unsafe { libc::syscall(libc::SYS_capset, &raw const header, none.as_ptr()) }).map(drop)
}
