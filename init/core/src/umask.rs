//! The file mode creation mask.

use alloc::string::String;
use core::{fmt, str::FromStr};

use crate::form;

/// The file mode creation mask of umask(2), written in octal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Umask(u32);

impl Umask {
    /// As umask(2) takes it.
    pub const fn bits(self) -> u32 {
        self.0
    }
}

/// The text is no mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseUmaskError(String);

impl FromStr for Umask {
    type Err = ParseUmaskError;

    /// Takes what the umask of a shell takes: `0027`, `027`, `27`.
    fn from_str(text: &str) -> Result<Self, ParseUmaskError> {
        let is_octal = text.len() <= 4 && text.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
        let bits = u32::from_str_radix(text, 8).ok().filter(|bits| is_octal && *bits <= 0o777);
        bits.map(Self).ok_or_else(|| ParseUmaskError(text.into()))
    }
}

impl fmt::Display for Umask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

impl fmt::Display for ParseUmaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a umask: octal digits, from `0000` to `0777`", self.0.escape_debug())
    }
}

impl core::error::Error for ParseUmaskError {}

form::text!(Umask, "a umask, such as \"0027\"");

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn masks_are_octal() {
        for (text, bits, shown) in [
            ("0027", 0o27, "0027"),
            ("027", 0o27, "0027"),
            ("27", 0o27, "0027"),
            ("0", 0, "0000"),
            ("0777", 0o777, "0777"),
        ] {
            let umask: Umask = text.parse().unwrap();
            assert_eq!((umask.bits(), umask.to_string().as_str()), (bits, shown));
        }
        for text in ["", "8", "0o27", "1000", "00027", "+27", "-1", "u=rwx", " 27"] {
            let error = text.parse::<Umask>().unwrap_err();
            assert_eq!(
                error.to_string(),
                alloc::format!("`{text}` is not a umask: octal digits, from `0000` to `0777`")
            );
        }
    }
}
