//! Why a process cannot run as it should.

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::Capability;

/// Why a process cannot run as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is no `/etc/passwd` to look this user up in.
    NoPasswd(String),
    /// This user is not in `/etc/passwd`.
    NoUser(String),
    /// There is no `/etc/group` to look this group up in.
    NoGroupFile(String),
    /// This group is not in `/etc/group`.
    NoGroup(String),
    /// The user cannot be changed.
    Uid {
        /// The init's.
        from: u32,
        /// The one that is asked for.
        to: u32,
    },
    /// The group cannot be changed.
    Gid {
        /// The init's.
        from: u32,
        /// The one that is asked for.
        to: u32,
    },
    /// The supplementary groups cannot be changed.
    Groups {
        /// What it is that forbids it: a capability that is not there, or else the user namespace.
        without: Option<Capability>,
        /// Those that are asked for.
        to: Vec<u32>,
    },
    /// The init could never stop what runs as this user.
    Deaf(u32),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPasswd(name) => {
                let name = name.escape_debug();
                write!(f, "there is no /etc/passwd, so the user `{name}` has no number: write one")
            }
            Self::NoUser(name) => write!(f, "there is no user `{}` in /etc/passwd", name.escape_debug()),
            Self::NoGroupFile(name) => {
                let name = name.escape_debug();
                write!(f, "there is no /etc/group, so the group `{name}` has no number: write one")
            }
            Self::NoGroup(name) => write!(f, "there is no group `{}` in /etc/group", name.escape_debug()),
            Self::Uid { from, to } => {
                write!(f, "cannot change from user {from} to user {to} without {}: ", Capability::SetUid)?;
                write!(f, "start the container as user {to}, or as root with that capability")
            }
            Self::Gid { from, to } => {
                write!(f, "cannot change from group {from} to group {to} without {}: ", Capability::SetGid)?;
                write!(f, "start the container with group {to}, or as root with that capability")
            }
            Self::Groups { without, to } => {
                f.write_str("cannot change the supplementary groups to ")?;
                for (at, gid) in to.iter().enumerate() {
                    write!(f, "{}{gid}", if at == 0 { "" } else { ", " })?;
                }
                match without {
                    Some(capability) => write!(f, " without {capability}"),
                    None => f.write_str(": the user namespace forbids it (/proc/self/setgroups)"),
                }
            }
            Self::Deaf(uid) => {
                let capability = Capability::Kill;
                write!(f, "cannot stop what runs as user {uid} without {capability}: add it to the container")
            }
        }
    }
}
