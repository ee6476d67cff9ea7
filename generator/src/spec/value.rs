//! The types that a value in a spec can have, and how each is read.

use std::{borrow::Cow, ops::Range};

use toml::{
    Spanned,
    de::{DeInteger, DeTable, DeValue},
};

use super::shape::Shape;
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

    /// What it can be, as data.
    fn shape() -> Shape;

    /// What their names can be where these stand in a table, each with a name.
    fn names() -> Shape {
        Shape::Text
    }

    /// How to write what was probably meant by a value of another type.
    fn hint(_raw: &Raw) -> Option<String> {
        None
    }

    /// How to write what was probably meant by something else where a list or a table of these stands.
    fn hint_of_many(_raw: &Raw) -> Option<String> {
        None
    }

    /// Whether it is a table that has this key.
    fn has_key(_name: &str) -> bool {
        false
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

    /// Where the value stands, if there is one.
    pub fn place(&self) -> Option<Range<usize>> {
        self.given().map(Spanned::span)
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
    problem.help = T::hint(raw);
    problems.push(problem);
    None
}

/// A value that is not a string, an array or a table, as it could stand between quotes.
pub fn plain(raw: &Raw) -> Option<String> {
    match raw.get_ref() {
        DeValue::Integer(integer) => Some(integer.to_string()),
        DeValue::Float(float) => Some(float.to_string()),
        DeValue::Boolean(boolean) => Some(boolean.to_string()),
        DeValue::Datetime(datetime) => Some(datetime.to_string()),
        DeValue::String(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

/// The command line as an array, if it is short enough to be shown.
fn as_array(line: &str) -> Option<String> {
    const LONGEST: usize = 60;
    if line.len() > LONGEST || line.chars().any(char::is_control) {
        return None;
    }
    if line.contains(|c: char| "|&;<>$`\"'()*?~\\".contains(c)) {
        return Some(format!("a shell line is written `[\"sh\", \"-c\", {line:?}]`"));
    }
    let words: Vec<String> = line.split_whitespace().map(|word| format!("{word:?}")).collect();
    let shell = if words.len() > 1 { "; a shell line needs `[\"sh\", \"-c\", \"…\"]`" } else { "" };
    Some(format!("an array has brackets: `[{}]`{shell}", words.join(", ")))
}

impl Value for String {
    fn expected() -> Cow<'static, str> {
        "a string".into()
    }

    fn shape() -> Shape {
        Shape::Text
    }

    fn hint(raw: &Raw) -> Option<String> {
        Some(plain(raw).map_or("one string, in quotes".into(), |plain| format!("in quotes: `\"{plain}\"`")))
    }

    fn hint_of_many(raw: &Raw) -> Option<String> {
        let written = if let DeValue::String(line) = raw.get_ref() {
            as_array(line)
        } else {
            plain(raw).map(|plain| format!("strings in brackets: `[\"{plain}\"]`"))
        };
        written.or_else(|| Some("strings in brackets: `[\"first\", \"second\"]`".into()))
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::String(text) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        if text.contains('\0') {
            problems.push(
                Diagnostic::new(raw.span(), "a NUL character cannot be passed to a program")
                    .help("arguments, variables and file names end at the first one: take it out"),
            );
            return None;
        }
        Some(text.to_string())
    }
}

/// The integer, or nothing when it is so large that it cannot be meant.
pub fn integer(integer: &DeInteger) -> Option<i64> {
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// The version of the spec's form: there is one.
#[derive(Clone, Copy, Debug)]
pub struct Version;

impl Value for Version {
    fn expected() -> Cow<'static, str> {
        "the integer 1".into()
    }

    fn shape() -> Shape {
        Shape::Integer(1..=1)
    }

    fn hint(_raw: &Raw) -> Option<String> {
        Some("this wigwag reads `version = 1`".into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::Integer(version) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        if integer(version) == Some(1) {
            return Some(Self);
        }
        let mut problem = Diagnostic::new(raw.span(), format!("version {version} is not known"));
        problem.help = Self::hint(raw);
        problems.push(problem);
        None
    }
}

impl Value for bool {
    fn expected() -> Cow<'static, str> {
        "`true` or `false`".into()
    }

    fn shape() -> Shape {
        Shape::Boolean
    }

    fn hint(raw: &Raw) -> Option<String> {
        let is_quoted = raw.get_ref().as_str().is_some_and(|text| ["true", "false"].contains(&text));
        Some(if is_quoted { "without quotes" } else { "one of the two words, without quotes" }.into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::Boolean(value) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        Some(*value)
    }
}

/// Says that the text is none of the words, of which the nearest was probably meant.
pub fn other_word<T: Value>(text: &str, words: &[&str], raw: &Raw) -> Diagnostic {
    let help = match nearest(text, words.iter().copied()) {
        Some(word) => format!("did you mean \"{word}\"?"),
        None => format!("expected {}", T::expected()),
    };
    Diagnostic::new(raw.span(), format!("{} is not known here", quoted(text))).help(help)
}

/// Reads a table of which something must be said: whether it is cannot be known when a key is not.
pub fn read_known<T: Value>(raw: &Raw, problems: &mut Problems) -> Option<T> {
    let known = problems.len();
    T::read(raw, problems).filter(|_| problems.len() == known)
}

impl Value for u8 {
    fn expected() -> Cow<'static, str> {
        "an integer from 0 to 255".into()
    }

    fn shape() -> Shape {
        Shape::Integer(0..=u8::MAX.into())
    }

    fn names() -> Shape {
        Shape::pattern("0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5]")
    }

    fn hint(raw: &Raw) -> Option<String> {
        let number = raw.get_ref().as_str().and_then(|text| text.parse::<Self>().ok()).unwrap_or(1);
        Some(format!("without quotes: `{number}`"))
    }

    fn hint_of_many(_raw: &Raw) -> Option<String> {
        Some("what it would be and what it is: `exit-codes = { 143 = 0 }`".into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::Integer(number) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        let small = integer(number).and_then(|number| Self::try_from(number).ok());
        if small.is_none() {
            problems.push(
                Diagnostic::new(raw.span(), format!("{} is out of range", quoted(&number.to_string())))
                    .help(Self::expected()),
            );
        }
        small
    }
}

impl<T: Value> Value for Vec<Spanned<T>> {
    fn expected() -> Cow<'static, str> {
        let item = T::expected();
        if item.starts_with('"') {
            return format!("an array of {item}").into();
        }
        let item = item.trim_start_matches("a ");
        let (what, example) = item.split_at(item.find(" such as ").unwrap_or(item.len()));
        format!("an array of {what}s{example}").into()
    }

    fn shape() -> Shape {
        Shape::List(T::shape)
    }

    fn hint(raw: &Raw) -> Option<String> {
        T::hint_of_many(raw)
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

    fn shape() -> Shape {
        Shape::Named { name: Box::new(T::names()), value: T::shape }
    }

    fn hint(raw: &Raw) -> Option<String> {
        T::hint_of_many(raw)
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::Table(table) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        let is_table = |raw: &Raw| matches!(raw.get_ref(), DeValue::Table(_));
        let unnamed = entries(table).find(|(key, value)| T::has_key(key.get_ref()) && !is_table(value));
        if let Some((key, _)) = unnamed {
            let mut problem =
                Diagnostic::new(key.span(), format!("{} stands where a name is expected", quoted(key.get_ref())));
            problem.help = T::hint_of_many(raw);
            problems.push(problem);
            return None;
        }
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
