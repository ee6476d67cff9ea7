//! Words of sh.

/// A word that every shell reads as this text, whatever it is.
pub fn word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_string();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_words_are_one_word() {
        for (text, expected) in [
            ("httpd", "httpd"),
            ("-DFOREGROUND", "-DFOREGROUND"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("~", "'~'"),
            ("$(x)`y`\n", "'$(x)`y`\n'"),
            ("é", "'é'"),
        ] {
            assert_eq!(word(text), expected);
        }
    }
}
