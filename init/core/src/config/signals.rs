//! What signals do.

use alloc::borrow::Cow;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{ParseSignalError, Signal, Source};

/// What a signal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reaction {
    /// The services get this signal: [`Service::signals`](super::Service::signals) says which of them.
    Forward(Signal),
    /// Nothing.
    Drop,
    /// It asks for a stop, as the platform's stop signal does.
    Stop,
    /// The hooks for it run.
    Hook,
}

impl fmt::Display for Reaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forward(signal) => signal.fmt(f),
            Self::Drop => f.write_str("drop"),
            Self::Stop => f.write_str("stop"),
            Self::Hook => f.write_str("hook"),
        }
    }
}

impl core::str::FromStr for Reaction {
    type Err = ParseSignalError;

    /// `drop`, `stop`, `hook`, or a signal. The words are in lower case, so that SIGSTOP without its `SIG` is not
    /// mistaken for `stop`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "drop" => Ok(Self::Drop),
            "stop" => Ok(Self::Stop),
            "hook" => Ok(Self::Hook),
            _ => text.parse().map(Self::Forward),
        }
    }
}

impl Serialize for Reaction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Reaction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(|error: ParseSignalError| de::Error::custom(error))
    }
}

/// What a signal does, by where it comes from; what is not said is as without a rule. It is written as one reaction when
/// it is the same from everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignalRule {
    /// From the terminal: its keys, its size, its end.
    pub tty: Option<Reaction>,
    /// From a process: the platform, above all.
    pub other: Option<Reaction>,
}

impl SignalRule {
    /// The same, wherever it comes from.
    pub const fn always(reaction: Reaction) -> Self {
        Self { tty: Some(reaction), other: Some(reaction) }
    }

    /// What it says about a source.
    pub const fn reaction(self, source: Source) -> Option<Reaction> {
        match source {
            Source::Terminal => self.tty,
            Source::Process => self.other,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BySource {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tty: Option<Reaction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    other: Option<Reaction>,
}

impl Serialize for SignalRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self { tty: Some(tty), other: Some(other) } if tty == other => tty.serialize(serializer),
            Self { tty, other } => BySource { tty, other }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for SignalRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RuleVisitor)
    }
}

struct RuleVisitor;

impl<'de> de::Visitor<'de> for RuleVisitor {
    type Value = SignalRule;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a signal, \"drop\", \"stop\", \"hook\", or a table with `tty` and `other`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<SignalRule, E> {
        text.parse().map(SignalRule::always).map_err(E::custom)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<SignalRule, A::Error> {
        let BySource { tty, other } = BySource::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(SignalRule { tty, other })
    }
}

/// What a service gets of a signal that is forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// This signal.
    As(Signal),
    /// Nothing.
    Drop,
}

impl Serialize for Delivery {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::As(signal) => signal.serialize(serializer),
            Self::Drop => serializer.serialize_str("drop"),
        }
    }
}

impl<'de> Deserialize<'de> for Delivery {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        match text.as_ref() {
            "drop" => Ok(Self::Drop),
            signal => signal.parse().map(Self::As).map_err(|error: ParseSignalError| de::Error::custom(error)),
        }
    }
}
