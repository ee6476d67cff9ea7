//! A set of numbers, as written in a case: `"1-8 10-16 64"`.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};

/// Numbers in the order in which they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers(pub Vec<u8>);

impl Numbers {
    /// Without their order.
    pub fn set(&self) -> BTreeSet<u8> {
        self.0.iter().copied().collect()
    }
}

impl std::str::FromStr for Numbers {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut numbers = Vec::new();
        for word in text.split_ascii_whitespace() {
            let (first, last) = word.split_once('-').unwrap_or((word, word));
            numbers.extend(first.parse::<u8>()?..=last.parse()?);
        }
        Ok(Self(numbers))
    }
}

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_single_numbers_are_taken_in_order() {
        assert_eq!("3-5 1 254-255".parse(), Ok(Numbers(vec![3, 4, 5, 1, 254, 255])));
        assert_eq!("".parse(), Ok(Numbers(vec![])));
        assert!("1-".parse::<Numbers>().is_err());
        assert!("256".parse::<Numbers>().is_err());
    }
}
