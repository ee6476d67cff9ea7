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
    /// It must be set, and not empty; what to tell whoever did not set it, if anything.
    Required(String),
    /// The value is given in the variable, or in the file that `NAME_FILE` names: the convention of the official images.
    ///
    /// - What is empty is not given, as there: neither a value nor a file.
    /// - Both are an error: one of them would be ignored.
    /// - The file's content counts without one newline at its end, as for [`Rule::File`].
    /// - `NAME_FILE` is taken away in any case.
    FileEnv(Otherwise),
    /// It is taken away.
    Unset,
}

/// What holds for a [`Rule::FileEnv`] that is not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// It is as it was: empty, or not set.
    AsItIs,
    /// The value.
    Default(String),
    /// It must be given, and the file must not be empty; what to tell whoever did not, if anything.
    Required(String),
}

/// The variable that names the file of a [`Rule::FileEnv`].
pub fn file_variable(name: &str) -> String {
    [name, "_FILE"].concat()
}

/// Where the value comes from.
#[derive(Clone, Default)]
struct Origin {
    default: Option<String>,
    file: Option<String>,
    required: Option<String>,
    file_env: bool,
}

impl Record for Origin {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.optional("default", &mut self.default);
        fields.optional("file", &mut self.file);
        fields.optional("required", &mut self.required);
        fields.optional("file-env", &mut self.file_env);
    }
}

impl Origin {
    /// What it means; nothing, if that is a contradiction.
    fn rule(self) -> Option<Rule> {
        Some(match self {
            Self { default: Some(default), file: None, required: None, file_env: false } => Rule::Default(default),
            Self { default: None, file: Some(file), required: None, file_env: false } => Rule::File(file),
            Self { default: None, file: None, required: Some(message), file_env: false } => Rule::Required(message),
            Self { default, file: None, required, file_env: true } => Rule::FileEnv(match (default, required) {
                (None, None) => Otherwise::AsItIs,
                (Some(default), None) => Otherwise::Default(default),
                (None, Some(message)) => Otherwise::Required(message),
                (Some(_), Some(_)) => return None,
            }),
            Self { .. } => return None,
        })
    }
}

impl Form for Rule {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        let expected =
            "\"required\", \"unset\", or a table with one of `default`, `file` and `required`, or `file-env`";
        let rule = match &value.kind {
            Kind::Text(word) if word == "required" => Some(Self::Required(String::new())),
            Kind::Text(word) if word == "unset" => Some(Self::Unset),
            Kind::Table(_) => Origin::read(value, problems)?.rule(),
            Kind::Text(_) | Kind::Number(_) | Kind::Flag(_) | Kind::List(_) => None,
        };
        if rule.is_none() {
            problems.mismatch(value, expected);
        }
        rule
    }

    fn write(&self) -> Option<Value> {
        let mut origin = Origin::default();
        match self {
            Self::Required(message) if message.is_empty() => return Some(Value::text(&"required")),
            Self::Unset => return Some(Value::text(&"unset")),
            Self::Default(default) => origin.default = Some(default.clone()),
            Self::File(file) => origin.file = Some(file.clone()),
            Self::Required(message) => origin.required = Some(message.clone()),
            Self::FileEnv(otherwise) => {
                origin.file_env = true;
                match otherwise {
                    Otherwise::AsItIs => {}
                    Otherwise::Default(default) => origin.default = Some(default.clone()),
                    Otherwise::Required(message) => origin.required = Some(message.clone()),
                }
            }
        }
        origin.write()
    }
}

impl Rule {
    /// What it says that reaches a program or the kernel.
    pub fn text(&self) -> Option<&String> {
        match self {
            Self::Default(text)
            | Self::File(text)
            | Self::Required(text)
            | Self::FileEnv(Otherwise::Default(text) | Otherwise::Required(text)) => Some(text),
            Self::FileEnv(Otherwise::AsItIs) | Self::Unset => None,
        }
    }
}

