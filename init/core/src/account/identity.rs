//! Whom an execution asks for, as numbers.

use alloc::{vec, vec::Vec};

use super::{Account, Database, Own, Problem, database::UserEntry};
use crate::config::Execution;

/// Whom an execution asks for, as numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The user.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// All its groups, ascending, each once. As after initgroups(3), its group is one of them: a list without it would
    /// let a process step out of a group that is denied something (CVE-2022-36109).
    pub groups: Vec<u32>,
    /// Whether the supplementary groups were asked for one by one.
    pub groups_are_named: bool,
    /// The user's home, when a user is asked for; `/` when `/etc/passwd` knows none, as for Docker and gosu.
    pub home: Option<Vec<u8>>,
}

impl Identity {
    /// Looks up whom the execution asks for. Nothing, when that is nobody in particular.
    ///
    /// - A user has the group of its entry, and the supplementary groups of those entries of `/etc/group` that name it,
    ///   as after initgroups(3).
    /// - A number without an entry keeps the init's group, as for gosu: that is 0 in a container that starts as root, as
    ///   after `docker run --user 999`, and otherwise the one that the platform chose, which we may not change.
    ///   It has no supplementary groups.
    /// - A group that is given, in `user` or by itself, replaces the user's own and all supplementary groups, as for
    ///   Docker and gosu: `www-data:www-data` means just that. Without a user, the init's user stays.
    /// - `supplementary-groups`, when they are given, are all that there are besides the group.
    ///
    /// # Errors
    /// Every name that has no number.
    pub fn of(execution: &Execution, database: &Database, own: &Own) -> Result<Option<Self>, Vec<Problem>> {
        if !execution.has_accounts() {
            return Ok(None);
        }
        let mut problems = Vec::new();
        let user = match &execution.user {
            None => Some(Who { uid: own.uid, entry: None }),
            Some(user) => noted(&mut problems, Who::of(&user.account, database)),
        };
        let gid = match execution.group() {
            None => Some(user.and_then(|user| user.entry).map_or(own.gid, |entry| entry.gid)),
            Some(group) => noted(&mut problems, database.gid(group)),
        };
        let mut groups = Vec::new();
        match (&execution.supplementary_groups, user.and_then(|user| user.entry)) {
            (Some(named), _) => {
                groups.extend(named.iter().filter_map(|group| noted(&mut problems, database.gid(group))));
            }
            (None, Some(entry)) if execution.group().is_none() => groups.extend(database.groups_of(entry.name)),
            (None, _) => {}
        }
        let (Some(user), Some(gid), true) = (user, gid, problems.is_empty()) else { return Err(problems) };
        groups.push(gid);
        groups.sort_unstable();
        groups.dedup();
        Ok(Some(Self {
            uid: user.uid,
            gid,
            groups,
            groups_are_named: execution.supplementary_groups.is_some(),
            home: execution.user.is_some().then(|| user.home()),
        }))
    }
}

#[derive(Clone, Copy)]
struct Who<'a> {
    uid: u32,
    entry: Option<UserEntry<'a>>,
}

impl<'a> Who<'a> {
    fn of(account: &Account, database: &Database<'a>) -> Result<Self, Problem> {
        match account {
            Account::Number(uid) => Ok(Self { uid: *uid, entry: database.user_by_number(*uid) }),
            Account::Name(name) => {
                let entry = database.user_by_name(name)?;
                Ok(Self { uid: entry.uid, entry: Some(entry) })
            }
        }
    }

    fn home(self) -> Vec<u8> {
        match self.entry.map(|entry| entry.home) {
            None | Some([]) => vec![b'/'],
            Some(home) => home.to_vec(),
        }
    }
}

