//! Lines of output: how they are shown and compared.

/// Bytes as text in which nothing is hidden: `a\xff\n`.
pub fn printable(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// Whether the line is the pattern, in which `*` stands for any text.
pub fn matches(pattern: &str, line: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == line };
    let Some(rest) = line.strip_prefix(head) else { return false };
    let starts = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    starts.into_iter().any(|at| matches(tail, &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, line, expected) in [
            ("ready", "ready", true),
            ("ready", "ready ", false),
            ("a*", "abc", true),
            ("a*", "ba", false),
            ("*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abcd", false),
            ("*é", "xé", true),
        ] {
            assert_eq!(matches(pattern, line), expected, "{pattern} {line}");
        }
    }

    #[test]
    fn no_byte_is_hidden() {
        assert_eq!(printable(b"a\xff\n\0 b"), r"a\xff\n\x00 b");
    }
}
