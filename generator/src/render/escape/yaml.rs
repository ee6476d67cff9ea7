//! Texts of YAML that every parser of every version reads as these texts.

use std::fmt::Write as _;

use minijinja::Error;
use wigwag_core::environment::is_name;

use super::{is_shown, wrong};

/// Words that are no texts for some version of YAML, in any case.
const WORDS: [&str; 9] = ["y", "yes", "n", "no", "true", "false", "on", "off", "null"];

/// A text as a person would write it: without quotes, where it can be nothing else.
pub fn scalar(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./-".contains(&byte);
    let starts_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    if starts_plain && text.bytes().all(is_plain) && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return text.to_string();
    }
    quoted(text)
}

/// A text in quotes.
pub fn quoted(text: &str) -> String {
    let mut yaml = String::from("\"");
    for c in text.chars() {
        let _ = match (c, u32::from(c)) {
            ('"' | '\\', _) => write!(yaml, "\\{c}"),
            _ if is_shown(c) => write!(yaml, "{c}"),
            (_, code @ ..=0xff) => write!(yaml, "\\x{code:02x}"),
            (_, code @ ..=0xffff) => write!(yaml, "\\u{code:04x}"),
            (_, code) => write!(yaml, "\\U{code:08x}"),
        };
    }
    yaml.push('"');
    yaml
}

/// What Compose and Kubernetes make this text of, again: to both, two dollars are one that begins no variable.
pub fn without_dollars(text: &str) -> String {
    text.replace('$', "$$")
}

/// A variable of Compose's own environment that it does not start without.
pub fn required_variable(name: &str, message: &str) -> Result<String, Error> {
    // Compose knows no quotes here: `}` ends the message, and `$` begins another variable.
    if !is_name(name) || message.contains(|c: char| "{}$".contains(c) || !is_shown(c)) {
        return Err(wrong(format!("Compose cannot ask for `{}`", name.escape_debug())));
    }
    Ok(quoted(&format!("{name}=${{{name}:?{message}}}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_something_else_is_quoted() {
        for text in ["httpd", "/run/x", "SIGTERM", "a.b-c_d"] {
            assert_eq!(scalar(text), text);
        }
        for text in
            ["", "1e3", "-", "~", "null", "Yes", "NO", "y", "a: b", "a #b", ".inf", "30s", "2026-01-01", "*a", "é"]
        {
            assert_eq!(scalar(text), format!("\"{text}\""));
        }
    }

    #[test]
    fn quotes_hold_everything() {
        assert_eq!(
            quoted("a\"b\\\n\u{85}\u{2028}\u{feff}\u{e0001}é😀"),
            r#""a\"b\\\x0a\x85\u2028\ufeff\U000e0001é😀""#
        );
    }

    #[test]
    fn a_required_variable_is_an_expression_of_compose() {
        let expected = "\"KEY=${KEY:?KEY is required}\"";
        assert_eq!(required_variable("KEY", "KEY is required").unwrap(), expected);
        for (name, message) in [("A-B", "x"), ("A", "$x"), ("A", "}"), ("A", "\n")] {
            assert!(required_variable(name, message).is_err(), "{name} {message:?}");
        }
    }
}
