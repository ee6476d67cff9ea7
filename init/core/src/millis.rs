//! Time in milliseconds: lengths, and points on whatever monotonic clock the caller has.

use alloc::string::String;
use core::{fmt, str::FromStr};

use crate::form;

/// Milliseconds. Sums stop at the largest value and differences at zero, so that no arithmetic on times can fail.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    /// No time.
    pub const ZERO: Self = Self(0);

    /// The point this much later, or the sum of two lengths.
    #[must_use]
    pub const fn plus(self, more: Self) -> Self {
        Self(self.0.saturating_add(more.0))
    }

    /// What is left of this after `less`; nothing when `less` is more.
    #[must_use]
    pub const fn minus(self, less: Self) -> Self {
        Self(self.0.saturating_sub(less.0))
    }
}

impl core::iter::Sum for Millis {
    fn sum<I: Iterator<Item = Self>>(lengths: I) -> Self {
        lengths.fold(Self::ZERO, Self::plus)
    }
}

/// Units from the largest to the smallest, as Compose and Kubernetes write them.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl fmt::Display for Millis {
    /// In the form that is read: `1m30s`, `500ms`, `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (unit, length) in UNITS {
            if let Some(count @ 1..) = rest.checked_div(length) {
                write!(f, "{count}{unit}")?;
                rest = rest.saturating_sub(count.saturating_mul(length));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no length of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseMillisError(String);

impl fmt::Display for ParseMillisError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a duration", self.0.escape_debug())
    }
}

impl core::error::Error for ParseMillisError {}

impl FromStr for Millis {
    type Err = ParseMillisError;

    /// Whole numbers with a unit (`h`, `m`, `s`, `ms`), largest unit first, each at most once: `10s`, `1m30s`, `500ms`.
    /// At most 1 000 hours: a longer one is a mistake, and every sum of a spec's times stays far from the largest value.
    fn from_str(text: &str) -> Result<Self, ParseMillisError> {
        parse(text).ok_or_else(|| ParseMillisError(text.into()))
    }
}

fn parse(text: &str) -> Option<Millis> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (digits, tail) = rest.split_at_checked(rest.bytes().take_while(u8::is_ascii_digit).count())?;
        let (unit, next) = tail.split_at_checked(tail.bytes().take_while(u8::is_ascii_alphabetic).count())?;
        let (_, length) = units.by_ref().find(|(known, _)| *known == unit)?;
        total = total.checked_add(digits.parse::<u64>().ok()?.checked_mul(*length)?)?;
        rest = next;
    }
    (!text.is_empty() && total <= 3_600_000_000).then_some(Millis(total))
}

form::text!(Millis, "a duration, such as \"1m30s\"");

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use super::*;

    #[test]
    fn times_are_read_and_written_back() {
        for (text, millis) in [
            ("0s", 0),
            ("1ms", 1),
            ("500ms", 500),
            ("10s", 10_000),
            ("1m30s", 90_000),
            ("1h2m3s4ms", 3_723_004),
            ("1000h", 3_600_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Millis(millis)), "{text}");
            assert_eq!(Millis(millis).to_string(), text);
            assert_eq!(format!("{:?}", Millis(millis)), text);
        }
        assert_eq!("90s".parse(), Ok(Millis(90_000)));
        assert_eq!("90m".parse::<Millis>().unwrap().to_string(), "1h30m");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "10",
            "s",
            "-1s",
            "1.5s",
            "1s ",
            " 1s",
            "1 s",
            "30s1m",
            "1s1s",
            "1d",
            "1S",
            "1sec",
            "1s,",
            "1001h",
            "99999999999999999999s",
            "18446744073709551615h",
            "1é",
        ] {
            assert!(text.parse::<Millis>().is_err(), "{text}");
        }
        assert_eq!("\n".parse::<Millis>().unwrap_err().to_string(), "`\\n` is not a duration");
    }

    #[test]
    fn sums_and_differences_stay_in_range() {
        assert_eq!(Millis(u64::MAX).plus(Millis(1)), Millis(u64::MAX));
        assert_eq!(Millis(1).minus(Millis(2)), Millis::ZERO);
        assert_eq!([Millis(1), Millis(2)].into_iter().sum::<Millis>(), Millis(3));
    }
}
