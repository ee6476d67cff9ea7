//! How much room a text takes where every character has its cell.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The cells of a text.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text, or as much of its beginning as goes into so many cells, and an ellipsis.
pub fn shortened(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_string();
    }
    let mut left = cells.saturating_sub(1);
    let fits = |c: &char| {
        let rest = left.checked_sub(c.width().unwrap_or_default());
        left = rest.unwrap_or(left);
        rest.is_some()
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// The text and as many spaces as it takes to fill so many cells.
pub fn padded(text: &str, cells: usize) -> String {
    let text = shortened(text, cells);
    let spaces = cells.saturating_sub(width(&text));
    text + &" ".repeat(spaces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_its_cells() {
        for (text, expected) in
            [("abc", "abc "), ("abcd", "abcd"), ("abcde", "abc…"), ("漢字", "漢字"), ("漢字x", "漢… "), ("", "    ")]
        {
            assert_eq!(padded(text, 4), expected);
            assert_eq!(width(expected), 4, "{expected}");
        }
    }
}
