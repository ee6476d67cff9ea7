//! How a user and a group are written.

use alloc::string::{String, ToString};
use core::{fmt, marker::PhantomData, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Unexpected},
};

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

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Name(name) => serializer.serialize_str(name),
            Self::Number(number) => serializer.collect_str(number),
        }
    }
}

impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let part = |account: &Account| match account {
            Account::Name(name) => name.clone(),
            Account::Number(number) => number.to_string(),
        };
        let user = part(&self.account);
        match &self.group {
            None => serializer.serialize_str(&user),
            Some(group) => serializer.collect_str(&format_args!("{user}:{}", part(group))),
        }
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrNumber(PhantomData))
    }
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrNumber(PhantomData))
    }
}

struct TextOrNumber<T>(PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> de::Visitor<'_> for TextOrNumber<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name or a number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Config {
        user: User,
        group: Account,
    }

    #[test]
    fn numbers_may_be_written_as_numbers() {
        let read = |text: &str| toml::from_str::<Config>(text);
        let config = read("user = 999\ngroup = 0").unwrap();
        assert_eq!(config, read("user = \"999\"\ngroup = \"0\"").unwrap());
        assert_eq!(toml::to_string(&config).unwrap(), "user = \"999\"\ngroup = \"0\"\n");
        let text = "user = \"a'b:7\"\ngroup = \"g\"\n";
        assert_eq!(toml::to_string(&read(text).unwrap()).unwrap(), text);
        for (text, error) in [
            ("user = -1\ngroup = 0", "invalid value: integer `-1`, expected a name or a number"),
            ("user = true\ngroup = 0", "invalid type: boolean `true`, expected a name or a number"),
            ("user = 0\ngroup = 4294967295", "`4294967295` is not the name or number of a group or user"),
        ] {
            assert!(read(text).unwrap_err().to_string().contains(error), "{text}");
        }
    }
}
