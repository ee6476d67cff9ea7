//! What the init itself runs as.

use alloc::vec::Vec;
use core::fmt;

/// What the init itself runs as: where a change begins, and what may be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// geteuid(2).
    pub uid: u32,
    /// getegid(2).
    pub gid: u32,
    /// getgroups(2).
    pub groups: Vec<u32>,
    /// The effective capabilities, as capget(2) and `CapEff` of proc(5) have them: bit n is capability n.
    pub capabilities: u64,
    /// Whether `/proc/self/setgroups` says `deny`: then nobody may call setgroups(2), see `user_namespaces(7)`.
    pub groups_are_fixed: bool,
}

/// A capability that a change needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// To signal processes of other users.
    Kill = 5,
    /// To change the groups.
    SetGid = 6,
    /// To change the user.
    SetUid = 7,
    /// To raise hard limits.
    SysResource = 24,
}

impl Own {
    /// Whether the init has this capability.
    pub const fn has(&self, capability: Capability) -> bool {
        self.capabilities & (1 << capability as u64) != 0
    }

    pub(super) const fn can_set_groups(&self) -> bool {
        self.has(Capability::SetGid) && !self.groups_are_fixed
    }
}

impl fmt::Display for Capability {
    /// The name of capabilities(7).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kill => "CAP_KILL",
            Self::SetGid => "CAP_SETGID",
            Self::SetUid => "CAP_SETUID",
            Self::SysResource => "CAP_SYS_RESOURCE",
        })
    }
}

#[cfg(test)]
impl Own {
    /// As Docker starts a container: `CapEff: 00000000a80425fb`.
    pub(crate) fn root() -> Self {
        Self { uid: 0, gid: 0, groups: alloc::vec![0], capabilities: 0xa804_25fb, groups_are_fixed: false }
    }

    /// As `docker run --user` starts it.
    pub(crate) fn user(uid: u32, gid: u32, groups: &[u32]) -> Self {
        Self { uid, gid, groups: groups.to_vec(), capabilities: 0, groups_are_fixed: false }
    }

    pub(crate) fn without(mut self, capability: Capability) -> Self {
        self.capabilities &= !(1 << capability as u64);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_are_bits() {
        let all = [Capability::Kill, Capability::SetGid, Capability::SetUid, Capability::SysResource];
        assert_eq!(all.map(|capability| Own::root().has(capability)), [true, true, true, false]);
        assert_eq!(all.map(|capability| Own::user(1, 1, &[]).has(capability)), [false; 4]);
        assert_eq!(
            all.map(|capability| Own { capabilities: 1 << 24, ..Own::root() }.has(capability)),
            [false, false, false, true]
        );
    }
}
