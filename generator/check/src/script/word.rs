//! What is in a word.

/// What a word means, unless that depends on the environment or on other programs.
pub fn literal(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    let mut is_quoted = false;
    while let Some(next) = chars.next() {
        match next {
            '\'' if !is_quoted => text.extend(chars.by_ref().take_while(|next| *next != '\'')),
            '"' => is_quoted = !is_quoted,
            '\\' => match chars.next() {
                Some('\n') | None => {}
                Some(escaped) => {
                    if is_quoted && !matches!(escaped, '"' | '\\' | '$' | '`') {
                        text.push('\\');
                    }
                    text.push(escaped);
                }
            },
            '`' => return None,
            '$' if chars.peek().is_some_and(|next| next.is_alphanumeric() || "_{(@*#?!$-".contains(*next)) => {
                return None;
            }
            _ => text.push(next),
        }
    }
    Some(text)
}

/// The scripts in a word's `$( … )` and backquotes, each with where it begins in the word.
pub fn substitutions(raw: &str) -> Vec<(usize, &str)> {
    let bytes = raw.as_bytes();
    let mut found = Vec::new();
    let (mut at, mut is_quoted) = (0, false);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' => is_quoted = !is_quoted,
            b'\'' if !is_quoted => at = skip_to(bytes, at + 1, b'\''),
            b'`' => {
                let end = skip_to(bytes, at + 1, b'`');
                found.extend(raw.get(at + 1..end).map(|text| (at + 1, text)));
                at = end;
            }
            b'$' if bytes.get(at + 1) == Some(&b'(') && bytes.get(at + 2) != Some(&b'(') => {
                let end = closing(bytes, at + 2);
                found.extend(raw.get(at + 2..end).map(|text| (at + 2, text)));
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

fn skip_to(bytes: &[u8], from: usize, wanted: u8) -> usize {
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if wanted != b'\'' => at += 1,
            byte if *byte == wanted => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Where the bracket closes that is open at the beginning.
fn closing(bytes: &[u8], from: usize) -> usize {
    let (mut at, mut open) = (from, 1_u32);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\'' => at = skip_to(bytes, at + 1, b'\''),
            b'(' => open += 1,
            b')' if open == 1 => return at,
            b')' => open -= 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_known_if_nothing_else_decides() {
        assert_eq!(literal(r#"a'$b'"c \$d"\ e"#).as_deref(), Some("a$bc $d e"));
        assert_eq!(literal("100$").as_deref(), Some("100$"));
        for unknown in ["$a", "\"${a}\"", "`a`", "$(a)", "$@", "\"$1\""] {
            assert_eq!(literal(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn substitutions_are_found_where_they_are() {
        assert_eq!(substitutions(r#"x"$(a (b) ")")"#), [(4, "a (b) \"")]);
        assert_eq!(substitutions("'$(a)'`b`$((1))${c}"), [(7, "b")]);
        assert_eq!(substitutions("$(a"), [(2, "a")]);
    }
}
