//! What is declared for environment variables.

use std::borrow::Cow;

use toml::de::DeValue;

use super::{
    foreign,
    table::{Key, table},
    value::{self, Field, Problems, Raw, Value},
};

table! {
    /// What is declared for a variable, other than a plain default.
    #[written = "`{ file = \"/run/secrets/x\" }`"]
    pub struct Declaration {
        /// When it is not set, the content of this file, without one newline at its end.
        "file" => file: String,
        /// It must be set, and not empty.
        "required" => required: bool,
        /// It is taken away.
        "unset" => unset: bool,
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
