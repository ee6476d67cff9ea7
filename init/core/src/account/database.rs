//! Users and groups, as passwd(5) and group(5) write them.

use super::{Account, Problem, name::number};

/// The contents of the two files; `None` is a file that is not there.
///
/// They are read as glibc's `files` backend does: blanks before an entry, comments and entries of NIS (`+`, `-`) are
/// skipped, the first entry that fits counts, and what comes after the numbers may be missing. A line without a number
/// where one belongs is no entry; Docker's parser takes it for user 0, which is root. Names are bytes. As for Docker, a
/// carriage return at the end of a line does not count.
#[derive(Clone, Copy, Debug, Default)]
pub struct Database<'a> {
    /// `/etc/passwd`.
    pub passwd: Option<&'a [u8]>,
    /// `/etc/group`.
    pub group: Option<&'a [u8]>,
}

/// An entry of passwd(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UserEntry<'a> {
    pub name: &'a [u8],
    pub uid: u32,
    pub gid: u32,
    pub home: &'a [u8],
}

/// An entry of group(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct GroupEntry<'a> {
    name: &'a [u8],
    gid: u32,
    members: &'a [u8],
}

impl<'a> Database<'a> {
    /// The entry of the user with this number.
    pub(super) fn user_by_number(&self, uid: u32) -> Option<UserEntry<'a>> {
        self.users().find(|user| user.uid == uid)
    }

    /// The entry of the user with this name.
    pub(super) fn user_by_name(&self, name: &str) -> Result<UserEntry<'a>, Problem> {
        self.users().find(|user| user.name == name.as_bytes()).ok_or_else(|| match self.passwd {
            None => Problem::NoPasswd(name.into()),
            Some(_) => Problem::NoUser(name.into()),
        })
    }

    /// The group's number.
    pub(super) fn gid(&self, account: &Account) -> Result<u32, Problem> {
        match account {
            Account::Number(gid) => Ok(*gid),
            Account::Name(name) => self.gid_by_name(name),
        }
    }

    fn gid_by_name(&self, name: &str) -> Result<u32, Problem> {
        let group = self.groups().find(|group| group.name == name.as_bytes());
        group.map(|group| group.gid).ok_or_else(|| match self.group {
            None => Problem::NoGroupFile(name.into()),
            Some(_) => Problem::NoGroup(name.into()),
        })
    }

    /// The groups that name the user as a member.
    pub(super) fn groups_of(&self, user: &[u8]) -> impl Iterator<Item = u32> {
        self.groups()
            .filter(move |group| group.members.split(|byte| *byte == b',').any(|member| member.trim_ascii() == user))
            .map(|group| group.gid)
    }

    fn users(&self) -> impl Iterator<Item = UserEntry<'a>> {
        entries(self.passwd).filter_map(|line| {
            let mut fields = line.split(|byte| *byte == b':');
            let (name, _password) = (fields.next()?, fields.next()?);
            let (uid, gid) = (number(fields.next()?)?, number(fields.next()?)?);
            let (_comment, home) = (fields.next(), fields.next().unwrap_or_default());
            Some(UserEntry { name, uid, gid, home })
        })
    }

    fn groups(&self) -> impl Iterator<Item = GroupEntry<'a>> {
        entries(self.group).filter_map(|line| {
            let mut fields = line.split(|byte| *byte == b':');
            let (name, _password) = (fields.next()?, fields.next()?);
            let (gid, members) = (number(fields.next()?)?, fields.next().unwrap_or_default());
            Some(GroupEntry { name, gid, members })
        })
    }
}

/// The lines that may be entries. One with a NUL byte is none: no environment variable could hold its fields.
fn entries(file: Option<&[u8]>) -> impl Iterator<Item = &[u8]> {
    file.unwrap_or_default().split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| {
        let is_entry = line.first().is_some_and(|first| !matches!(first, b'#' | b'+' | b'-' | b':'));
        is_entry && !line.contains(&0)
    })
}

#[cfg(test)]
mod tests {
    use alloc::{string::ToString, vec::Vec};

    use super::*;

