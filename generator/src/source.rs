//! The text of a spec, as it was read.

use std::ops::Range;

/// The largest spec that is read. A person's spec has a few kilobytes; what has more is another file.
pub const LIMIT: usize = 1 << 20;

/// A spec's text and the name to call it by.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path, or `<stdin>`.
    pub name: String,
    /// The text, without a byte order mark.
    pub text: String,
}

impl Source {
    /// The text of these bytes, or why they are no text.
    pub fn new(name: &str, bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > LIMIT {
            return Err(format!("{name}: the spec is {} bytes, the limit is {LIMIT}", bytes.len()));
        }
        match str::from_utf8(bytes) {
            Ok(text) => {
                Ok(Self { name: name.to_string(), text: text.strip_prefix('\u{feff}').unwrap_or(text).to_string() })
            }
            Err(error) => {
                let at = error.valid_up_to();
                let line = bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
                let byte = bytes.get(at).copied().unwrap_or_default();
                Err(format!("{name}:{line}: byte {at} is {byte:#04x}, which is not UTF-8"))
            }
        }
    }

    /// A span that lies in the text, between characters.
    pub(crate) fn clamp(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(span.start);
        start..self.text.ceil_char_boundary(span.end.max(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_located() {
        let error = |bytes: &[u8]| Source::new("w.toml", bytes).unwrap_err();
        assert_eq!(error(b"a = 1\nb = \"\xff\"\n"), "w.toml:2: byte 11 is 0xff, which is not UTF-8");
        assert_eq!(error(b"\xff\xfev\0"), "w.toml:1: byte 0 is 0xff, which is not UTF-8");
        assert_eq!(error(b"\xe6\xbc"), "w.toml:1: byte 0 is 0xe6, which is not UTF-8");
    }

    #[test]
    fn a_spec_has_a_size() {
        assert!(Source::new("w.toml", &vec![b'#'; LIMIT]).is_ok());
        assert_eq!(
            Source::new("w.toml", &vec![0xff; LIMIT + 1]).unwrap_err(),
            "w.toml: the spec is 1048577 bytes, the limit is 1048576"
        );
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        assert_eq!(Source::new("w.toml", b"\xef\xbb\xbfversion = 1").unwrap().text, "version = 1");
    }
}
