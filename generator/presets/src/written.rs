//! How values of the core are written in a preset: as in a spec.

use std::{fmt::Display, str::FromStr};

use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// A value that is a text.
pub mod text {
    use super::{Deserialize, Deserializer, Display, Error, FromStr, Serializer};

    pub fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(reader: D) -> Result<T, D::Error> {
        String::deserialize(reader)?.parse().map_err(D::Error::custom)
    }
}

/// One that may be missing.
pub mod optional {
    use super::{Deserializer, Display, FromStr, Serializer, text};

    #[expect(clippy::ref_option, reason = "serde calls it so")]
    pub fn serialize<T: Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => text::serialize(value, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(reader: D) -> Result<Option<T>, D::Error> {
        text::deserialize(reader).map(Some)
    }
}