    fn passwd(file: &[u8]) -> Database<'_> {
        Database { passwd: Some(file), group: None }
    }

    fn group(file: &[u8]) -> Database<'_> {
        Database { passwd: None, group: Some(file) }
    }

    fn name(text: &str) -> Account {
        Account::Name(text.into())
    }

    #[test]
    fn entries_are_those_of_glibc() {
        let entry = |uid, gid, home| Some(UserEntry { name: b"a", uid, gid, home });
        for (file, expected) in [
            (&b"a:x:1:2:A:/home/a:/bin/sh"[..], entry(1, 2, &b"/home/a"[..])),
            (b"b:x:7:7::/:\n\na:x:1:2:A:/home/a:/bin/sh\n", entry(1, 2, b"/home/a")),
            (b"a:x:1:2:A:/home/a:/bin/sh\r\n", entry(1, 2, b"/home/a")),
            (b"a:x:1:2:A:/home/a\r\n", entry(1, 2, b"/home/a")),
            (b" \ta:x:1:2::/a:/bin/sh", entry(1, 2, b"/a")),
            (b"a:x:1:2", entry(1, 2, b"")),
            (b"a::0:0:::", entry(0, 0, b"")),
            (b"a:x:1:2:A:/h:/bin/sh:more:and more", entry(1, 2, b"/h")),
            (b"a:x:01:4294967294::/\xff:", entry(1, 4_294_967_294, b"/\xff")),
            (b"a:x:1:2::/first:\na:x:3:4::/second:", entry(1, 2, b"/first")),
            // No entries, before one that is.
            (b"a\na:x:5:6::/h:", entry(5, 6, b"/h")),
            (b"a:x:\na:x:5:6::/h:", entry(5, 6, b"/h")),
            (b"a:x:1\na:x:5:6::/h:", entry(5, 6, b"/h")),
            (b"a:x::0::/:\na:x:5:6::/h:", entry(5, 6, b"/h")),
            (b"a:x:one:0::/:\na:x:5:6::/h:", entry(5, 6, b"/h")),
            (b"a:x:0:-1::/:\na:x:5:6::/h:", entry(5, 6, b"/h")),
            (b"a:x:+0:0::/:\na:x:5:6::/h:", entry(5, 6, b"/h")),
            (b"a:x:0 :0::/:\na:x:5:6::/h:", entry(5, 6, b"/h")),
            (b"a:x:4294967295:0::/:\na:x:5:6::/h:", entry(5, 6, b"/h")),
            (b"a:x:4294967296:0::/:\na:x:5:6::/h:", entry(5, 6, b"/h")),
            (b"a:x:0:0::/\0:\na:x:5:6::/h:", entry(5, 6, b"/h")),
            (b"#a:x:1:2::/:", None),
            (b"A:x:1:2::/:", None),
            (b"a :x:1:2::/:", None),
            (b"aa:x:1:2::/:", None),
            (b"", None),
            (b"\n\n:\n::::::\n\xff\xfe", None),
        ] {
            let found = passwd(file).user_by_name("a");
            let shown = file.escape_ascii();
            assert_eq!(found, expected.ok_or_else(|| Problem::NoUser("a".into())), "{shown}");
        }
    }

    #[test]
    fn nobody_has_the_name_of_an_entry_that_is_skipped() {
        let file = b"+::0:0:::\n-nobody:x:1:1::/:\n+@all:x:2:2::/:\n#root:x:0:0::/:\n:x:3:3::/:";
        for text in ["+", "-nobody", "+@all", "#root"] {
            assert_eq!(passwd(file).user_by_name(text), Err(Problem::NoUser(text.into())));
        }
        assert_eq!((0..4).filter_map(|uid| passwd(file).user_by_number(uid)).count(), 0);
    }

    #[test]
    fn a_number_is_no_name() {
        let file = b"1000:x:1:2::/one:\nroot:x:1000:3::/thousand:\nagain:x:1000:4::/:";
        let found = passwd(file).user_by_number(1000).unwrap();
        assert_eq!((found.name, found.home), (&b"root"[..], &b"/thousand"[..]));
        assert_eq!(passwd(file).user_by_number(7), None);
        assert_eq!(Database::default().user_by_number(7), None);
    }

    #[test]
    fn a_name_without_an_entry_is_missed() {
        assert_eq!(Database::default().user_by_name("a"), Err(Problem::NoPasswd("a".into())));
        assert_eq!(Database::default().gid(&name("a")), Err(Problem::NoGroupFile("a".into())));
        assert_eq!(group(b"").gid(&name("a")), Err(Problem::NoGroup("a".into())));
        assert_eq!(Database::default().gid(&Account::Number(7)), Ok(7));
    }

    #[test]
    fn groups_have_names_and_members() {
        let file =
            b"# comment\r\n  root:x:0:root\r\na:x:10\nb:x:11:u,v\r\nc:x:12:v, u ,w\nd:x:x:u\ne::13:uu,xu,\nu:x:14:\n\
            +:x:15:u\nb:x:16:u\nf:x:4294967295:u\ng:x:17:\xff,u:u\n";
        let file = group(file);
        let of = |user: &[u8]| file.groups_of(user).collect::<Vec<_>>();
        assert_eq!(of(b"u"), [11, 12, 16, 17]);
        assert_eq!(of(b"v"), [11, 12]);
        assert_eq!(of(b"root"), [0]);
        assert_eq!(of(b"\xff"), [17]);
        assert_eq!(of(b"nobody"), [0; 0]);
        for (text, gid) in [("root", Some(0)), ("a", Some(10)), ("b", Some(11)), ("d", None), ("f", None)] {
            assert_eq!(file.gid(&name(text)).ok(), gid, "{text}");
        }
        assert_eq!(Database::default().groups_of(b"u").count(), 0);
    }

    #[test]
    fn a_file_may_be_long() {
        let lines = "u:x:1:1::/:\n".repeat(100_000) + "last:x:7:7::/:";
        assert_eq!(passwd(lines.as_bytes()).user_by_name("last").unwrap().uid, 7);
        let line = "g:x:5:".to_string() + &"u,".repeat(100_000) + "last";
        assert_eq!(group(line.as_bytes()).groups_of(b"last").next(), Some(5));
    }
}
