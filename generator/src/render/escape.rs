//! Quoting by the template engine: what a value becomes depends on the kind of the template, never on its author.

use std::{borrow::Cow, fmt::Write as _};

use minijinja::{AutoEscape, Error, ErrorKind, Output, State, Value, value::ValueKind};

const SHELL: AutoEscape = AutoEscape::Custom(Cow::Borrowed("shell"));
const DOCKERFILE: AutoEscape = AutoEscape::Custom(Cow::Borrowed("dockerfile"));

/// How values are quoted in the template of this name.
pub fn kind(template: &str) -> AutoEscape {
    match template.strip_suffix(".j2").and_then(|name| name.rsplit_once('.')) {
        Some((_, "sh")) => SHELL,
        Some((_, "dockerfile")) => DOCKERFILE,
        _ => AutoEscape::None,
    }
}

/// Writes a value: a text as one word, a list as a list of the kind.
pub fn format(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let kind = state.auto_escape();
    let is_list = value.kind() == ValueKind::Seq;
    let text = if *kind == SHELL {
        if is_list { each(value, shell_word)?.join(" ") } else { shell_word(text(value)?) }
    } else if *kind == DOCKERFILE {
        if is_list { format!("[{}]", each(value, json_string)?.join(", ")) } else { plain_word(text(value)?)? }
    } else {
        return Err(wrong("values are quoted by the template's suffix, and this one is unknown".to_string()));
    };
    out.write_str(&text).map_err(Error::from)
}

fn each(list: &Value, quote: fn(&str) -> String) -> Result<Vec<String>, Error> {
    list.try_iter()?.map(|item| text(&item).map(quote)).collect()
}

fn text(value: &Value) -> Result<&str, Error> {
    value.as_str().ok_or_else(|| wrong(format!("a template shows {} as a text", value.kind())))
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// A word that every shell reads as this text, whatever it is.
fn shell_word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_string();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A word that needs no quotes in a Dockerfile, which has none.
fn plain_word(text: &str) -> Result<String, Error> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./+".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return Ok(text.to_string());
    }
    Err(wrong(format!("`{}` is no plain word of a Dockerfile", text.escape_debug())))
}

/// Dockerfiles substitute nothing in the arrays of ENTRYPOINT and CMD, so that JSON's own escapes are all it takes.
fn json_string(text: &str) -> String {
    let mut json = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(json, "\\u{:04x}", u32::from(c));
            }
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_words_are_one_word() {
        for (text, word) in [
            ("httpd", "httpd"),
            ("-DFOREGROUND", "-DFOREGROUND"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("~", "'~'"),
            ("$(x)`y`\n", "'$(x)`y`\n'"),
            ("é", "'é'"),
        ] {
            assert_eq!(shell_word(text), word);
        }
    }

    #[test]
    fn json_strings_are_on_one_line() {
        assert_eq!(json_string("a\"b\\c\n\u{7f}é😀$HOME"), r#""a\"b\\c\u000a\u007fé😀$HOME""#);
    }

    #[test]
    fn a_dockerfile_has_no_quotes_for_a_word() {
        assert_eq!(plain_word("SIGRTMIN+3").unwrap(), "SIGRTMIN+3");
        for text in ["", "a b", "$X", "a\n"] {
            assert!(plain_word(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_kind_is_the_templates_suffix() {
        assert_eq!(kind("entrypoint.sh.j2"), SHELL);
        assert_eq!(kind("image.dockerfile.j2"), DOCKERFILE);
        assert_eq!(kind("x.j2"), AutoEscape::None);
    }
}
