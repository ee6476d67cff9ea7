//! Texts of SVG.

use super::is_shown;

/// A text between tags, or in quotes; XML cannot hold every character, so that those that nobody sees are named.
pub fn text(text: &str) -> String {
    let mut xml = String::new();
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\'' => xml.push_str("&#39;"),
            c if is_shown(c) => xml.push(c),
            c => xml.extend(c.escape_debug()),
        }
    }
    xml
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_ends_a_text() {
        assert_eq!(super::text("</text>&\"'\u{1}é"), "&lt;/text&gt;&amp;&quot;&#39;\\u{1}é");
    }
}