/// A variable that cannot be had as declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem<E> {
    /// It is required, and it is not set or empty.
    Missing {
        /// The variable.
        name: String,
        /// Whether a file could have been named.
        or_file: bool,
        /// What to tell whoever did not set it, if anything.
        message: String,
    },
    /// [`Rule::FileEnv`], and both are given.
    Both {
        /// The variable.
        name: String,
    },
    /// The file cannot be read.
    Unreadable {
        /// The variable.
        name: String,
        /// The file.
        file: Named,
        /// What the reader said.
        error: E,
    },
    /// The file has a NUL byte, which no environment variable can hold.
    Nul {
        /// The variable.
        name: String,
        /// The file.
        file: Named,
    },
}

/// Who names the file. What stands in a variable is not shown: some have put their secret there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// The spec, by this path.
    Spec(String),
    /// The variable of [`file_variable`].
    Environment,
}

impl<E> fmt::Display for Problem<E> {
    /// Without what the reader said: a script's `cat` says that itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { name, or_file, message } => {
                write!(f, "the environment variable `{name}` is required, and is not set or empty")?;
                if *or_file {
                    write!(f, "; `{}` may name a file that has it", file_variable(name))?;
                }
                if message.is_empty() { Ok(()) } else { write!(f, ": {message}") }
            }
            Self::Both { name } => {
                let file = file_variable(name);
                write!(f, "the environment variables `{name}` and `{file}` are both set: keep one of them")
            }
            Self::Unreadable { name, file: Named::Spec(path), .. } => {
                write!(f, "cannot read `{path}` for the environment variable `{name}`")
            }
            Self::Unreadable { name, file: Named::Environment, .. } => {
                let file = file_variable(name);
                write!(f, "cannot read the file that `{file}` names for the environment variable `{name}`")
            }
            Self::Nul { name, file: Named::Spec(path) } => {
                write!(f, "`{path}` has a NUL byte, which the environment variable `{name}` cannot hold")
            }
            Self::Nul { name, file: Named::Environment } => {
                let file = file_variable(name);
                write!(
                    f,
                    "the file that `{file}` names has a NUL byte, which the environment variable `{name}` cannot hold"
                )
            }
        }
    }
}

/// Applies the rules to `environment` (entries `NAME=value`, as in environ(7)), every other entry byte for byte as it
/// was. Reports every problem, not just the first. No rule may be for another one's [`file_variable`].
pub fn apply<E, T: AsRef<[u8]> + From<Vec<u8>>>(
    rules: &BTreeMap<String, Rule>,
    environment: &mut Vec<T>,
    mut read: impl FnMut(&[u8]) -> Result<Vec<u8>, E>,
) -> Vec<Problem<E>> {
    let mut problems = Vec::new();
    for (name, rule) in rules {
        match rule {
            Rule::Default(default) => {
                if get(environment, name).is_none() {
                    environment.push(entry(name, default.as_bytes()).into());
                }
            }
            Rule::File(path) => {
                if get(environment, name).is_none() {
                    match content(name, Named::Spec(path.clone()), read(path.as_bytes())) {
                        Ok(content) => environment.push(entry(name, &content).into()),
                        Err(problem) => problems.push(problem),
                    }
                }
            }
            Rule::Required(message) => {
                if given(environment, name).is_none() {
                    problems.push(Problem::Missing { name: name.clone(), or_file: false, message: message.clone() });
                }
            }
            Rule::FileEnv(otherwise) => {
                let variable = file_variable(name);
                let path = given(environment, &variable).map(<[u8]>::to_vec);
                unset(environment, &variable);
                problems.extend(file_env(name, otherwise, path, environment, &mut read).err());
            }
            Rule::Unset => unset(environment, name),
        }
    }
    problems
}

