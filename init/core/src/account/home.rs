//! Where a user is at home.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use super::{Identity, Own};
use crate::environment::{self, Rule};

const HOME: &str = "HOME";

/// Sets `HOME` to the user's home; of all that login(1) sets, that is what gosu, su-exec and Docker set as well. Call it
/// after the rules were applied.
///
/// - When the user changes, the `HOME` that was given is another user's and does not count, as for gosu: a default that is
///   declared for it counts instead, and "unset" stays unset.
/// - When the init already is that user, a `HOME` that was given stays, as it does for runc.
pub fn set_home<T: AsRef<[u8]> + From<Vec<u8>>>(
    identity: &Identity,
    own: &Own,
    rules: &BTreeMap<String, Rule>,
    environment: &mut Vec<T>,
) {
    let Some(home) = &identity.home else { return };
    let is_other = identity.uid != own.uid;
    let is_given = environment::get(environment, HOME).is_some_and(|given| !given.is_empty());
    match rules.get(HOME) {
        None | Some(Rule::Required(_)) if is_other || !is_given => environment::set(environment, HOME, home),
        Some(Rule::Default(default)) if is_other => environment::set(environment, HOME, default.as_bytes()),
        None | Some(Rule::Required(_) | Rule::Default(_) | Rule::File(_) | Rule::FileEnv(_) | Rule::Unset) => {}
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn home_is_where_the_user_is() {
        let (root, user) = (Own::root(), Own::user(999, 999, &[]));
        let default = || Some(Rule::Default("/data".into()));
        let file = || Some(Rule::File("/run/home".into()));
        for (own, rule, given, expected) in [
            (&root, None, &["HOME=/root"][..], &["A=1", "HOME=/pg"][..]),
            (&root, None, &[], &["A=1", "HOME=/pg"]),
            (&root, None, &["HOME=/root", "HOME=/twice"], &["A=1", "HOME=/pg"]),
            (&root, Some(Rule::Required(String::new())), &["HOME=/root"], &["A=1", "HOME=/pg"]),
            (&root, default(), &["HOME=/root"], &["A=1", "HOME=/data"]),
            (&root, default(), &["HOME=/data"], &["A=1", "HOME=/data"]),
            (&root, file(), &["HOME=/from/file"], &["A=1", "HOME=/from/file"]),
            (&root, Some(Rule::Unset), &[], &["A=1"]),
            (&user, None, &["HOME=/x"], &["A=1", "HOME=/x"]),
            (&user, None, &["HOME="], &["A=1", "HOME=/pg"]),
            (&user, None, &[], &["A=1", "HOME=/pg"]),
            (&user, default(), &["HOME=/x"], &["A=1", "HOME=/x"]),
            (&user, default(), &["HOME="], &["A=1", "HOME="]),
            (&user, Some(Rule::Unset), &[], &["A=1"]),
        ] {
            let rules = rule.into_iter().map(|rule| (HOME.into(), rule)).collect();
            let bytes = |list: &[&str]| list.iter().map(|entry| entry.as_bytes().to_vec()).collect::<Vec<_>>();
            let mut environment = bytes(&["A=1"]);
            environment.extend(bytes(given));
            let identity = Identity {
                uid: 999,
                gid: 999,
                groups: vec![999],
                groups_are_named: false,
                home: Some(b"/pg".to_vec()),
            };
            set_home(&identity, own, &rules, &mut environment);
            assert_eq!(environment, bytes(expected), "{own:?} {rules:?} {given:?}");
            let mut environment = bytes(given);
            set_home(&Identity { home: None, ..identity }, own, &rules, &mut environment);
            assert_eq!(environment, bytes(given), "without a user");
        }
    }
}
