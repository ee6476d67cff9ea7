//! Resource limits in a spec.

use std::{borrow::Cow, ops::Range};

use toml::{Spanned, de::DeValue};
use wigwag_core::limit::{Amount, Resource};

use super::{
    foreign,
    shape::Shape,
    table::{Key, table},
    value::{self, Field, Problems, Raw, Value, integer, mismatch},
};
use crate::{
    diagnostic::Diagnostic,
    suggest::{nearest, quoted},
};

const FORM: &str = "a whole number, counted as getrlimit(2) does, or `\"unlimited\"`";

table! {
    /// Both limits of a resource.
    #[written = "`{ soft = 1024, hard = 4096 }`"]
    pub struct SoftAndHard {
        /// What holds. Default: as it is, or the hard limit if that is lower.
        "soft" => soft: Amount,
        /// How far the process may raise it. Default: as it is.
        "hard" => hard: Amount,
    }
}

/// What is said about a resource: a table, or one amount that is both limits.
#[derive(Clone, Debug)]
pub struct Bounds(pub SoftAndHard);

impl Value for Bounds {
    fn expected() -> Cow<'static, str> {
        "a number, \"unlimited\", or a table with `soft` and `hard`".into()
    }

    fn shape() -> Shape {
        Shape::Any(vec![Amount::shape(), SoftAndHard::shape()])
    }

    fn names() -> Shape {
        Shape::words(Resource::names())
    }

    fn hint(_raw: &Raw) -> Option<String> {
        Some("such as `1024`, `\"unlimited\"`, or `{ soft = 1024, hard = 4096 }`".into())
    }

    fn hint_of_many(_raw: &Raw) -> Option<String> {
        Some("one for each resource: `limits = { nofile = 1024, core = 0 }`".into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        match raw.get_ref() {
            DeValue::Integer(_) | DeValue::String(_) => {
                let amount = Field::Given(Spanned::new(raw.span(), Amount::read(raw, problems)?));
                Some(Self(SoftAndHard { soft: amount.clone(), hard: amount }))
            }
            DeValue::Table(_) => value::read_known(raw, problems).map(Self),
            DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) => {
                mismatch::<Self, _>(raw, problems)
            }
        }
    }
}

impl Value for Amount {
    fn expected() -> Cow<'static, str> {
        "a number or \"unlimited\"".into()
    }

    fn shape() -> Shape {
        Shape::Any(vec![Shape::words(["unlimited"]), Shape::Integer(0..=i64::MAX)])
    }

    fn hint(_raw: &Raw) -> Option<String> {
        Some(FORM.into())
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let (text, amount) = match raw.get_ref() {
            DeValue::String(text) if text == "unlimited" => return Some(Self::UNLIMITED),
            DeValue::String(text) => (text.to_string(), None),
            DeValue::Integer(number) => {
                (number.to_string(), integer(number).and_then(|number| u64::try_from(number).ok()))
            }
            DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
                return mismatch::<Self, _>(raw, problems);
            }
        };
        if amount.is_none() {
            let help = meant(&text).map_or_else(|| FORM.into(), |meant| format!("did you mean `{meant}`?"));
            problems.push(Diagnostic::new(raw.span(), format!("{} is not a limit", quoted(&text))).help(help));
        }
        amount.map(Self)
    }
}

/// What was probably meant, by those who know other tools.
fn meant(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    if ["infinity", "infinite", "none", "no", "-1", "max"].contains(&text.as_str()) {
        return Some("\"unlimited\"".into());
    }
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let shift = match unit.trim_end_matches(['b', 'i']) {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        _ => return None,
    };
    let meant = number.parse::<i64>().ok()?.checked_mul(1 << shift)?;
    Some(meant.to_string())
}

/// Says that there is no such resource, with the one that was probably meant.
pub fn no_resource(text: &str, span: Range<usize>) -> Diagnostic {
    let lower = text.to_ascii_lowercase();
    let bare = ["rlimit_", "limit"].iter().find_map(|prefix| lower.strip_prefix(prefix)).unwrap_or(&lower);
    let help = nearest(bare, Resource::names()).map_or_else(
        || format!("those of getrlimit(2): {}", Resource::names().map(quoted).collect::<Vec<_>>().join(", ")),
        |name| format!("did you mean `{name}`?"),
    );
    Diagnostic::new(span, format!("{} is not a resource", quoted(text))).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_recognised() {
        for (text, amount) in [
            ("1024", Some("1024")),
            ("64K", Some("65536")),
            ("1GiB", Some("1073741824")),
            ("infinity", Some("\"unlimited\"")),
            ("-1", Some("\"unlimited\"")),
            ("9999999T", None),
            ("many", None),
            ("", None),
        ] {
            assert_eq!(meant(text).as_deref(), amount, "{text}");
        }
    }
}