/// [`Rule::FileEnv`], when this is what `NAME_FILE` names.
fn file_env<E, T: AsRef<[u8]> + From<Vec<u8>>>(
    name: &str,
    otherwise: &Otherwise,
    path: Option<Vec<u8>>,
    environment: &mut Vec<T>,
    read: &mut impl FnMut(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<(), Problem<E>> {
    match path {
        Some(_) if given(environment, name).is_some() => return Err(Problem::Both { name: name.into() }),
        Some(path) => set(environment, name, &content(name, Named::Environment, read(&path))?),
        None => {}
    }
    match otherwise {
        Otherwise::Default(default) if given(environment, name).is_none() => {
            set(environment, name, default.as_bytes());
        }
        Otherwise::Required(message) if given(environment, name).is_none() => {
            return Err(Problem::Missing { name: name.into(), or_file: true, message: message.clone() });
        }
        Otherwise::AsItIs | Otherwise::Default(_) | Otherwise::Required(_) => {}
    }
    Ok(())
}

/// The value that a file has.
fn content<E>(name: &str, file: Named, read: Result<Vec<u8>, E>) -> Result<Vec<u8>, Problem<E>> {
    match read {
        Ok(content) if content.contains(&0) => Err(Problem::Nul { name: name.into(), file }),
        Ok(mut content) => {
            content.pop_if(|last| *last == b'\n');
            Ok(content)
        }
        Err(error) => Err(Problem::Unreadable { name: name.into(), file, error }),
    }
}

/// The value of a variable, if it is not empty.
fn given<'a>(environment: &'a [impl AsRef<[u8]>], name: &str) -> Option<&'a [u8]> {
    get(environment, name).filter(|value| !value.is_empty())
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
    unset(environment, name);
    environment.push(entry(name, value).into());
}

