//! As whom and where a process runs: the execution environment of systemd.exec(5).

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use crate::{
    Signal, Umask,
    account::{Account, User},
    form::{self, Fields, Record},
    limit::{Limit, Resource},
};

/// As whom and where a process runs; what is not said is as the init itself. What it comes to is in
/// [`Preparation`](crate::Preparation).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Execution {
    /// The user, and maybe its group: `USER` or `USER:GROUP`.
    pub user: Option<User>,
    /// The group. Default: the user's.
    pub group: Option<Account>,
    /// All groups besides it. Default: those that name the user in `/etc/group`, but none when a group is given; see
    /// [`Identity::of`](crate::account::Identity::of).
    pub supplementary_groups: Option<Vec<Account>>,
    /// Its working directory.
    pub working_dir: Option<String>,
    /// Which permissions the files that it makes do not get.
    pub umask: Option<Umask>,
    /// Whether no program that it executes can have more privileges than it has (prctl(2), `PR_SET_NO_NEW_PRIVS`).
    pub no_new_privs: bool,
    /// What it gets when the init ends (prctl(2), `PR_SET_PDEATHSIG`). When the init is PID 1, the kernel ends all anyway.
    pub parent_death_signal: Option<Signal>,
    /// Whether it has a process group of its own, a session of its own, or those of the init.
    pub session: Session,
    /// Its resource limits.
    pub limits: BTreeMap<Resource, Limit>,
}

impl Record for Execution {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.optional("user", &mut self.user);
        fields.optional("group", &mut self.group);
        fields.optional("supplementary-groups", &mut self.supplementary_groups);
        fields.optional("working-dir", &mut self.working_dir);
        fields.optional("umask", &mut self.umask);
        fields.optional("no-new-privs", &mut self.no_new_privs);
        fields.optional("parent-death-signal", &mut self.parent_death_signal);
        fields.optional("session", &mut self.session);
        fields.optional("limits", &mut self.limits);
    }
}

impl Execution {
    /// Whether nothing is said.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a user or a group is asked for, so that `/etc/passwd` and `/etc/group` are needed.
    pub fn has_accounts(&self) -> bool {
        self.user.is_some() || self.group.is_some() || self.supplementary_groups.is_some()
    }

    /// The group that is given, in either place.
    pub fn group(&self) -> Option<&Account> {
        self.user.as_ref().and_then(|user| user.group.as_ref()).or(self.group.as_ref())
    }

    /// Every text that is passed to the kernel.
    pub(super) fn strings(&self) -> impl Iterator<Item = &String> {
        self.working_dir.iter()
    }

    /// Everything that is wrong with it, wherever it runs.
    pub(super) fn problems(&self) -> impl Iterator<Item = String> {
        let twice = (self.user.as_ref().and_then(|user| user.group.as_ref()))
            .zip(self.group.as_ref())
            .map(|(first, second)| format!("the group is given twice: `{first}` in `user`, `{second}` in `group`"));
        let relative = self
            .working_dir
            .as_ref()
            .filter(|folder| !folder.starts_with('/'))
            .map(|folder| format!("`working-dir`: `{}` does not start with `/`", folder.escape_debug()));
        let limits = self.limits.iter().filter_map(|(resource, limit)| limit.problem(*resource));
        twice.into_iter().chain(relative).chain(limits)
    }
}

/// What a process shares with the init.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Session {
    /// The session: it has a process group of its own (setpgid(2)), in the terminal's foreground.
    #[default]
    Group,
    /// Nothing: it has a session of its own (setsid(2)), and the terminal with it.
    Session,
    /// Session and process group.
    Inherit,
}

form::words!(Session { Group = "group", Session = "session", Inherit = "inherit" });
