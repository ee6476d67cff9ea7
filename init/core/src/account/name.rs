//! How a user and a group are written.

use alloc::string::{String, ToString};
use core::{fmt, str::FromStr};

use crate::form::{self, Form, Kind, Problems, Value};

/// A user or a group. What consists of digits is a number, never a name, as for Docker and gosu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// As it stands in `/etc/passwd` or `/etc/group`.
    Name(String),
    /// Below 4294967295, which means "as it is" to setresuid(2).
    Number(u32),
}

/// A user, and maybe the group that it has instead of its own: `USER` or `USER:GROUP`, as for Docker and gosu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The user.
    pub account: Account,
    /// The group.
    pub group: Option<Account>,
}

/// The text is no name or number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseAccountError(String);

/// The text is no user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseUserError(String);

impl FromStr for Account {
    type Err = ParseAccountError;

    fn from_str(text: &str) -> Result<Self, ParseAccountError> {
        let error = || ParseAccountError(text.into());
        if text.is_empty() || text.contains(':') {
            return Err(error());
        }
        if is_digits(text.as_bytes()) {
            return number(text.as_bytes()).map(Self::Number).ok_or_else(error);
        }
        Ok(Self::Name(text.into()))
    }
}

impl FromStr for User {
    type Err = ParseUserError;

    fn from_str(text: &str) -> Result<Self, ParseUserError> {
        let account = |part: &str| part.parse().map_err(|_| ParseUserError(text.into()));
        match text.split_once(':') {
            None => Ok(Self { account: account(text)?, group: None }),
            Some((user, group)) => Ok(Self { account: account(user)?, group: Some(account(group)?) }),
        }
    }
}

fn is_digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// The number of a user or a group.
pub(super) fn number(text: &[u8]) -> Option<u32> {
    let digits = str::from_utf8(text).ok().filter(|text| is_digits(text.as_bytes()))?;
    digits.parse().ok().filter(|number| *number != u32::MAX)
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.escape_debug().fmt(f),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl fmt::Display for ParseAccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not the name or number of a group or user", self.0.escape_debug())
    }
}

impl fmt::Display for ParseUserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not `USER` or `USER:GROUP`, each by name or number", self.0.escape_debug())
    }
}

impl core::error::Error for ParseAccountError {}
impl core::error::Error for ParseUserError {}

impl Account {
    /// As it is written, not as it is shown.
    pub fn text(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

impl Form for Account {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        text_or_number(value, problems)
    }

    fn write(&self) -> Option<Value> {
        Some(Value::text(&self.text()))
    }
}

impl Form for User {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        text_or_number(value, problems)
    }

    fn write(&self) -> Option<Value> {
        let account = self.account.text();
        Some(match &self.group {
            None => Value::text(&account),
            Some(group) => Value::text(&format_args!("{account}:{}", group.text())),
        })
    }
}

fn text_or_number<T: FromStr<Err: fmt::Display>>(value: &Value, problems: &mut Problems) -> Option<T> {
    let text = match value.kind {
        Kind::Number(number) => &Value { at: value.at, kind: Kind::Text(number.to_string()) },
        Kind::Text(_) | Kind::Flag(_) | Kind::List(_) | Kind::Table(_) => value,
    };
    form::values::parse(text, problems, "a name or a number")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Execution;

    fn name(text: &str) -> Account {
        Account::Name(text.into())
    }

    #[test]
    fn digits_are_a_number() {
        for (text, account) in [
            ("postgres", name("postgres")),
            ("0", Account::Number(0)),
            ("0999", Account::Number(999)),
            ("4294967294", Account::Number(4_294_967_294)),
            ("1000a", name("1000a")),
            ("-1", name("-1")),
            ("+1", name("+1")),
            ("0x1", name("0x1")),
            ("ü", name("ü")),
        ] {
            assert_eq!(text.parse(), Ok(account), "{text}");
        }
        for text in ["", "a:b", "4294967295", "4294967296", "99999999999999999999"] {
            assert_eq!(text.parse::<Account>(), Err(ParseAccountError(text.into())));
        }
    }

    #[test]
    fn a_user_may_have_a_group() {
        for (text, account, group) in [
            ("www-data", name("www-data"), None),
            ("www-data:www-data", name("www-data"), Some(name("www-data"))),
            ("999:tls", Account::Number(999), Some(name("tls"))),
            ("999:0", Account::Number(999), Some(Account::Number(0))),
        ] {
            assert_eq!(text.parse(), Ok(User { account, group }), "{text}");
        }
        for text in ["", ":", "a:", ":b", "a:b:c", "4294967295", "a:4294967295"] {
            assert_eq!(text.parse::<User>(), Err(ParseUserError(text.into())));
        }
    }

    #[test]
    fn errors_name_the_text() {
        let error = "4294967295".parse::<Account>().unwrap_err();
        assert_eq!(error.to_string(), "`4294967295` is not the name or number of a group or user");
        let error = "a:\n:".parse::<User>().unwrap_err();
        assert_eq!(error.to_string(), "`a:\\n:` is not `USER` or `USER:GROUP`, each by name or number");
    }

    #[test]
    fn numbers_may_be_written_as_numbers() {
        let read = |text: &str| form::read::<Execution>(text);
        let execution = read("user = 999\ngroup = 0").unwrap();
        assert_eq!(execution, read("user = \"999\"\ngroup = \"0\"").unwrap());
        assert_eq!(form::write(&execution), "user = \"999\"\ngroup = \"0\"\n");
        let text = "user = \"a'b:7\"\ngroup = \"g\"\n";
        assert_eq!(form::write(&read(text).unwrap()), text);
        for (text, error) in [
            ("user = -1", ":1:8: `-1` is below 0"),
            ("user = true", ":1:8: expected a name or a number, found `true` or `false`"),
            ("group = 4294967295", ":1:9: `4294967295` is not the name or number of a group or user"),
        ] {
            let problems = read(text).unwrap_err();
            assert!(problems[0].to_string().starts_with(error), "{}", problems[0]);
        }
    }
}
