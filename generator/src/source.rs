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
            return Err(too_large(name, bytes.len() as u64));
        }
        let valid = str::from_utf8(bytes).map_err(|error| error.valid_up_to());
        // UTF-16 without its mark is valid, and so is much of a program.
        let nul = bytes.iter().position(|byte| *byte == 0);
        match (valid, nul) {
            (Ok(text), None) => {
                Ok(Self { name: name.to_string(), text: text.strip_prefix('\u{feff}').unwrap_or(text).to_string() })
            }
            (Err(at), None) => Err(no_text(name, bytes, at, "which is not UTF-8")),
            (Ok(_), Some(at)) => Err(no_text(name, bytes, at, "which no text has")),
            (Err(at), Some(nul)) if nul < at => Err(no_text(name, bytes, nul, "which no text has")),
            (Err(at), Some(_)) => Err(no_text(name, bytes, at, "which is not UTF-8")),
        }
    }

    /// A span that lies in the text, between characters.
    pub(crate) fn clamp(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(span.start);
        start..self.text.ceil_char_boundary(span.end.max(start))
    }
}

/// Says that a file of this many bytes is not read.
pub fn too_large(name: &str, bytes: u64) -> String {
    format!("{bytes} bytes, the limit is {LIMIT}\n --> {name}\n  = help: a spec has a few kilobytes: name another file")
}

/// Says where a byte stands that makes these bytes no text, and what they may be.
fn no_text(name: &str, bytes: &[u8], at: usize, why: &str) -> String {
    let before = bytes.get(..at).unwrap_or_default();
    let line = before.split(|byte| *byte == b'\n').count();
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let column = String::from_utf8_lossy(before.get(start..).unwrap_or_default()).chars().count() + 1;
    let byte = bytes.get(at).copied().unwrap_or_default();
    let help = match bytes {
        [0x7f, b'E', b'L', b'F', ..] => "this is a program, not a spec",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, 0, _, ..] | [_, 0, _, 0, ..] => {
            "this looks like UTF-16: save it as UTF-8"
        }
        _ if bytes.iter().filter(|byte| **byte == 0).nth(1).is_some() => "this is no text file",
        _ if byte == 0 => "take it out",
        _ => "save it as UTF-8",
    };
    format!("byte {byte:#04x}, {why}\n --> {name}:{line}:{column}\n  = help: {help}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_located() {
        let error = |bytes: &[u8]| Source::new("w.toml", bytes).unwrap_err();
        assert_eq!(
            error("a = 1\nü = \"caf\u{e9}\"\n".as_bytes().strip_suffix(b"\xa9\"\n").unwrap()),
            "byte 0xc3, which is not UTF-8\n --> w.toml:2:9\n  = help: save it as UTF-8"
        );
        for (bytes, what) in [
            (
                b"\xff\xfev\0".as_slice(),
                "byte 0xff, which is not UTF-8\n --> w.toml:1:1\n  = help: this looks like UTF-16: save it as UTF-8",
            ),
            (
                b"v\0e\0",
                "byte 0x00, which no text has\n --> w.toml:1:2\n  = help: this looks like UTF-16: save it as UTF-8",
            ),
            (
                b"\x7fELF\x02\0\xff",
                "byte 0x00, which no text has\n --> w.toml:1:6\n  = help: this is a program, not a spec",
            ),
            (b"\xffab\0c\0", "byte 0xff, which is not UTF-8\n --> w.toml:1:1\n  = help: this is no text file"),
            (b"\xe6\xbc", "byte 0xe6, which is not UTF-8\n --> w.toml:1:1\n  = help: save it as UTF-8"),
        ] {
            assert_eq!(error(bytes), what);
        }
    }

    #[test]
    fn a_spec_has_a_size() {
        assert!(Source::new("w.toml", &vec![b'#'; LIMIT]).is_ok());
        assert_eq!(
            Source::new("w.toml", &vec![0xff; LIMIT + 1]).unwrap_err(),
            "1048577 bytes, the limit is 1048576\n --> w.toml\n  = help: a spec has a few kilobytes: name another file"
        );
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        assert_eq!(Source::new("w.toml", b"\xef\xbb\xbfversion = 1").unwrap().text, "version = 1");
    }
}
