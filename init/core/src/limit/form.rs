//! How limits are written: a number, `"unlimited"`, or a table of both.

use core::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Unexpected},
};

use super::{Amount, Limit};

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if *self == Self::UNLIMITED { serializer.serialize_str("unlimited") } else { self.0.serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

struct AmountVisitor;

impl de::Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a number or \"unlimited\"")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Amount, E> {
        Ok(Amount(number))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Amount, E> {
        u64::try_from(number).map(Amount).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
        match text {
            "unlimited" => Ok(Amount::UNLIMITED),
            _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    soft: Option<Amount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hard: Option<Amount>,
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self { soft: Some(soft), hard: Some(hard) } if soft == hard => soft.serialize(serializer),
            Self { soft, hard } => Table { soft, hard }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LimitVisitor)
    }
}

struct LimitVisitor;

impl LimitVisitor {
    fn both<E>(amount: Result<Amount, E>) -> Result<Limit, E> {
        amount.map(|amount| Limit { soft: Some(amount), hard: Some(amount) })
    }
}

impl<'de> de::Visitor<'de> for LimitVisitor {
    type Value = Limit;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a number, \"unlimited\", or a table with `soft` and `hard`")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Limit, E> {
        Self::both(AmountVisitor.visit_u64(number))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Limit, E> {
        Self::both(AmountVisitor.visit_i64(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Limit, E> {
        Self::both(AmountVisitor.visit_str(text))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Limit, A::Error> {
        let Table { soft, hard } = Table::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(Limit { soft, hard })
    }
}

#[cfg(test)]
mod tests {
    use alloc::{collections::BTreeMap, string::ToString};

    use super::*;
    use crate::limit::Resource;

    fn read(text: &str) -> Result<BTreeMap<Resource, Limit>, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn limits_are_read_back_as_written() {
        let text = "core = \"unlimited\"\nnofile = 1024\n\n[stack]\nsoft = 1\nhard = \"unlimited\"\n\n\
            [memlock]\nhard = 0\n\n[as]\nsoft = 7\n";
        let limits = read(text).unwrap();
        assert_eq!(read(&toml::to_string(&limits).unwrap()).unwrap(), limits);
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
            ("nofile = -1", "invalid value: integer `-1`, expected a number or \"unlimited\""),
            ("nofile = 'infinity'", "invalid value: string \"infinity\", expected a number or \"unlimited\""),
            ("nofile = true", "expected a number, \"unlimited\", or a table with `soft` and `hard`"),
            ("nofile = { soft = '1' }", "invalid value: string \"1\", expected a number or \"unlimited\""),
            ("nofile = { max = 1 }", "unknown field `max`"),
        ] {
            let shown = read(text).unwrap_err().to_string();
            assert!(shown.contains(error), "{shown}");
        }
    }
}
