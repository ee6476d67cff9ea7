//! What can be limited.

use alloc::string::String;
use core::{fmt, str::FromStr};

/// What is limited: the number of getrlimit(2), the same for x86-64 and arm64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource(u8);

/// At the place of its number each, without `RLIMIT_`.
const NAMES: [&str; 16] = [
    "cpu",
    "fsize",
    "data",
    "stack",
    "core",
    "rss",
    "nproc",
    "nofile",
    "memlock",
    "as",
    "locks",
    "sigpending",
    "msgqueue",
    "nice",
    "rtprio",
    "rttime",
];

impl Resource {
    pub(super) const NOFILE: Self = Self(7);

    /// The number.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Every name, for suggestions.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.into_iter()
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        NAMES.get(usize::from(self.0)).map_or(Ok(()), |name| f.write_str(name))
    }
}

/// The text is no resource's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseResourceError(String);

impl fmt::Display for ParseResourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a resource: ", self.0.escape_debug())?;
        NAMES.iter().enumerate().try_for_each(|(at, name)| write!(f, "{}`{name}`", if at == 0 { "" } else { ", " }))
    }
}

impl core::error::Error for ParseResourceError {}

impl FromStr for Resource {
    type Err = ParseResourceError;

    fn from_str(text: &str) -> Result<Self, ParseResourceError> {
        let number = NAMES.iter().position(|name| *name == text).and_then(|at| u8::try_from(at).ok());
        number.map(Self).ok_or_else(|| ParseResourceError(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn numbers_are_those_of_the_kernel() {
        for (name, number) in
            [("cpu", 0), ("stack", 3), ("core", 4), ("nproc", 6), ("nofile", 7), ("memlock", 8), ("rttime", 15)]
        {
            let resource: Resource = name.parse().unwrap();
            assert_eq!((resource.number(), resource.to_string().as_str()), (number, name));
        }
        assert_eq!(Resource::NOFILE.to_string(), "nofile");
        assert_eq!(Resource::names().filter(|name| name.parse::<Resource>().is_ok()).count(), 16);
    }
}
