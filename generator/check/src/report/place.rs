//! Places in a text as people and editors count them.

use std::ops::Range;

/// A line and a column in characters, both from 1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// The places of a text, of which there may be many.
pub struct Places<'t> {
    text: &'t str,
    /// Where its lines begin.
    lines: Vec<usize>,
}

impl<'t> Places<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, lines: std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect() }
    }

    /// The place of a byte.
    pub fn of(&self, byte: usize) -> Place {
        let byte = self.text.floor_char_boundary(byte);
        let line = self.lines.partition_point(|start| *start <= byte);
        let start = line.checked_sub(1).and_then(|line| self.lines.get(line)).copied().unwrap_or_default();
        Place { line, column: self.text.get(start..byte).unwrap_or_default().chars().count() + 1 }
    }

    /// Where a span begins and ends, as it is told.
    pub fn span(&self, span: &Range<usize>) -> (Place, Place) {
        let span = trimmed(self.text, span);
        (self.of(span.start), self.of(span.end))
    }
}

/// A span within the text, between characters, that does not end with a line's end.
pub fn trimmed(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.min(text.len())).max(start);
    let content = text.get(start..end).unwrap_or_default();
    start..start + content.trim_end().len()
}
