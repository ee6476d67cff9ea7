//! Durations in a spec, and what was meant by those that are none.

use std::borrow::Cow;

use toml::de::DeValue;
use wigwag_core::Millis;

use super::{
    shape::Shape,
    value::{Problems, Raw, Value, mismatch, plain},
};
use crate::{diagnostic::Diagnostic, suggest::quoted};

const FORM: &str = "whole numbers with a unit, largest first, at most `1000h`: `\"10s\"`, `\"1m30s\"`, `\"500ms\"`";

/// [`Millis`] says which of these are too long.
const PATTERN: &str = "[0-9]+h([0-9]+m)?([0-9]+s)?([0-9]+ms)?|[0-9]+m([0-9]+s)?([0-9]+ms)?|[0-9]+s([0-9]+ms)?|[0-9]+ms";

/// Units as people and other tools write them, in milliseconds; a number alone counts seconds.
const UNITS: [(&[&str], f64); 5] = [
    (&["ms", "msec", "msecs", "millis", "millisecond", "milliseconds"], 1.0),
    (&["", "s", "sec", "secs", "second", "seconds"], 1_000.0),
    (&["m", "min", "mins", "minute", "minutes"], 60_000.0),
    (&["h", "hr", "hrs", "hour", "hours"], 3_600_000.0),
    (&["d", "day", "days"], 86_400_000.0),
];

impl Value for Millis {
    fn expected() -> Cow<'static, str> {
        "a duration such as \"10s\"".into()
    }

    fn shape() -> Shape {
        Shape::Common("duration", || Shape::pattern(PATTERN))
    }

    fn hint(raw: &Raw) -> Option<String> {
        let meant = plain(raw).and_then(|number| meant(&number));
        Some(
            meant.map_or_else(
                || format!("a string: {FORM}"),
                |meant| format!("in quotes and with its unit: `\"{meant}\"`"),
            ),
        )
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::String(text) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        let duration = text.parse().ok();
        if duration.is_none() {
            let help = meant(text).map_or(FORM.into(), |meant| format!("did you mean `\"{meant}\"`?"));
            problems.push(Diagnostic::new(raw.span(), format!("{} is not a duration", quoted(text))).help(help));
        }
        duration
    }
}

/// A duration, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// This long.
    After(Millis),
    /// As long as it likes.
    Never,
}

impl Value for Limit {
    fn expected() -> Cow<'static, str> {
        format!("{}, or \"never\"", Millis::expected()).into()
    }

    fn shape() -> Shape {
        Shape::Any(vec![Shape::words(["never"]), Millis::shape()])
    }

    fn hint(raw: &Raw) -> Option<String> {
        Millis::hint(raw)
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        match raw.get_ref() {
            DeValue::String(text) if text == "never" => Some(Self::Never),
            DeValue::String(text) if ["none", "infinity", "infinite", "forever", "0"].contains(&text.as_ref()) => {
                let message = format!("{} is not a duration", quoted(text));
                problems.push(Diagnostic::new(raw.span(), message).help("without a limit it is `\"never\"`"));
                None
            }
            DeValue::String(_) => Millis::read(raw, problems).map(Self::After),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => mismatch::<Self, _>(raw, problems),
        }
    }
}

/// The duration that was probably meant.
fn meant(text: &str) -> Option<Millis> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let mut rest = text.as_str();
    let mut total = 0.0;
    while !rest.is_empty() {
        let (number, tail) = rest.split_at(rest.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(rest.len()));
        let (unit, next) = tail.split_at(tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len()));
        let (_, length) = UNITS.iter().find(|(names, _)| names.contains(&unit))?;
        let number: f64 = number.parse().ok().filter(|number| *number >= 0.0)?;
        total += number * length;
        rest = next;
    }
    // By way of the text, which knows what is too long.
    format!("{total:.0}ms").parse().ok().filter(|meant| *meant > Millis::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_recognised() {
        for (text, duration) in [
            ("10", Some("10s")),
            ("10 s", Some("10s")),
            ("10S", Some("10s")),
            ("1.5s", Some("1s500ms")),
            ("10sec", Some("10s")),
            ("1 hour 5 minutes", Some("1h5m")),
            ("1d", Some("24h")),
            ("30s1m", Some("1m30s")),
            ("1s1s", Some("2s")),
            ("0.5", Some("500ms")),
            ("-1s", None),
            ("", None),
            ("s", None),
            ("0", None),
            ("1e3s", None),
            ("forever", None),
            ("infinity", None),
            ("99999999999999999999s", None),
            ("1001h", None),
            ("1é", None),
        ] {
            assert_eq!(meant(text).map(|duration| duration.to_string()).as_deref(), duration, "{text}");
        }
    }
}
