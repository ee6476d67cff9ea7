//! Amounts of memory in a spec.

use std::borrow::Cow;

use toml::de::DeValue;

use super::{
    shape::Shape,
    value::{Problems, Raw, Value, mismatch, plain},
};
use crate::{diagnostic::Diagnostic, suggest::quoted};

const FORM: &str = "a whole number with a unit, from `\"64K\"` to `\"4095M\"`: `\"16M\"`";

/// The units, each 1024 of the one before, and how much that is.
const UNITS: [(&str, u64); 3] = [("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30)];

/// A page of WebAssembly: no memory is smaller.
const LEAST: u32 = 64 << 10;

/// So many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u32);

impl Value for Size {
    fn expected() -> Cow<'static, str> {
        "an amount of memory such as \"16M\"".into()
    }

    fn shape() -> Shape {
        Shape::pattern("[0-9]+[KMG]")
    }

    fn hint(raw: &Raw) -> Option<String> {
        let meant = plain(raw).and_then(|number| meant(&number));
        Some(meant.map_or_else(|| FORM.into(), |meant| format!("in quotes and with its unit: `\"{meant}\"`")))
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::String(text) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        let size = parse(text).filter(|size| *size >= LEAST);
        if size.is_none() {
            let help = meant(text).map_or(FORM.into(), |meant| format!("did you mean `\"{meant}\"`?"));
            problems
                .push(Diagnostic::new(raw.span(), format!("{} is not an amount of memory", quoted(text))).help(help));
        }
        size.map(Self)
    }
}

/// Digits and one of the units.
fn parse(text: &str) -> Option<u32> {
    let (unit, factor) = UNITS.into_iter().find(|(unit, _)| text.ends_with(unit))?;
    let digits = text.strip_suffix(unit)?;
    let number: u64 = digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    u32::try_from(number.checked_mul(factor)?).ok()
}

/// What was probably meant, by those who know other tools; a number alone counts bytes.
fn meant(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let letter = unit.trim_end_matches(['B', 'I']);
    let (_, factor) = [("", 1)].into_iter().chain(UNITS).find(|(unit, _)| *unit == letter)?;
    let bytes = number.parse::<u64>().ok()?.checked_mul(factor)?;
    let (unit, factor) = UNITS.into_iter().rev().find(|(_, factor)| bytes.is_multiple_of(*factor))?;
    let meant = format!("{}{unit}", bytes / factor);
    parse(&meant).filter(|size| *size >= LEAST).map(|_| meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_unit() {
        for (text, bytes) in [
            ("64K", Some(65_536)),
            ("16M", Some(16_777_216)),
            ("3G", Some(3_221_225_472)),
            ("4095M", Some(4_293_918_720)),
            ("4G", None),
            ("16", None),
            ("16m", None),
            ("+16M", None),
            ("1.5M", None),
            ("M", None),
            ("", None),
            ("99999999999999999999K", None),
        ] {
            assert_eq!(parse(text), bytes, "{text}");
        }
    }

    #[test]
    fn what_was_meant_is_recognised() {
        for (text, size) in [
            ("16m", Some("16M")),
            ("16 MiB", Some("16M")),
            ("16MB", Some("16M")),
            ("512kb", Some("512K")),
            ("16777216", Some("16M")),
            ("1024 bytes", None),
            ("2048K", Some("2M")),
            ("1g", Some("1G")),
            ("100", None),
            ("4G", None),
            ("32K", None),
            ("0M", None),
            ("many", None),
            ("", None),
        ] {
            assert_eq!(meant(text).as_deref(), size, "{text}");
        }
    }
}
