//! As whom and where a process runs, as it is written.

use std::borrow::Cow;

use toml::de::DeValue;
use wigwag_core::{
    Signal, Umask,
    account::{Account, User},
    config::Session,
};

use super::{
    List, foreign,
    limits::Bounds,
    shape::Shape,
    table::{Key, table},
    value::{self, Field, Named, Problems, Raw, Value, integer, mismatch},
};
use crate::{diagnostic::Diagnostic, suggest::quoted};

table! {
    /// As whom and where a process runs.
    pub struct Execution {
        /// The user, and maybe its group: `"USER"` or `"USER:GROUP"`, by name or number. Default: the container's.
        "user" => user: User,
        /// The group. Default: the user's.
        "group" => group: Account,
        /// All groups besides it. Default: those that name the user in `/etc/group`, but none when a group is given.
        "supplementary-groups" => supplementary_groups: List<Account>,
        /// The directory in which it runs. Default: the container's.
        "working-dir" => working_dir: String,
        /// Which permissions the files that it makes do not get, in octal digits: `"0027"`.
        "umask" => umask: Umask,
        /// Its resource limits, by the names of getrlimit(2): a number, `"unlimited"`, or a table with `soft` and `hard`.
        "limits" => limits: Named<Bounds>,
        /// Whether no program that it executes can have more privileges than it has. Default: `false`.
        "no-new-privs" => no_new_privs: bool,
        /// What it gets when the init ends, where that is not PID 1.
        "parent-death-signal" => parent_death_signal: Signal,
        /// What is its own: `"group"` (default), a process group in the session; `"session"`, a session, and the terminal
        /// with it; `"inherit"`, nothing.
        "session" => session: Session,
    }
}

/// A name, or a number with or without quotes.
fn name_or_number<'a, T: Value>(raw: &'a Raw, problems: &mut Problems) -> Option<Cow<'a, str>> {
    match raw.get_ref() {
        DeValue::String(_) => String::read(raw, problems).map(Cow::Owned),
        DeValue::Integer(number) => {
            Some(integer(number).map_or_else(|| number.to_string(), |number| number.to_string()).into())
        }
        DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
            mismatch::<T, _>(raw, problems)
        }
    }
}

impl Value for User {
    fn expected() -> Cow<'static, str> {
        "a user such as \"www-data\"".into()
    }

    fn shape() -> Shape {
        Shape::Any(vec![Shape::pattern("[^:]+(:[^:]+)?"), Shape::Integer(0..=u32::MAX.into())])
    }

    fn hint(_raw: &Raw) -> Option<String> {
        Some("by name or number, and maybe with its group: `\"www-data\"`, `\"www-data:www-data\"`, `1000`".into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let text = name_or_number::<Self>(raw, problems)?;
        let user = text.parse().ok();
        if user.is_none() {
            let mut problem = Diagnostic::new(raw.span(), format!("{} is not a user", quoted(&text)));
            problem.help = Self::hint(raw);
            problems.push(problem);
        }
        user
    }
}

impl Value for Account {
    fn expected() -> Cow<'static, str> {
        "a group such as \"www-data\"".into()
    }

    fn shape() -> Shape {
        Shape::Any(vec![Shape::pattern("[^:]+"), Shape::Integer(0..=u32::MAX.into())])
    }

    fn hint(_raw: &Raw) -> Option<String> {
        Some("by name or number: `\"www-data\"`, `1000`".into())
    }

    fn hint_of_many(_raw: &Raw) -> Option<String> {
        Some("names or numbers in brackets: `[\"tty\", \"video\"]`".into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let text = name_or_number::<Self>(raw, problems)?;
        let account = text.parse().ok();
        if account.is_none() {
            let mut problem = Diagnostic::new(raw.span(), format!("{} is not a group", quoted(&text)));
            problem.help = Self::hint(raw);
            problems.push(problem);
        }
        account
    }
}

impl Value for Umask {
    fn expected() -> Cow<'static, str> {
        "a mask such as \"0027\"".into()
    }

    fn shape() -> Shape {
        Shape::pattern("0?[0-7]{1,3}")
    }

    fn hint(raw: &Raw) -> Option<String> {
        let plain = value::plain(raw).map(|digits| digits.trim_start_matches("0o").to_string());
        let digits = plain.filter(|digits| digits.parse::<Self>().is_ok());
        Some(digits.map_or_else(
            || "octal digits, from `\"0000\"` to `\"0777\"`".into(),
            |digits| format!("in quotes, because the digits are octal: `\"{digits:0>4}\"`"),
        ))
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::String(text) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        let umask = text.parse().ok();
        if umask.is_none() {
            let problem = Diagnostic::new(raw.span(), format!("{} is not a umask", quoted(text)));
            problems.push(problem.help("octal digits, from `\"0000\"` to `\"0777\"`"));
        }
        umask
    }
}
