//! Places in a text as people and editors count them.

use std::ops::Range;

/// A line and a column in characters, both from 1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

impl Place {
    /// The place of a byte.
    pub fn of(text: &str, byte: usize) -> Self {
        let before = text.get(..text.floor_char_boundary(byte)).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self { line: before.bytes().filter(|byte| *byte == b'\n').count() + 1, column: line.chars().count() + 1 }
    }
}

/// A span within the text, between characters, that does not end with a line's end.
pub fn trimmed(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.min(text.len())).max(start);
    let content = text.get(start..end).unwrap_or_default();
    start..start + content.trim_end().len()
}
