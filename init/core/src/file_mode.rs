//! The permissions of a file.

use alloc::string::String;
use core::{fmt, str::FromStr};

use crate::form;

/// The permissions of a file as chmod(2) takes them, written in octal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileMode(u32);

impl FileMode {
    /// As chmod(2) takes it.
    pub const fn bits(self) -> u32 {
        self.0
    }
}

impl Default for FileMode {
    /// Everybody may read it, its owner may write it.
    fn default() -> Self {
        Self(0o644)
    }
}

/// The text is no mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseFileModeError(String);

impl FromStr for FileMode {
    type Err = ParseFileModeError;

    /// Takes what chmod(1) takes, in octal digits: `0640`, `640`. A file that is written from a template is no program of
    /// somebody else: it has no set-user-ID bit.
    fn from_str(text: &str) -> Result<Self, ParseFileModeError> {
        let is_octal = (3..=4).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
        let bits = u32::from_str_radix(text, 8).ok().filter(|bits| is_octal && *bits <= 0o777);
        bits.map(Self).ok_or_else(|| ParseFileModeError(text.into()))
    }
}

impl fmt::Display for FileMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

impl fmt::Display for ParseFileModeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a file's mode: three octal digits, such as `0640`", self.0.escape_debug())
    }
}

impl core::error::Error for ParseFileModeError {}

form::text!(FileMode, "a file's mode, such as \"0640\"");

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn modes_are_octal() {
        for (text, bits, shown) in [("0640", 0o640, "0640"), ("640", 0o640, "0640"), ("0000", 0, "0000")] {
            let mode: FileMode = text.parse().unwrap();
            assert_eq!((mode.bits(), mode.to_string().as_str()), (bits, shown));
        }
        for text in ["", "8", "0", "64", "0o640", "4755", "1777", "00640", "+640", "-1", "u=rw", " 640"] {
            let error = text.parse::<FileMode>().unwrap_err();
            assert!(error.to_string().starts_with(&alloc::format!("`{text}` is not a file's mode")), "{error}");
        }
    }
}
