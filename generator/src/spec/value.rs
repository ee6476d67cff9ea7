//! The types that a value in a spec can have, and how each is read.

use std::borrow::Cow;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use wigwag_core::{Millis, config::OnFailure};

use crate::{
    diagnostic::Diagnostic,
    suggest::{nearest, quoted},
};

/// What was found wrong so far.
pub type Problems = Vec<Diagnostic>;

/// A value as it stands in the file.
pub type Raw<'a> = Spanned<DeValue<'a>>;

/// A type that a value can have.
pub trait Value: Sized {
    /// What is expected, after "expected": `a string`.
    fn expected() -> Cow<'static, str>;

    /// How to write what was probably meant by a value of another type.
    fn hint() -> Option<&'static str> {
        None
    }

    /// Reads it; `None` when something is wrong, which is then among the problems.
    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self>;
}

/// What stands for a key: `Wrong` is written too, so that nobody says it is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Nothing.
    #[default]
    Absent,
    /// Something that cannot be read, which has been said.
    Wrong,
    /// The value.
    Given(Spanned<T>),
}

impl<T> Field<T> {
    /// The value, if there is one.
    pub fn given(&self) -> Option<&Spanned<T>> {
        match self {
            Self::Given(value) => Some(value),
            Self::Absent | Self::Wrong => None,
        }
    }

    /// Whether the key is not there at all.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether it was written and could not be read.
    pub fn is_wrong(&self) -> bool {
        matches!(self, Self::Wrong)
    }
}

impl<T> Field<Vec<T>> {
    /// The items, none when there is no list.
    pub fn items(&self) -> std::slice::Iter<'_, T> {
        self.given().map(|list| list.get_ref().as_slice()).unwrap_or_default().iter()
    }
}

/// Reads a value with its place.
pub fn read<T: Value>(raw: &Raw, problems: &mut Problems) -> Field<T> {
    T::read(raw, problems).map_or(Field::Wrong, |value| Field::Given(Spanned::new(raw.span(), value)))
}

/// Says that the value has the wrong type.
pub fn mismatch<T: Value, U>(raw: &Raw, problems: &mut Problems) -> Option<U> {
    let found = match raw.get_ref() {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    };
    let mut problem = Diagnostic::new(raw.span(), format!("expected {}, found {found}", T::expected()));
    problem.help = T::hint().map(str::to_string);
    problems.push(problem);
    None
}

impl Value for String {
    fn expected() -> Cow<'static, str> {
        "a string".into()
    }

    fn hint() -> Option<&'static str> {
        Some("strings are written in quotes")
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::String(text) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        if text.contains('\0') {
            problems.push(Diagnostic::new(raw.span(), "a NUL character cannot be passed to a program"));
            return None;
        }
        Some(text.to_string())
    }
}

impl Value for i64 {
    fn expected() -> Cow<'static, str> {
        "an integer".into()
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::Integer(integer) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        let value = Self::from_str_radix(integer.as_str(), integer.radix()).ok();
        if value.is_none() {
            problems.push(Diagnostic::new(raw.span(), format!("{} is out of range", quoted(&integer.to_string()))));
        }
        value
    }
}

impl Value for bool {
    fn expected() -> Cow<'static, str> {
        "`true` or `false`".into()
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::Boolean(value) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        Some(*value)
    }
}

impl Value for Millis {
    fn expected() -> Cow<'static, str> {
        "a duration such as \"10s\"".into()
    }

    fn hint() -> Option<&'static str> {
        Some("durations are written in quotes and with their unit")
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::String(text) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        let duration = text.parse().ok();
        if duration.is_none() {
            problems.push(
                Diagnostic::new(raw.span(), format!("{} is not a duration", quoted(text)))
                    .help("whole numbers with a unit, largest first, at most `1000h`: `10s`, `1m30s`, `500ms`"),
            );
        }
        duration
    }
}

/// Reads one of a few words.
pub fn word<T: Value + Copy>(words: &[(&'static str, T)], raw: &Raw, problems: &mut Problems) -> Option<T> {
    let DeValue::String(text) = raw.get_ref() else {
        return mismatch::<T, _>(raw, problems);
    };
    let found = words.iter().find(|(word, _)| *word == text.as_ref()).map(|(_, value)| *value);
    if found.is_none() {
        let help = match nearest(text, words.iter().map(|(word, _)| *word)) {
            Some(word) => format!("did you mean \"{word}\"?"),
            None => format!("expected {}", T::expected()),
        };
        problems.push(Diagnostic::new(raw.span(), format!("{} is not known here", quoted(text))).help(help));
    }
    found
}

impl Value for OnFailure {
    fn expected() -> Cow<'static, str> {
        "\"abort\" or \"continue\"".into()
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        word(&[("abort", Self::Abort), ("continue", Self::Continue)], raw, problems)
    }
}

impl<T: Value> Value for Vec<Spanned<T>> {
    fn expected() -> Cow<'static, str> {
        format!("an array of {}s", T::expected().trim_start_matches("a ")).into()
    }

    fn hint() -> Option<&'static str> {
        Some("arrays are written in brackets, `[…]`, those of tables in double ones above each table, `[[…]]`")
    }

    /// Reads every item, so that each wrong one is named.
    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::Array(items) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        let read: Self = items
            .iter()
            .filter_map(|item| T::read(item, problems).map(|value| Spanned::new(item.span(), value)))
            .collect();
        (read.len() == items.len()).then_some(read)
    }
}

/// A table whose keys are the user's names, in the order of the file.
pub type Named<T> = Vec<(Spanned<String>, Field<T>)>;

impl<T: Value> Value for Named<T> {
    fn expected() -> Cow<'static, str> {
        "a table".into()
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::Table(table) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        Some(entries(table).map(|(key, value)| (name(key), read(value, problems))).collect())
    }
}

fn name(key: &Spanned<Cow<'_, str>>) -> Spanned<String> {
    Spanned::new(key.span(), key.get_ref().to_string())
}

/// The entries of a table in the order of the file.
pub fn entries<'t, 'i>(table: &'t DeTable<'i>) -> impl Iterator<Item = (&'t Spanned<Cow<'i, str>>, &'t Raw<'i>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries.into_iter()
}
