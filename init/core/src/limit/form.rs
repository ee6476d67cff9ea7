//! How limits are written: a number, `"unlimited"`, or a table of both.

use super::{Amount, Limit};
use crate::form::{Fields, Form, Kind, Problems, Record, Value};

impl Form for Amount {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        amount(value).or_else(|| {
            problems.mismatch(value, "a number or \"unlimited\"");
            None
        })
    }

    fn write(&self) -> Option<Value> {
        Some(if *self == Self::UNLIMITED { Value::text(self) } else { Value::new(Kind::Number(self.0)) })
    }
}

fn amount(value: &Value) -> Option<Amount> {
    match &value.kind {
        Kind::Number(number) => Some(Amount(*number)),
        Kind::Text(text) if text == "unlimited" => Some(Amount::UNLIMITED),
        Kind::Text(_) | Kind::Flag(_) | Kind::List(_) | Kind::Table(_) => None,
    }
}

#[derive(Clone, Default)]
struct Both {
    soft: Option<Amount>,
    hard: Option<Amount>,
}

impl Record for Both {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.optional("soft", &mut self.soft);
        fields.optional("hard", &mut self.hard);
    }
}

impl Form for Limit {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        if let Kind::Table(_) = value.kind {
            let Both { soft, hard } = Form::read(value, problems)?;
            return Some(Self { soft, hard });
        }
        let amount = amount(value);
        if amount.is_none() {
            problems.mismatch(value, "a number, \"unlimited\", or a table with `soft` and `hard`");
        }
        amount.map(|amount| Self { soft: Some(amount), hard: Some(amount) })
    }

    fn write(&self) -> Option<Value> {
        match *self {
            Self { soft: Some(soft), hard: Some(hard) } if soft == hard => soft.write(),
            Self { soft, hard } => Both { soft, hard }.write(),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::{collections::BTreeMap, string::ToString, vec::Vec};

    use super::*;
    use crate::{form, limit::Resource};

    fn read(text: &str) -> Result<BTreeMap<Resource, Limit>, Vec<form::Problem>> {
        form::read(text)
    }

    #[test]
    fn limits_are_read_back_as_written() {
        let text = "core = \"unlimited\"\nnofile = 1024\n\n[stack]\nsoft = 1\nhard = \"unlimited\"\n\n\
            [memlock]\nhard = 0\n\n[as]\nsoft = 7\n";
        let limits = read(text).unwrap();
        assert_eq!(read(&form::write(&limits)).unwrap(), limits);
        let both = |amount| Limit { soft: Some(amount), hard: Some(amount) };
        let expected = [
            ("stack", Limit { soft: Some(Amount(1)), hard: Some(Amount::UNLIMITED) }),
            ("core", both(Amount::UNLIMITED)),
            ("nofile", both(Amount(1024))),
            ("memlock", Limit { soft: None, hard: Some(Amount(0)) }),
            ("as", Limit { soft: Some(Amount(7)), hard: None }),
        ];
        assert_eq!(limits, expected.map(|(name, limit)| (name.parse().unwrap(), limit)).into());
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        for (text, error) in [
            ("NOFILE = 1", "`NOFILE` is not a resource: `cpu`, `fsize`,"),
            ("nofile = -1", "`-1` is below 0"),
            (
                "nofile = 'infinity'",
                "expected a number, \"unlimited\", or a table with `soft` and `hard`, found \"infinity\"",
            ),
            ("nofile = true", "expected a number, \"unlimited\", or a table with `soft` and `hard`, found `true`"),
            ("nofile = { soft = '1' }", "expected a number or \"unlimited\", found \"1\""),
            ("nofile = { max = 1 }", "there is no key `max` here: the keys are `soft`, `hard`"),
        ] {
            let shown = read(text).unwrap_err()[0].to_string();
            assert!(shown.contains(error), "{shown}");
        }
    }
}
