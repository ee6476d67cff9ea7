//! A table of the spec from one definition: its struct, its reader, and the list of its keys.

use toml::Spanned;

use crate::{
    diagnostic::Diagnostic,
    suggest::{nearest, quoted},
};

/// A key that a table can have.
#[derive(Clone, Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What its value is: `a string`.
    pub expected: String,
    /// What it is for.
    pub doc: &'static str,
}

/// Defines a table: for every key its documentation, its name, and the type of its value.
macro_rules! table {
    (
        $(#[doc = $table_doc:literal])*
        pub struct $table:ident {
            $($(#[doc = $doc:literal])* $key:literal => $field:ident: $type:ty,)*
        }
    ) => {
        $(#[doc = $table_doc])*
        #[derive(Clone, Debug, Default)]
        pub struct $table {
            $($(#[doc = $doc])* pub $field: Field<$type>,)*
        }

        impl $table {
            /// The keys it can have.
            pub fn keys() -> Vec<Key> {
                vec![$(Key {
                    name: $key,
                    expected: <$type as Value>::expected().into_owned(),
                    doc: concat!($($doc, "\n",)*),
                },)*]
            }
        }

        impl Value for $table {
            fn expected() -> Cow<'static, str> {
                "a table".into()
            }

            fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
                let DeValue::Table(table) = raw.get_ref() else {
                    return value::mismatch::<Self, _>(raw, problems);
                };
                let mut this = Self::default();
                for (key, raw) in value::entries(table) {
                    match key.get_ref().as_ref() {
                        $($key => this.$field = value::read(raw, problems),)*
                        _ => problems.push(table::unknown(key, &[$($key),*])),
                    }
                }
                Some(this)
            }
        }
    };
}
pub(super) use table;

/// Says that there is no such key.
pub fn unknown(key: &Spanned<std::borrow::Cow<'_, str>>, known: &[&'static str]) -> Diagnostic {
    let help = match nearest(key.get_ref(), known.iter().copied()) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("known here: {}", known.iter().map(|key| quoted(key)).collect::<Vec<_>>().join(", ")),
    };
    Diagnostic::new(key.span(), format!("unknown key {}", quoted(key.get_ref()))).help(help)
}

#[cfg(test)]
mod tests {
    use crate::spec::{Container, Declaration, Hook, Hooks, Service, Spec};

    #[test]
    fn every_key_says_what_it_is_for() {
        let tables =
            [Spec::keys(), Container::keys(), Service::keys(), Hooks::keys(), Hook::keys(), Declaration::keys()];
        for key in tables.concat() {
            assert!(key.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{key:?}");
            assert!(key.doc.trim().ends_with(['.', ')']), "{key:?}");
            assert!(!key.expected.is_empty(), "{key:?}");
        }
    }
}
