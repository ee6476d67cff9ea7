//! Words, arrays and paths of Dockerfiles.

use std::fmt::Write as _;

use minijinja::Error;

use super::{is_shown, wrong};

/// A word that needs no quotes in a Dockerfile, which has none.
pub fn plain_word(text: &str) -> Result<String, Error> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./+".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return Ok(text.to_string());
    }
    Err(wrong(format!("`{}` is no plain word of a Dockerfile", text.escape_debug())))
}

/// Dockerfiles substitute nothing in the arrays of ENTRYPOINT, CMD and RUN, so that JSON's own escapes are all it takes.
pub fn json_string(text: &str) -> String {
    let mut json = String::from("\"");
    // Before the closing quote, hadolint takes an escaped backslash for one that escapes the quote.
    let last = text.len().saturating_sub(1);
    for (at, c) in text.char_indices() {
        match c {
            '\\' if at == last => json.push_str("\\u005c"),
            '"' | '\\' => json.extend(['\\', c]),
            c if is_shown(c) => json.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(json, "\\u{unit:04x}");
                }
            }
        }
    }
    json.push('"');
    json
}

/// A path of COPY, in whose arrays variables are substituted, quotes taken off and patterns matched.
pub fn path(text: &str) -> Result<String, Error> {
    if !is_path(text) {
        return Err(wrong(format!("`{}` is no path for COPY", text.escape_debug())));
    }
    let is_plain = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "_-./+,:=@%".contains(c);
    let escape = |c| (!is_plain(c)).then_some('\\').into_iter().chain([c]);
    Ok(json_string(&text.chars().flat_map(escape).collect::<String>()))
}

/// Whether COPY can name it: builders do not agree about how a character of a pattern is meant literally.
pub fn is_path(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_control() || "*?[]\\".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_strings_are_on_one_line() {
        assert_eq!(json_string("a\"b\\c\n\u{7f}é😀$HOME"), r#""a\"b\\c\u000a\u007fé😀$HOME""#);
        assert_eq!(json_string("\\a\\"), r#""\\a\u005c""#);
        assert_eq!(json_string("\u{feff}\u{202e}\u{e0001}"), r#""\ufeff\u202e\udb40\udc01""#);
    }

    #[test]
    fn a_dockerfile_has_no_quotes_for_a_word() {
        assert_eq!(plain_word("SIGRTMIN+3").unwrap(), "SIGRTMIN+3");
        for text in ["", "a b", "$X", "a\n"] {
            assert!(plain_word(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nothing_is_substituted_in_a_path() {
        assert_eq!(path("/etc/wigwag/x-1.cwasm").unwrap(), r#""/etc/wigwag/x-1.cwasm""#);
        assert_eq!(path("it's $X").unwrap(), r#""it\\'s\\ \\$X""#);
        for text in ["", "*", "a?", "[a]", "a\\b", "a\nb"] {
            assert!(path(text).is_err(), "{text}");
        }
    }
}
