//! What the init itself runs as, and what it may change for others.

use rustix::process::{getegid, geteuid, getgroups};
use wigwag_core::{
    account::Own,
    limit::{Amount, Limits, Resource},
};

use crate::sys::{file, raw};

/// What the init itself runs as.
pub fn own() -> Own {
    let groups = getgroups().unwrap_or_default();
    Own {
        uid: geteuid().as_raw(),
        gid: getegid().as_raw(),
        groups: groups.into_iter().map(rustix::fs::Gid::as_raw).collect(),
        capabilities: raw::effective_capabilities(),
        groups_are_fixed: file::content(c"/proc/self/setgroups").is_ok_and(|content| content.starts_with(b"deny")),
    }
}

/// The limits that the init has.
pub fn limits(resource: Resource) -> Limits {
    let [soft, hard] = raw::limits(resource.number(), None).unwrap_or([u64::MAX; 2]);
    Limits { soft: Amount(soft), hard: Amount(hard) }
}
