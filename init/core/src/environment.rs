//! The environment of the service: what the spec declares for a variable, applied to what the platform gave.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::fmt;

use crate::form::{Fields, Form, Kind, Problems, Record, Value};

/// Where programs are looked for when `PATH` is not set: what Docker sets.
pub const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What is declared for one variable. An empty value is a value: only a variable that is not there is "not set".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The value when it is not set.
    Default(String),
    /// When it is not set, the content of this file, without one newline at its end.
    File(String),
    /// It must be set, and not empty.
    Required,
    /// It is taken away.
    Unset,
}

/// Where the value comes from; one of them is given.
#[derive(Clone, Default)]
struct Origin {
    default: Option<String>,
    file: Option<String>,
}

impl Record for Origin {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.optional("default", &mut self.default);
        fields.optional("file", &mut self.file);
    }
}

impl Form for Rule {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        let expected = "\"required\", \"unset\", or a table with `default` or `file`";
        match &value.kind {
            Kind::Text(word) if word == "required" => return Some(Self::Required),
            Kind::Text(word) if word == "unset" => return Some(Self::Unset),
            Kind::Table(_) => match Form::read(value, problems)? {
                Origin { default: Some(default), file: None } => return Some(Self::Default(default)),
                Origin { default: None, file: Some(file) } => return Some(Self::File(file)),
                Origin { default: Some(_), file: Some(_) } | Origin { default: None, file: None } => {}
            },
            Kind::Text(_) | Kind::Number(_) | Kind::Flag(_) | Kind::List(_) => {}
        }
        problems.mismatch(value, expected);
        None
    }

    fn write(&self) -> Option<Value> {
        match self {
            Self::Default(default) => Origin { default: Some(default.clone()), file: None }.write(),
            Self::File(file) => Origin { default: None, file: Some(file.clone()) }.write(),
            Self::Required => Some(Value::text(&"required")),
            Self::Unset => Some(Value::text(&"unset")),
        }
    }
}

/// A variable that cannot be had as declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem<E> {
    /// [`Rule::Required`], and it is not set or empty.
    Missing {
        /// The variable.
        name: String,
    },
    /// [`Rule::File`], and the file cannot be read.
    Unreadable {
        /// The variable.
        name: String,
        /// The file.
        path: String,
        /// What the reader said.
        error: E,
    },
    /// [`Rule::File`], and the file has a NUL byte, which no environment variable can hold.
    Nul {
        /// The variable.
        name: String,
        /// The file.
        path: String,
    },
}

impl<E> fmt::Display for Problem<E> {
    /// Without what the reader said: a script's `cat` says that itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { name } => {
                write!(f, "the environment variable `{name}` is required, and is not set or empty")
            }
            Self::Unreadable { name, path, .. } => {
                write!(f, "cannot read `{path}` for the environment variable `{name}`")
            }
            Self::Nul { name, path } => {
                write!(f, "`{path}` has a NUL byte, which the environment variable `{name}` cannot hold")
            }
        }
    }
}

/// Applies the rules to `environment` (entries `NAME=value`, as in environ(7)), every other entry byte for byte as it
/// was. Reports every problem, not just the first.
pub fn apply<E, T: AsRef<[u8]> + From<Vec<u8>>>(
    rules: &BTreeMap<String, Rule>,
    environment: &mut Vec<T>,
    mut read: impl FnMut(&str) -> Result<Vec<u8>, E>,
) -> Vec<Problem<E>> {
    let mut problems = Vec::new();
    for (name, rule) in rules {
        let value = get(environment, name);
        match rule {
            Rule::Default(default) => {
                if value.is_none() {
                    environment.push(entry(name, default.as_bytes()).into());
                }
            }
            Rule::File(path) => {
                if value.is_some() {
                    continue;
                }
                match read(path) {
                    Ok(content) if content.contains(&0) => {
                        problems.push(Problem::Nul { name: name.clone(), path: path.clone() });
                    }
                    Ok(content) => {
                        environment.push(entry(name, content.strip_suffix(b"\n").unwrap_or(&content)).into());
                    }
                    Err(error) => {
                        problems.push(Problem::Unreadable { name: name.clone(), path: path.clone(), error });
                    }
                }
            }
            Rule::Required => {
                if value.is_none_or(<[u8]>::is_empty) {
                    problems.push(Problem::Missing { name: name.clone() });
                }
            }
            Rule::Unset => environment.retain(|entry| value_of(entry.as_ref(), name).is_none()),
        }
    }
    problems
}

