//! From whom the init is to whom a process is to be.

use alloc::vec::Vec;

use super::{Capability, Identity, Own, Problem};

/// What has to be changed; what is as it should be is left alone. In this order: without the user's privileges the groups
/// could no longer be changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Switch {
    /// For setgroups(2).
    pub groups: Option<Vec<u32>>,
    /// For setresgid(2), three times.
    pub gid: Option<u32>,
    /// For setresuid(2), three times. Takes all capabilities away when it comes from 0, see capabilities(7).
    pub uid: Option<u32>,
}

impl Switch {
    /// What makes the init's child `to`.
    ///
    /// A container that was started as this very user needs no privilege: `docker run --user` and Kubernetes'
    /// `runAsUser` choose the supplementary groups too, with `--group-add` or `fsGroup`, and what they chose stays. Only
    /// groups that were asked for one by one must be there.
    ///
    /// # Errors
    /// Everything that is impossible; groups only when the rest is possible.
    pub fn new(own: &Own, to: &Identity) -> Result<Self, Vec<Problem>> {
        let uid = (to.uid != own.uid).then_some(to.uid);
        let gid = (to.gid != own.gid).then_some(to.gid);
        let mut groups = (!has_groups(own, to)).then(|| to.groups.clone());
        let mut problems = Vec::new();
        if let Some(to) = uid {
            if !own.has(Capability::SetUid) {
                problems.push(Problem::Uid { from: own.uid, to });
            } else if !own.has(Capability::Kill) {
                problems.push(Problem::Deaf(to));
            }
        }
        if let Some(to) = gid.filter(|_| !own.has(Capability::SetGid)) {
            problems.push(Problem::Gid { from: own.gid, to });
        }
        let are_chosen = uid.is_none() && gid.is_none() && (!to.groups_are_named || has_no_less(own, to));
        if let Some(to) = groups.take_if(|_| !own.can_set_groups())
            && !are_chosen
            && problems.is_empty()
        {
            let without = Some(Capability::SetGid).filter(|capability| !own.has(*capability));
            problems.push(Problem::Groups { without, to });
        }
        if problems.is_empty() { Ok(Self { groups, gid, uid }) } else { Err(problems) }
    }
}

/// Whether the kernel would see no difference.
fn has_groups(own: &Own, to: &Identity) -> bool {
    let has_no_more = own.groups.iter().all(|group| to.groups.contains(group));
    own.gid == to.gid && has_no_less(own, to) && has_no_more
}

/// The kernel counts the group itself, whether it is on the list or not.
fn has_no_less(own: &Own, to: &Identity) -> bool {
    to.groups.iter().all(|group| own.gid == *group || own.groups.contains(group))
}

#[cfg(test)]
mod tests {
    use alloc::{string::ToString, vec};

    use super::*;

    fn to(uid: u32, gid: u32, groups: &[u32]) -> Identity {
        Identity { uid, gid, groups: groups.to_vec(), groups_are_named: false, home: None }
    }

    fn named(identity: Identity) -> Identity {
        Identity { groups_are_named: true, ..identity }
    }

    fn switch(groups: Option<&[u32]>, gid: Option<u32>, uid: Option<u32>) -> Switch {
        Switch { groups: groups.map(<[u32]>::to_vec), gid, uid }
    }

    #[test]
    fn only_what_differs_is_changed() {
        let root = Own::root();
        let alpine = Own { groups: vec![0, 1, 2, 3, 4, 6, 10, 11, 20, 26, 27], ..Own::root() };
        let user = Own::user(999, 999, &[]);
        let fixed = Own { groups_are_fixed: true, ..Own::root() };
        for (own, identity, expected) in [
            (&root, to(999, 999, &[101, 999]), switch(Some(&[101, 999]), Some(999), Some(999))),
            (&root, to(999, 0, &[0]), switch(None, None, Some(999))),
            (&alpine, to(999, 0, &[0]), switch(Some(&[0]), None, Some(999))),
            (&root, to(0, 26, &[26]), switch(Some(&[26]), Some(26), None)),
            (&root, to(0, 0, &[0]), Switch::default()),
            (&Own { groups: vec![], ..Own::root() }, to(0, 0, &[0]), Switch::default()),
            (&alpine, to(0, 0, &[0]), switch(Some(&[0]), None, None)),
            (&root, named(to(0, 0, &[0, 26])), switch(Some(&[0, 26]), None, None)),
            // Without privileges: what the platform chose stays.
            (&user, to(999, 999, &[999]), Switch::default()),
            (&Own::user(999, 999, &[999]), to(999, 999, &[999]), Switch::default()),
            (&user, to(999, 999, &[101, 999]), Switch::default()),
            (&Own::user(999, 999, &[999, 2000]), to(999, 999, &[101, 999]), Switch::default()),
            (&Own::user(999, 999, &[2000, 101]), named(to(999, 999, &[101, 999])), Switch::default()),
            (&root.clone().without(Capability::SetGid), to(0, 0, &[0, 26]), Switch::default()),
            // In a user namespace without setgroups(2).
            (&fixed, to(0, 0, &[0, 26]), Switch::default()),
            (&fixed, to(999, 0, &[0]), switch(None, None, Some(999))),
            // Nobody has to be signalled who could not be.
            (&root.clone().without(Capability::Kill), to(0, 26, &[26]), switch(Some(&[26]), Some(26), None)),
        ] {
            assert_eq!(Switch::new(own, &identity), Ok(expected), "{own:?} {identity:?}");
        }
    }

    #[test]
    fn what_is_impossible_is_said() {
        let uid = "cannot change from user 1000 to user 999 without CAP_SETUID: \
            start the container as user 999, or as root with that capability";
        let gid = "cannot change from group 1000 to group 999 without CAP_SETGID: \
            start the container with group 999, or as root with that capability";
        let user = Own::user(1000, 1000, &[1000]);
        for (own, identity, expected) in [
            (user.clone(), to(999, 999, &[999]), &[uid, gid][..]),
            (user.clone(), to(999, 1000, &[1000]), &[uid]),
            (user.clone(), to(1000, 999, &[999]), &[gid]),
            (
                user,
                named(to(1000, 1000, &[26, 1000])),
                &["cannot change the supplementary groups to 26, 1000 without CAP_SETGID"],
            ),
            (
                Own { groups_are_fixed: true, ..Own::root() },
                to(0, 26, &[26]),
                &["cannot change the supplementary groups to 26: the user namespace forbids it (/proc/self/setgroups)"],
            ),
            (
                // Who may change the user but not the groups would take root's groups along.
                Own { groups: vec![0, 10], ..Own::root() }.without(Capability::SetGid),
                to(999, 0, &[0]),
                &["cannot change the supplementary groups to 0 without CAP_SETGID"],
            ),
            (
                Own::root().without(Capability::SetUid),
                to(999, 0, &[0]),
                &["cannot change from user 0 to user 999 without CAP_SETUID: \
                    start the container as user 999, or as root with that capability"],
            ),
            (
                Own::root().without(Capability::Kill),
                to(999, 999, &[999]),
                &["cannot stop what runs as user 999 without CAP_KILL: add it to the container"],
            ),
        ] {
            let problems = Switch::new(&own, &identity).unwrap_err();
            let shown: Vec<_> = problems.iter().map(ToString::to_string).collect();
            assert_eq!(shown, expected, "{own:?} {identity:?}");
        }
    }
}
