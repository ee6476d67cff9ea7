//! What a child does of itself between fork(2) and execve(2), decided before the fork.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use crate::{
    Signal, Umask,
    account::{self, Capability, Database, Identity, Own, Switch},
    config::Execution,
    environment::Rule,
    limit::{self, Limits, Resource},
};

/// What a child does of itself before it executes its program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preparation {
    /// One system call each, in this order, after its process group and the directory that is the default. Each must
    /// succeed, or the program must not be executed.
    pub steps: Vec<Step>,
    /// Whom it becomes, if anybody was asked for.
    pub identity: Option<Identity>,
}

/// One system call; shown as what it is for, to go on from "cannot ".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// prlimit(2).
    Limit(Resource, Limits),
    /// umask(2).
    Umask(Umask),
    /// setgroups(2).
    Groups(Vec<u32>),
    /// setresgid(2): real, effective and saved.
    Gid(u32),
    /// setresuid(2): real, effective and saved.
    Uid(u32),
    /// chdir(2).
    Directory(String),
    /// prctl(2), `PR_SET_PDEATHSIG`. An init that has ended before says nothing: afterwards, getppid(2) must still be
    /// the init.
    ParentDeathSignal(Signal),
    /// prctl(2), `PR_SET_NO_NEW_PRIVS`.
    NoNewPrivs,
}

impl Preparation {
    /// What the execution comes to. `limits` is asked for the limits that the init has (prlimit(2)).
    ///
    /// # Errors
    /// Everything that is missing or impossible, a sentence each.
    pub fn new(
        execution: &Execution,
        database: &Database,
        own: &Own,
        limits: impl Fn(Resource) -> Limits,
    ) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let identity = noted(&mut problems, Identity::of(execution, database, own)).flatten();
        let switch = identity.as_ref().map(|identity| Switch::new(own, identity));
        let switch = switch.and_then(|switch| noted(&mut problems, switch)).unwrap_or_default();
        let may_raise = own.has(Capability::SysResource);
        let limits = noted(&mut problems, limit::changes(&execution.limits, may_raise, limits)).unwrap_or_default();
        if problems.is_empty() {
            return Ok(Self { steps: steps(execution, switch, limits), identity });
        }
        Err(problems)
    }

    /// Sets `HOME`, as [`account::set_home`] does.
    pub fn set_home<T: AsRef<[u8]> + From<Vec<u8>>>(
        &self,
        own: &Own,
        rules: &BTreeMap<String, Rule>,
        environment: &mut Vec<T>,
    ) {
        if let Some(identity) = &self.identity {
            account::set_home(identity, own, rules, environment);
        }
    }
}

/// Limits come before the user changes, because raising them takes privileges; the directory after it, as for systemd,
/// because a user that may not be there shall hear of it, and a file system may know the user better than root; the
/// parent death signal after it, because the kernel forgets it when the user changes.
fn steps(execution: &Execution, switch: Switch, limits: Vec<(Resource, Limits)>) -> Vec<Step> {
    let limits = limits.into_iter().map(|(resource, limits)| Step::Limit(resource, limits));
    let mut steps: Vec<Step> = limits.collect();
    steps.extend(execution.umask.map(Step::Umask));
    steps.extend(switch.groups.map(Step::Groups));
    steps.extend(switch.gid.map(Step::Gid));
    steps.extend(switch.uid.map(Step::Uid));
    steps.extend(execution.working_dir.clone().map(Step::Directory));
    steps.extend(execution.parent_death_signal.map(Step::ParentDeathSignal));
    steps.extend(execution.no_new_privs.then_some(Step::NoNewPrivs));
    steps
}

fn noted<T, E: ToString>(problems: &mut Vec<String>, result: Result<T, Vec<E>>) -> Option<T> {
    result.map_err(|errors| problems.extend(errors.iter().map(ToString::to_string))).ok()
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limit(resource, Limits { soft, hard }) => {
                write!(f, "set `limits.{resource}` to {soft} (hard: {hard})")
            }
            Self::Umask(umask) => write!(f, "set the umask to {umask}"),
            Self::Groups(_) => f.write_str("change the supplementary groups"),
            Self::Gid(gid) => write!(f, "change to group {gid}"),
            Self::Uid(uid) => write!(f, "change to user {uid}"),
            Self::Directory(folder) => write!(f, "change to the directory `{}`", folder.escape_debug()),
            Self::ParentDeathSignal(signal) => write!(f, "ask for {signal} when the init ends"),
            Self::NoNewPrivs => f.write_str("give up new privileges"),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::limit::Amount;

    const DATABASE: Database = Database {
        passwd: Some(b"postgres:x:999:998::/var/lib/postgresql:/bin/bash\n"),
        group: Some(b"tls:x:101:postgres\n"),
    };

    const FULL: &str = "user = 'postgres'\nworking-dir = '/srv'\numask = '0027'\nno-new-privs = true\n\
        parent-death-signal = 'SIGTERM'\nlimits = { nofile = { soft = 1024 }, core = 0, stack = 8 }";

    fn prepared(execution: &str, own: &Own) -> Result<Preparation, Vec<String>> {
        let now = |resource: Resource| match resource.number() {
            3 => Limits { soft: Amount(8), hard: Amount(8) },
            _ => Limits { soft: Amount(64), hard: Amount(4096) },
        };
        Preparation::new(&crate::form::read(execution).unwrap(), &DATABASE, own, now)
    }

    #[test]
    fn steps_come_in_the_order_in_which_they_are_possible() {
        let shown: Vec<_> = prepared(FULL, &Own::root()).unwrap().steps.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "set `limits.core` to 0 (hard: 0)",
                "set `limits.nofile` to 1024 (hard: 4096)",
                "set the umask to 0027",
                "change the supplementary groups",
                "change to group 998",
                "change to user 999",
                "change to the directory `/srv`",
                "ask for SIGTERM when the init ends",
                "give up new privileges",
            ]
        );
    }

    #[test]
    fn what_is_as_it_should_be_is_no_step() {
        let own = Own::user(999, 998, &[998]);
        assert_eq!(prepared("", &own), Ok(Preparation::default()));
        let preparation = prepared("user = 'postgres'\nlimits = { stack = 8 }", &own).unwrap();
        assert_eq!(preparation.steps, []);
        let mut environment: Vec<Vec<u8>> = vec![];
        preparation.set_home(&own, &BTreeMap::new(), &mut environment);
        assert_eq!(environment, [b"HOME=/var/lib/postgresql"]);
        Preparation::default().set_home(&own, &BTreeMap::new(), &mut environment);
        assert_eq!(environment, [b"HOME=/var/lib/postgresql"]);
    }

    #[test]
    fn everything_impossible_is_said_at_once() {
        let text = "user = 'postgres'\nlimits = { nofile = 8192 }";
        assert_eq!(
            prepared(text, &Own::user(999, 1, &[])).unwrap_err(),
            [
                "cannot change from group 1 to group 998 without CAP_SETGID: \
                start the container with group 998, or as root with that capability",
                "cannot raise the hard limit `limits.nofile` from 4096 to 8192 without CAP_SYS_RESOURCE: \
                let the platform set it",
            ]
        );
        assert_eq!(
            prepared("user = 'mysql'\ngroup = 'mysql'", &Own::root()).unwrap_err(),
            ["there is no user `mysql` in /etc/passwd", "there is no group `mysql` in /etc/group"]
        );
    }
}
