//! A table of the spec from one definition: its struct, its reader, and the list of its keys.

use super::shape::Shape;

/// A table, and the keys that it can have.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// A word for it that no other table has.
    pub name: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// How it is written.
    pub written: Option<&'static str>,
    /// Its keys.
    pub keys: fn() -> Vec<Key>,
}

/// A key that a table can have.
#[derive(Clone, Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What its value is: `a string`.
    pub expected: String,
    /// What its value can be, as data.
    pub shape: fn() -> Shape,
    /// What it is for. A default that is data is a code span: Default: `"10s"`; or: `"all"` (default). It ends with
    /// "Required." when the key is never left out.
    pub doc: &'static str,
}

/// Defines a table: for every key its documentation, its name, and the type of its value. The keys of `..field: Table`
/// are keys of this table too.
macro_rules! table {
    (
        $(#[doc = $table_doc:literal])*
        $(#[written = $written:literal])?
        $(#[named = $named:literal])?
        pub struct $table:ident {
            $($(#[doc = $doc:literal])* $key:literal => $field:ident: $type:ty,)*
            $(..$common:ident: $common_type:ty,)?
        }
    ) => {
        $(#[doc = $table_doc])*
        #[derive(Clone, Debug, Default)]
        pub struct $table {
            $($(#[doc = $doc])* pub $field: Field<$type>,)*
            $(
                /// The keys that other tables have too.
                pub $common: $common_type,
            )?
        }

        impl $table {
            /// The keys it can have.
            pub fn keys() -> Vec<Key> {
                let own = [$(Key {
                    name: $key,
                    expected: <$type as Value>::expected().into_owned(),
                    shape: <$type as Value>::shape,
                    doc: concat!($($doc, "\n",)*),
                },)*];
                own.into_iter()$(.chain(<$common_type>::keys()))?.collect()
            }

            /// The keys that it has, and where their values stand.
            pub fn written(&self) -> Vec<(&'static str, std::ops::Range<usize>)> {
                let own = [$(($key, self.$field.place()),)*];
                let own = own.into_iter().filter_map(|(key, place)| Some((key, place?)));
                own$(.chain(self.$common.written()))?.collect()
            }

            /// Reads the value of a key, if it has that key.
            pub(super) fn take(&mut self, key: &str, raw: &Raw, problems: &mut Problems) -> bool {
                match key {
                    $($key => self.$field = value::read(raw, problems),)*
                    _ => return false$( || self.$common.take(key, raw, problems))?,
                }
                true
            }

            /// What was meant is written too, so that nobody says it is missing.
            pub(super) fn meant(&mut self, key: &str) {
                match key {
                    $($key if self.$field.is_absent() => self.$field = Field::Wrong,)*
                    _ => {$(self.$common.meant(key))?}
                }
            }
        }

        impl Value for $table {
            fn expected() -> Cow<'static, str> {
                "a table".into()
            }

            fn shape() -> $crate::spec::Shape {
                $crate::spec::Shape::Table($crate::spec::Table {
                    name: stringify!($table),
                    doc: concat!($($table_doc, "\n",)*),
                    written: None$(.or(Some($written)))?,
                    keys: Self::keys,
                })
            }

            fn names() -> $crate::spec::Shape {
                None$(.or(Some($crate::spec::Shape::pattern($named))))?.unwrap_or($crate::spec::Shape::Text)
            }

            fn hint(_raw: &Raw) -> Option<String> {
                None::<&str>$(.or(Some($written)))?.map(Into::into)
            }

            fn hint_of_many(raw: &Raw) -> Option<String> {
                Self::hint(raw)
            }

            fn has_key(name: &str) -> bool {
                [$($key),*].contains(&name)$( || <$common_type>::has_key(name))?
            }

            fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
                let DeValue::Table(table) = raw.get_ref() else {
                    return value::mismatch::<Self, _>(raw, problems);
                };
                let mut this = Self::default();
                for (key, raw) in value::entries(table) {
                    if !this.take(key.get_ref(), raw, problems) {
                        let known: Vec<&str> = Self::keys().iter().map(|key| key.name).collect();
                        if let Some(meant) = foreign::unknown(key, &known, problems) {
                            this.meant(meant);
                        }
                    }
                }
                Some(this)
            }
        }
    };
}
pub(super) use table;

#[cfg(test)]
mod tests {
    use crate::spec;

    #[test]
    fn every_key_says_what_it_is_for() {
        let tables = spec::TABLES.iter().map(|(keys, _)| keys);
        for key in tables.chain(&spec::TABLES_OF_PLUGINS).flat_map(|keys| keys()) {
            assert!(key.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{key:?}");
            assert!(key.doc.trim().ends_with(['.', ')']), "{key:?}");
            assert!(!key.expected.is_empty(), "{key:?}");
        }
    }
}
