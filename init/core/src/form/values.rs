//! How values are written that are no records.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use core::{fmt::Display, str::FromStr};

use super::{Form, Kind, Problems, Value, tree::Table};

/// Makes types a [`Form`] that are read and shown as text.
macro_rules! text {
    ($type:ty, $expected:literal) => {
        impl $crate::form::Form for $type {
            fn read(value: &$crate::form::Value, problems: &mut $crate::form::Problems) -> Option<Self> {
                $crate::form::values::parse(value, problems, $expected)
            }

            fn write(&self) -> Option<$crate::form::Value> {
                Some($crate::form::Value::text(self))
            }
        }
    };
}

/// Makes an enum a [`Form`]: its words, each defined once.
macro_rules! words {
    ($type:ty { $($name:ident = $word:literal),* $(,)? }) => {
        impl $type {
            const WORDS: &[(&str, Self)] = &[$(($word, Self::$name)),*];
        }

        impl $crate::form::Form for $type {
            fn read(value: &$crate::form::Value, problems: &mut $crate::form::Problems) -> Option<Self> {
                let words = || Self::WORDS.iter().map(|(word, _)| *word);
                let at = $crate::form::values::word(value, &mut words(), problems)?;
                Self::WORDS.get(at).map(|(_, this)| *this)
            }

            fn write(&self) -> Option<$crate::form::Value> {
                let (word, _) = Self::WORDS.iter().find(|(_, this)| this == self)?;
                Some($crate::form::Value::text(word))
            }
        }
    };
}

pub(crate) use {text, words};

/// The value of a text.
pub fn parse<T: FromStr<Err: Display>>(value: &Value, problems: &mut Problems, expected: &str) -> Option<T> {
    let Kind::Text(text) = &value.kind else {
        problems.mismatch(value, expected);
        return None;
    };
    text.parse().map_err(|error| problems.say(value.at, &error)).ok()
}

/// Which of these words is written.
pub fn word(value: &Value, words: &mut dyn Iterator<Item = &'static str>, problems: &mut Problems) -> Option<usize> {
    let mut expected = String::from("one of");
    for (at, word) in words.enumerate() {
        if matches!(&value.kind, Kind::Text(text) if text == word) {
            return Some(at);
        }
        for part in [if at == 0 { " \"" } else { ", \"" }, word, "\""] {
            expected.push_str(part);
        }
    }
    problems.mismatch(value, &expected);
    None
}

text!(String, "a text in quotes");

impl Form for bool {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        let Kind::Flag(flag) = value.kind else {
            problems.mismatch(value, "`true` or `false`");
            return None;
        };
        Some(flag)
    }

    fn write(&self) -> Option<Value> {
        Some(Value::new(Kind::Flag(*self)))
    }
}

/// A number up to the largest one.
fn number(value: &Value, largest: u64, problems: &mut Problems) -> Option<u64> {
    let Kind::Number(number) = value.kind else {
        problems.mismatch(value, "a number");
        return None;
    };
    if number > largest {
        problems.say(value.at, &format_args!("{number} is more than {largest}"));
        return None;
    }
    Some(number)
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Form for $type {
            fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
                number(value, Self::MAX.into(), problems)?.try_into().ok()
            }

            fn write(&self) -> Option<Value> {
                Some(Value::new(Kind::Number((*self).into())))
            }
        }
    )*};
}

numbers!(u8 u32);

impl<T: Form> Form for Option<T> {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        T::read(value, problems).map(Some)
    }

    fn write(&self) -> Option<Value> {
        self.as_ref().and_then(T::write)
    }
}

impl<T: Form> Form for Vec<T> {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        let Kind::List(items) = &value.kind else {
            problems.mismatch(value, "a list");
            return None;
        };
        let mut list = Self::new();
        for item in items {
            list.extend(T::read(item, problems));
        }
        (list.len() == items.len()).then_some(list)
    }

    fn write(&self) -> Option<Value> {
        Some(Value::new(Kind::List(self.iter().filter_map(T::write).collect())))
    }
}

/// A pair is a list of two.
impl<T: Form> Form for (T, T) {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        let list = Vec::read(value, problems)?;
        let pair = <[T; 2]>::try_from(list).ok().map(Into::into);
        if pair.is_none() {
            problems.say(value.at, &"expected a list of two");
        }
        pair
    }

    fn write(&self) -> Option<Value> {
        let (first, second) = self;
        Some(Value::new(Kind::List([first, second].into_iter().filter_map(T::write).collect())))
    }
}

/// A table whose keys are values too.
impl<K: FromStr<Err: Display> + Display + Ord, T: Form> Form for BTreeMap<K, T> {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        let Kind::Table(table) = &value.kind else {
            problems.mismatch(value, "a table");
            return None;
        };
        let before = problems.count();
        let mut map = Self::new();
        for (key, entry) in &table.entries {
            let item = T::read(&entry.value, problems);
            match (key.parse::<K>(), item) {
                (Err(error), _) => problems.say(entry.at, &error),
                (Ok(_), None) => {}
                (Ok(key), Some(_)) if map.contains_key(&key) => {
                    problems.say(entry.at, &format_args!("`{key}` is here twice, by two names"));
                }
                (Ok(key), Some(item)) => {
                    map.insert(key, item);
                }
            }
        }
        (problems.count() == before).then_some(map)
    }

    fn write(&self) -> Option<Value> {
        let mut table = Table::default();
        for (key, item) in self {
            if let Some(item) = item.write() {
                table.push(&format!("{key}"), item);
            }
        }
        Some(Value::new(Kind::Table(table)))
    }
}