/// The value of a variable.
pub fn get<'a>(environment: &'a [impl AsRef<[u8]>], name: &str) -> Option<&'a [u8]> {
    environment.iter().find_map(|entry| value_of(entry.as_ref(), name))
}

fn value_of<'a>(entry: &'a [u8], name: &str) -> Option<&'a [u8]> {
    entry.strip_prefix(name.as_bytes())?.strip_prefix(b"=")
}

/// Gives a variable this value and no other.
pub fn set<T: AsRef<[u8]> + From<Vec<u8>>>(environment: &mut Vec<T>, name: &str, value: &[u8]) {
    environment.retain(|entry| value_of(entry.as_ref(), name).is_none());
    environment.push(entry(name, value).into());
}

/// `NAME=value`, as in environ(7).
pub fn entry(name: &str, value: &[u8]) -> Vec<u8> {
    [name.as_bytes(), b"=", value].concat()
}

/// Whether every shell and every C library takes it as a variable's name: letters, digits and `_`, no digit first.
pub fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn applied(
        rule: Rule,
        environment: &[&[u8]],
        file: Result<&[u8], &'static str>,
    ) -> (Vec<Vec<u8>>, Vec<Problem<&'static str>>) {
        let mut environment: Vec<Vec<u8>> = environment.iter().map(|entry| entry.to_vec()).collect();
        let rules = BTreeMap::from([("X".to_string(), rule)]);
        let problems = apply(&rules, &mut environment, |path| {
            assert_eq!(path, "/secret");
            file.map(<[u8]>::to_vec)
        });
        (environment, problems)
    }

    #[test]
    fn a_default_is_for_what_is_not_set() {
        let rule = || Rule::Default("d e\n".into());
        assert_eq!(applied(rule(), &[b"XX=1"], Err("")).0, [b"XX=1".to_vec(), b"X=d e\n".to_vec()]);
        assert_eq!(applied(rule(), &[b"X="], Err("")).0, [b"X=".to_vec()]);
        assert_eq!(applied(rule(), &[b"X=\xff"], Err("")).0, [b"X=\xff".to_vec()]);
    }

    #[test]
    fn a_file_loses_one_newline_and_nothing_else() {
        let rule = || Rule::File("/secret".into());
        assert_eq!(applied(rule(), &[], Ok(b"p\xffw\n")).0, [b"X=p\xffw".to_vec()]);
        assert_eq!(applied(rule(), &[], Ok(b"pw\n\n")).0, [b"X=pw\n".to_vec()]);
        assert_eq!(applied(rule(), &[], Ok(b"")).0, [b"X=".to_vec()]);
        assert_eq!(applied(rule(), &[b"X=set"], Err("not read")), ([b"X=set".to_vec()].to_vec(), Vec::new()));
        let (_, problems) = applied(rule(), &[], Ok(b"a\0b"));
        assert_eq!(problems, [Problem::Nul { name: "X".into(), path: "/secret".into() }]);
        let (_, problems) = applied(rule(), &[], Err("gone"));
        assert_eq!(problems, [Problem::Unreadable { name: "X".into(), path: "/secret".into(), error: "gone" }]);
    }

    #[test]
    fn required_means_set_and_not_empty() {
        assert!(applied(Rule::Required, &[b"X=1"], Err("")).1.is_empty());
        for environment in [[b"X=".as_slice()].as_slice(), &[], &[b"XY=1"]] {
            assert_eq!(applied(Rule::Required, environment, Err("")).1, [Problem::Missing { name: "X".into() }]);
        }
    }

    #[test]
    fn a_problem_says_what_is_wrong() {
        let (name, path) = (|| "X".to_string(), || "/secret".to_string());
        let problem: Problem<()> = Problem::Missing { name: name() };
        assert_eq!(problem.to_string(), "the environment variable `X` is required, and is not set or empty");
        let problem = Problem::Unreadable { name: name(), path: path(), error: () };
        assert_eq!(problem.to_string(), "cannot read `/secret` for the environment variable `X`");
        let problem: Problem<()> = Problem::Nul { name: name(), path: path() };
        assert_eq!(problem.to_string(), "`/secret` has a NUL byte, which the environment variable `X` cannot hold");
    }

    #[test]
    fn unset_takes_every_entry_of_that_name() {
        assert_eq!(
            applied(Rule::Unset, &[b"X=1", b"Y=2", b"X=3", b"XY=4"], Err("")).0,
            [b"Y=2".to_vec(), b"XY=4".to_vec()]
        );
    }

    #[test]
    fn names_are_those_of_every_shell() {
        for name in ["X", "_", "PATH", "a1", "A_B"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "1X", "A-B", "A B", "A=B", "é", "A\n"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
