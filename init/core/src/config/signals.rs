//! What signals do.

use core::fmt;

use crate::{
    ParseSignalError, Signal, Source,
    form::{self, Fields, Form, Kind, Problems, Record, Value},
};

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

form::text!(Reaction, "a signal, \"drop\", \"stop\" or \"hook\"");

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

#[derive(Clone, Default)]
struct BySource {
    tty: Option<Reaction>,
    other: Option<Reaction>,
}

impl Record for BySource {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.optional("tty", &mut self.tty);
        fields.optional("other", &mut self.other);
    }
}

impl Form for SignalRule {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        if let Kind::Table(_) = value.kind {
            let BySource { tty, other } = Form::read(value, problems)?;
            return Some(Self { tty, other });
        }
        let expected = "a signal, \"drop\", \"stop\", \"hook\", or a table with `tty` and `other`";
        form::values::parse(value, problems, expected).map(Self::always)
    }

    fn write(&self) -> Option<Value> {
        match *self {
            Self { tty: Some(tty), other: Some(other) } if tty == other => tty.write(),
            Self { tty, other } => BySource { tty, other }.write(),
        }
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

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::As(signal) => signal.fmt(f),
            Self::Drop => f.write_str("drop"),
        }
    }
}

impl core::str::FromStr for Delivery {
    type Err = ParseSignalError;

    /// `drop`, or a signal. What `stop` means elsewhere it cannot mean here, nor is it SIGSTOP without its `SIG`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "drop" => Ok(Self::Drop),
            "stop" => Err(ParseSignalError::of(text)),
            _ => text.parse().map(Self::As),
        }
    }
}

form::text!(Delivery, "a signal or \"drop\"");
