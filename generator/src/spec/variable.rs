//! What is declared for environment variables.

use std::borrow::Cow;

use toml::de::DeValue;

use super::{
    foreign,
    shape::Shape,
    table::{Key, table},
    value::{self, Field, Problems, Raw, Value},
};
use crate::{diagnostic::Diagnostic, suggest::quoted};

table! {
    /// What is declared for a variable, other than a plain default.
    #[written = "`{ file = \"/run/secrets/x\" }`"]
    pub struct Declaration {
        /// The value when it is not set; with `file-env`, when neither is given. By itself it can be written as a plain
        /// string.
        "default" => default: String,
        /// When it is not set, the content of this file, without one newline at its end.
        "file" => file: String,
        /// The value is in the variable, or in the file that the variable with `_FILE` at its end names, less one newline at
        /// its end: `DB_PASSWORD_FILE=/run/secrets/x`. What is empty is not given; both are an error. `NAME_FILE` is taken
        /// away.
        "file-env" => file_env: bool,
        /// It must be set, and not empty: `true`, or what to tell whoever did not.
        "required" => required: Demand,
        /// It is taken away.
        "unset" => unset: bool,
    }
}

/// That something is required; what to tell whoever did not give it, if anything.
#[derive(Clone, Debug)]
pub enum Demand {
    /// `true`, or `false`, which declares nothing.
    Flag(bool),
    /// The message.
    Message(String),
}

impl Value for Demand {
    fn expected() -> Cow<'static, str> {
        "`true` or a message".into()
    }

    fn shape() -> Shape {
        Shape::Any(vec![Shape::Boolean, Shape::Text])
    }

    fn hint(_raw: &Raw) -> Option<String> {
        Some(
            "`required = true`, or what to tell whoever did not set it: `required = \"the address of the database\"`"
                .into(),
        )
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        match raw.get_ref() {
            DeValue::Boolean(flag) => Some(Self::Flag(*flag)),
            DeValue::String(_) => {
                let message = String::read(raw, problems)?;
                let is_flag = ["true", "false", "yes", "no"].contains(&message.to_lowercase().as_str());
                if is_flag || message.is_empty() || message.chars().any(char::is_control) {
                    let mut problem = Diagnostic::new(raw.span(), format!("{} is no message", quoted(&message)));
                    problem.help = Self::hint(raw);
                    problems.push(problem);
                    return None;
                }
                Some(Self::Message(message))
            }
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
                value::mismatch::<Self, _>(raw, problems)
            }
        }
    }
}

/// What is declared for an environment variable.
#[derive(Clone, Debug)]
pub enum Variable {
    /// The value when it is not set.
    Default(String),
    /// Anything else.
    Declared(Declaration),
}

impl Value for Variable {
    fn expected() -> Cow<'static, str> {
        "a string or a table such as `{ file = \"/run/secrets/x\" }`".into()
    }

    fn shape() -> Shape {
        Shape::Any(vec![Shape::Text, Declaration::shape()])
    }

    fn names() -> Shape {
        Shape::pattern("[A-Za-z_][A-Za-z0-9_]*")
    }

    fn hint(raw: &Raw) -> Option<String> {
        String::hint(raw)
    }

    fn hint_of_many(_raw: &Raw) -> Option<String> {
        Some("`[env]` on a line of its own, and below it lines such as `PORT = \"8080\"`".into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        match raw.get_ref() {
            DeValue::String(_) => String::read(raw, problems).map(Self::Default),
            DeValue::Table(_) => value::read_known(raw, problems).map(Self::Declared),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => value::mismatch::<Self, _>(raw, problems),
        }
    }
}