fn unset(environment: &mut Vec<impl AsRef<[u8]>>, name: &str) {
    environment.retain(|entry| value_of(entry.as_ref(), name).is_none());
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
    use alloc::{string::ToString, vec};

    use super::*;
    use crate::form;

    fn applied(
        rule: Rule,
        environment: &[&[u8]],
        file: Result<&[u8], &'static str>,
    ) -> (Vec<Vec<u8>>, Vec<Problem<&'static str>>) {
        let mut environment: Vec<Vec<u8>> = environment.iter().map(|entry| entry.to_vec()).collect();
        let rules = BTreeMap::from([("X".to_string(), rule)]);
        let problems = apply(&rules, &mut environment, |path| {
            assert_eq!(path, b"/secret");
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
        let file = || Named::Spec("/secret".into());
        let (_, problems) = applied(rule(), &[], Ok(b"a\0b"));
        assert_eq!(problems, [Problem::Nul { name: "X".into(), file: file() }]);
        let (_, problems) = applied(rule(), &[], Err("gone"));
        assert_eq!(problems, [Problem::Unreadable { name: "X".into(), file: file(), error: "gone" }]);
    }

    #[test]
    fn required_means_set_and_not_empty() {
        let rule = || Rule::Required("see the manual".into());
        assert!(applied(rule(), &[b"X=1"], Err("")).1.is_empty());
        for environment in [[b"X=".as_slice()].as_slice(), &[], &[b"XY=1"]] {
            let missing = Problem::Missing { name: "X".into(), or_file: false, message: "see the manual".into() };
            assert_eq!(applied(rule(), environment, Err("")).1, [missing]);
        }
    }

    #[test]
    fn a_value_is_given_or_a_file_that_has_it() {
        let as_it_is = || Rule::FileEnv(Otherwise::AsItIs);
        let default = || Rule::FileEnv(Otherwise::Default("d".into()));
        let required = || Rule::FileEnv(Otherwise::Required(String::new()));
        let file: &[&[u8]] = &[b"X_FILE=/secret", b"A=1"];
        for rule in [as_it_is(), default(), required()] {
            assert_eq!(applied(rule.clone(), file, Ok(b"pw\n\n")).0, [b"A=1".to_vec(), b"X=pw\n".to_vec()]);
            let empty: &[&[u8]] = &[b"X=", b"X_FILE=/secret"];
            assert_eq!(applied(rule.clone(), empty, Ok(b"pw")), (vec![b"X=pw".to_vec()], vec![]));
            let no_file: &[&[u8]] = &[b"X_FILE=", b"X=v"];
            assert_eq!(applied(rule.clone(), no_file, Err("not read")), (vec![b"X=v".to_vec()], vec![]));
            let both: &[&[u8]] = &[b"X=v", b"X_FILE=/secret"];
            assert_eq!(applied(rule.clone(), both, Err("not read")).1, [Problem::Both { name: "X".into() }]);
            let error = Problem::Unreadable { name: "X".into(), file: Named::Environment, error: "gone" };
            assert_eq!(applied(rule.clone(), file, Err("gone")).1, [error]);
            let nul = Problem::Nul { name: "X".into(), file: Named::Environment };
            assert_eq!(applied(rule, file, Ok(b"\0")).1, [nul]);
        }
        let missing = || vec![Problem::Missing { name: "X".into(), or_file: true, message: String::new() }];
        for nothing in [&[][..], &[b"X_FILE=".as_slice()]] {
            assert_eq!(applied(as_it_is(), nothing, Err("")), (vec![], vec![]));
            assert_eq!(applied(default(), nothing, Err("")), (vec![b"X=d".to_vec()], vec![]));
            assert_eq!(applied(required(), nothing, Err("")), (vec![], missing()));
        }
        assert_eq!(applied(as_it_is(), &[b"X="], Err("")).0, [b"X=".to_vec()]);
        assert_eq!(applied(default(), &[b"X="], Err("")).0, [b"X=d".to_vec()]);
        assert_eq!(applied(required(), &[b"X="], Err("")).1, missing());
        assert_eq!(applied(as_it_is(), file, Ok(b"\n")).0, [b"A=1".to_vec(), b"X=".to_vec()]);
        assert_eq!(applied(required(), file, Ok(b"\n")).1, missing());
    }

    #[test]
    fn rules_are_written_as_they_are_read() {
        for (text, rule) in [("required", Rule::Required(String::new())), ("unset", Rule::Unset)] {
            assert_eq!(rule.write(), Some(Value::text(&text)));
        }
        for (text, rule) in [
            ("default = \"a\"\n", Rule::Default("a".into())),
            ("file = \"/a\"\n", Rule::File("/a".into())),
            ("required = \"a\"\n", Rule::Required("a".into())),
            ("file-env = true\n", Rule::FileEnv(Otherwise::AsItIs)),
            ("default = \"a\"\nfile-env = true\n", Rule::FileEnv(Otherwise::Default("a".into()))),
            ("required = \"a\"\nfile-env = true\n", Rule::FileEnv(Otherwise::Required("a".into()))),
            ("required = \"\"\nfile-env = true\n", Rule::FileEnv(Otherwise::Required(String::new()))),
        ] {
            assert_eq!(form::write(&rule), text);
            assert_eq!(form::read::<Rule>(text), Ok(rule), "{text}");
        }
        for text in [
            "",
            "default = ''\nfile = '/a'",
            "file = '/a'\nfile-env = true",
            "file-env = false",
            "default = ''\nrequired = 'a'",
            "default = ''\nrequired = 'a'\nfile-env = true",
        ] {
            assert!(form::read::<Rule>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_problem_says_what_is_wrong() {
        let name = || "X".to_string();
        let spec = || Named::Spec("/secret".into());
        let missing =
            |or_file, message: &str| Problem::<()>::Missing { name: name(), or_file, message: message.into() };
        for (problem, message) in [
            (missing(false, ""), "the environment variable `X` is required, and is not set or empty"),
            (missing(false, "m"), "the environment variable `X` is required, and is not set or empty: m"),
            (
                missing(true, "m"),
                "the environment variable `X` is required, and is not set or empty; `X_FILE` may name a file that has it: m",
            ),
            (
                Problem::Both { name: name() },
                "the environment variables `X` and `X_FILE` are both set: keep one of them",
            ),
            (
                Problem::Unreadable { name: name(), file: spec(), error: () },
                "cannot read `/secret` for the environment variable `X`",
            ),
            (
                Problem::Unreadable { name: name(), file: Named::Environment, error: () },
                "cannot read the file that `X_FILE` names for the environment variable `X`",
            ),
            (
                Problem::Nul { name: name(), file: spec() },
                "`/secret` has a NUL byte, which the environment variable `X` cannot hold",
            ),
            (
                Problem::Nul { name: name(), file: Named::Environment },
                "the file that `X_FILE` names has a NUL byte, which the environment variable `X` cannot hold",
            ),
        ] {
            assert_eq!(problem.to_string(), message);
        }
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
