//! How messages are written: each field after the other, numbers with their least significant byte first, texts and lists
//! with their length before them.

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::PROTOCOL;
use crate::{Failure, Millis, Outcome, Signal, Source};

/// What can be part of a message.
pub trait Wire: Sized {
    /// Writes it.
    fn put(&self, bytes: &mut Vec<u8>);

    /// Reads it, and takes it from the bytes.
    ///
    /// # Errors
    /// What does not fit.
    fn take(bytes: &mut &[u8]) -> Result<Self, Malformed>;
}

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It has another version.
    Version(u8),
    /// It ends too early.
    Short,
    /// Bytes are left at its end.
    Long,
    /// A number that means nothing there.
    Unknown,
    /// A text that is no UTF-8.
    Text,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => write!(f, "protocol {version} instead of {PROTOCOL}"),
            Self::Short => f.write_str("a message that ends too early"),
            Self::Long => f.write_str("a message with bytes left at its end"),
            Self::Unknown => f.write_str("a message with a number that means nothing"),
            Self::Text => f.write_str("a message with a text that is no UTF-8"),
        }
    }
}

/// The message of all these bytes.
pub(super) fn decode<T: Wire>(mut bytes: &[u8]) -> Result<T, Malformed> {
    match u8::take(&mut bytes)? {
        PROTOCOL => {}
        other => return Err(Malformed::Version(other)),
    }
    let message = T::take(&mut bytes)?;
    if bytes.is_empty() { Ok(message) } else { Err(Malformed::Long) }
}

/// The fields of a struct, in their order.
macro_rules! record {
    ($type:ident { $($field:ident),* $(,)? }) => {
        impl $crate::plugin::wire::Wire for $type {
            fn put(&self, bytes: &mut alloc::vec::Vec<u8>) {
                $($crate::plugin::wire::Wire::put(&self.$field, bytes);)*
            }

            fn take(bytes: &mut &[u8]) -> Result<Self, $crate::plugin::wire::Malformed> {
                Ok(Self { $($field: $crate::plugin::wire::Wire::take(bytes)?),* })
            }
        }
    };
}

/// The variants of an enum, each with its number and the types in it.
macro_rules! variants {
    ($type:ident { $($number:literal = $name:ident $(($($field:ty),+))?),* $(,)? }) => {
        impl $crate::plugin::wire::Wire for $type {
            fn put(&self, bytes: &mut alloc::vec::Vec<u8>) {
                $($crate::plugin::wire::variants!(@put self, bytes, $number, $type::$name $(($($field),+))?);)*
            }

            fn take(bytes: &mut &[u8]) -> Result<Self, $crate::plugin::wire::Malformed> {
                match u8::take(bytes)? {
                    $($number => Ok($type::$name $(($(<$field as $crate::plugin::wire::Wire>::take(bytes)?),+))?),)*
                    _ => Err($crate::plugin::wire::Malformed::Unknown),
                }
            }
        }
    };
    (@put $self:ident, $bytes:ident, $number:literal, $type:ident::$name:ident) => {
        if let $type::$name = $self {
            $bytes.push($number);
        }
    };
    (@put $self:ident, $bytes:ident, $number:literal, $type:ident::$name:ident($first:ty)) => {
        if let $type::$name(first) = $self {
            $bytes.push($number);
            $crate::plugin::wire::Wire::put(first, $bytes);
        }
    };
    (@put $self:ident, $bytes:ident, $number:literal, $type:ident::$name:ident($first:ty, $second:ty)) => {
        if let $type::$name(first, second) = $self {
            $bytes.push($number);
            $crate::plugin::wire::Wire::put(first, $bytes);
            $crate::plugin::wire::Wire::put(second, $bytes);
        }
    };
}

pub(super) use {record, variants};

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Wire for $type {
            fn put(&self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }

            fn take(bytes: &mut &[u8]) -> Result<Self, Malformed> {
                let (number, rest) = bytes.split_first_chunk().ok_or(Malformed::Short)?;
                *bytes = rest;
                Ok(Self::from_le_bytes(*number))
            }
        }
    )*};
}

numbers!(u8 u16 u32 u64);

impl Wire for bool {
    fn put(&self, bytes: &mut Vec<u8>) {
        bytes.push(u8::from(*self));
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, Malformed> {
        match u8::take(bytes)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed::Unknown),
        }
    }
}

impl Wire for () {
    fn put(&self, _bytes: &mut Vec<u8>) {}

    fn take(_bytes: &mut &[u8]) -> Result<Self, Malformed> {
        Ok(())
    }
}

impl Wire for Signal {
    fn put(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.number());
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, Malformed> {
        u8::take(bytes).and_then(|number| Self::new(number).ok_or(Malformed::Unknown))
    }
}

impl Wire for Millis {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.0.put(bytes);
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, Malformed> {
        u64::take(bytes).map(Self)
    }
}

impl Wire for String {
    fn put(&self, bytes: &mut Vec<u8>) {
        length(self.len(), bytes);
        bytes.extend_from_slice(self.as_bytes());
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, Malformed> {
        let length = usize::try_from(u32::take(bytes)?).map_err(|_| Malformed::Short)?;
        let (text, rest) = bytes.split_at_checked(length).ok_or(Malformed::Short)?;
        *bytes = rest;
        str::from_utf8(text).map(Into::into).map_err(|_| Malformed::Text)
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn put(&self, bytes: &mut Vec<u8>) {
        length(self.len(), bytes);
        for item in self {
            item.put(bytes);
        }
    }

    /// Nothing is set aside for a length that is only said: every item takes a byte at least, so that no list is longer
    /// than its message.
    fn take(bytes: &mut &[u8]) -> Result<Self, Malformed> {
        let length = u32::take(bytes)?;
        if usize::try_from(length).map_or(true, |length| length > bytes.len()) {
            return Err(Malformed::Short);
        }
        (0..length).map(|_| T::take(bytes)).collect()
    }
}

/// A message that is longer than its numbers can say is never sent: it is longer than [`MAX_MESSAGE`](super::MAX_MESSAGE).
fn length(length: usize, bytes: &mut Vec<u8>) {
    u32::try_from(length).unwrap_or(u32::MAX).put(bytes);
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.is_some().put(bytes);
        if let Some(value) = self {
            value.put(bytes);
        }
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, Malformed> {
        bool::take(bytes)?.then(|| T::take(bytes)).transpose()
    }
}

impl<T: Wire, E: Wire> Wire for Result<T, E> {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.is_ok().put(bytes);
        match self {
            Ok(value) => value.put(bytes),
            Err(error) => error.put(bytes),
        }
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, Malformed> {
        if bool::take(bytes)? { T::take(bytes).map(Ok) } else { E::take(bytes).map(Err) }
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.0.put(bytes);
        self.1.put(bytes);
    }

    fn take(bytes: &mut &[u8]) -> Result<Self, Malformed> {
        Ok((A::take(bytes)?, B::take(bytes)?))
    }
}

variants!(Source { 0 = Terminal, 1 = Process });
variants!(Outcome { 0 = Exited(u8), 1 = Killed(Signal), 2 = NotStarted(Failure) });
variants!(Failure { 0 = NotFound, 1 = NotExecutable, 2 = NoProcess });