fn noted<T>(problems: &mut Vec<Problem>, result: Result<T, Problem>) -> Option<T> {
    result.map_err(|problem| problems.push(problem)).ok()
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};

    use super::*;

    const PASSWD: &[u8] = b"root:x:0:0:root:/root:/bin/sh\n\
        postgres:x:999:999::/var/lib/postgresql:/bin/bash\n\
        www-data:x:33:33::/var/www:/usr/sbin/nologin\n\
        homeless:x:44:44:::\n";
    const GROUP: &[u8] = b"root:x:0:\n\
        www-data:x:33:\n\
        ssl-cert:x:101:postgres,www-data\n\
        tape:x:26:postgres\n\
        tape2:x:26:postgres\n\
        postgres:x:999:postgres\n";
    const DATABASE: Database = Database { passwd: Some(PASSWD), group: Some(GROUP) };

    fn of(execution: &str, database: &Database, own: &Own) -> Result<Option<Identity>, Vec<String>> {
        let execution = crate::form::read(execution).unwrap();
        Identity::of(&execution, database, own).map_err(|all| all.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn names_become_numbers() {
        let root = Own { groups: vec![0, 1, 2], ..Own::root() };
        let user = Own::user(1000, 100, &[100, 7]);
        for (execution, own, uid, gid, groups, home) in [
            ("user = 'postgres'", &root, 999, 999, &[26, 101, 999][..], Some("/var/lib/postgresql")),
            ("user = 'postgres'", &user, 999, 999, &[26, 101, 999], Some("/var/lib/postgresql")),
            ("user = 999", &root, 999, 999, &[26, 101, 999], Some("/var/lib/postgresql")),
            ("user = 'root'", &root, 0, 0, &[0], Some("/root")),
            ("user = 'homeless'", &root, 44, 44, &[44], Some("/")),
            ("user = 1234", &root, 1234, 0, &[0], Some("/")),
            ("user = 1000", &user, 1000, 100, &[100], Some("/")),
            ("user = 'www-data:www-data'", &root, 33, 33, &[33], Some("/var/www")),
            ("user = 'www-data:0'", &root, 33, 0, &[0], Some("/var/www")),
            ("user = '33:1234'", &root, 33, 1234, &[1234], Some("/var/www")),
            ("user = '1234:tape'", &root, 1234, 26, &[26], Some("/")),
            ("user = 'www-data'\ngroup = 'tape'", &root, 33, 26, &[26], Some("/var/www")),
            ("group = 'tape'", &root, 0, 26, &[26], None),
            ("group = 26", &user, 1000, 26, &[26], None),
            ("supplementary-groups = ['tape', 5]", &user, 1000, 100, &[5, 26, 100], None),
            ("supplementary-groups = []", &user, 1000, 100, &[100], None),
            (
                "user = 'postgres'\nsupplementary-groups = ['www-data']",
                &root,
                999,
                999,
                &[33, 999],
                Some("/var/lib/postgresql"),
            ),
            ("user = 'postgres'\nsupplementary-groups = []", &root, 999, 999, &[999], Some("/var/lib/postgresql")),
            (
                "user = 'postgres:0'\nsupplementary-groups = [7, 7, 'tape']",
                &root,
                999,
                0,
                &[0, 7, 26],
                Some("/var/lib/postgresql"),
            ),
        ] {
            let expected = Identity {
                uid,
                gid,
                groups: groups.to_vec(),
                groups_are_named: execution.contains("supplementary"),
                home: home.map(|home| home.as_bytes().to_vec()),
            };
            assert_eq!(of(execution, &DATABASE, own), Ok(Some(expected)), "{execution}");
        }
    }

    #[test]
    fn nobody_is_asked_for_by_the_rest() {
        for execution in ["", "working-dir = '/'", "umask = '0'\nno-new-privs = true"] {
            assert_eq!(of(execution, &Database::default(), &Own::root()), Ok(None));
        }
    }

    #[test]
    fn numbers_need_no_files() {
        let identity = of("user = '5:6'\nsupplementary-groups = [7]", &Database::default(), &Own::root());
        let expected =
            Identity { uid: 5, gid: 6, groups: vec![6, 7], groups_are_named: true, home: Some(b"/".to_vec()) };
        assert_eq!(identity, Ok(Some(expected)));
    }

    #[test]
    fn a_user_needs_no_group_file() {
        let database = Database { group: None, ..DATABASE };
        assert_eq!(of("user = 'postgres'", &database, &Own::root()).unwrap().unwrap().groups, [999]);
    }

    #[test]
    fn every_name_without_a_number_is_named() {
        for (execution, database, expected) in [
            ("user = 'mysql'", DATABASE, &["there is no user `mysql` in /etc/passwd"][..]),
            (
                "user = 'postgres'",
                Database::default(),
                &["there is no /etc/passwd, so the user `postgres` has no number: write one"],
            ),
            ("group = 'mysql'", DATABASE, &["there is no group `mysql` in /etc/group"]),
            (
                "user = '5:g'",
                Database::default(),
                &["there is no /etc/group, so the group `g` has no number: write one"],
            ),
            (
                "user = 'a:b'\nsupplementary-groups = ['c', 'tape', \"d\\n\"]",
                DATABASE,
                &[
                    "there is no user `a` in /etc/passwd",
                    "there is no group `b` in /etc/group",
                    "there is no group `c` in /etc/group",
                    "there is no group `d\\n` in /etc/group",
                ],
            ),
        ] {
            assert_eq!(of(execution, &database, &Own::root()).unwrap_err(), expected);
        }
    }
}
