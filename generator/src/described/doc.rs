//! What the documentation of a key says that is data.

use toml::{Table, Value};

const DEFAULT: &str = "Default: ";
const REQUIRED: &str = "Required.";

/// As one line.
pub fn line(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The value that stands for a key that is left out, where it is always the same.
pub fn default(doc: &str) -> Option<Value> {
    let doc = line(doc);
    let after = doc.split_once(DEFAULT).and_then(|(_, rest)| rest.strip_prefix('`')?.split_once('`'));
    let before = doc.split_once("` (default)").and_then(|(start, _)| start.rsplit_once('`'));
    value(after.map(|(value, _)| value).or(before.map(|(_, value)| value))?)
}

/// Whether the key is never left out.
pub fn is_required(doc: &str) -> bool {
    doc.trim_end().ends_with(REQUIRED)
}

/// What is said about a key, without what is said about leaving it out; and that.
pub fn parts(doc: &str) -> (String, String) {
    let doc = line(doc);
    if let Some(rest) = doc.strip_suffix(REQUIRED) {
        return (rest.trim_end().into(), "required".into());
    }
    if let Some((before, rest)) = doc.split_once(DEFAULT) {
        let (default, after) = rest.split_once(". ").unwrap_or((rest.trim_end_matches('.'), ""));
        return (format!("{before}{after}").trim_end().into(), default.into());
    }
    let default = default(&doc).map(|default| format!("`{default}`"));
    (doc, default.unwrap_or_default())
}

/// A value as it is written.
fn value(text: &str) -> Option<Value> {
    let table: Table = toml::from_str(&format!("value = {text}")).ok()?;
    table.get("value").cloned()
}

/// With a capital at its beginning.
pub fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_is_a_code_span() {
        for (doc, is) in [
            ("How long.\nDefault: `\"10s\"`, as\nDocker does.", Some(Value::from("10s"))),
            ("`\"all\"` (default), or `\"main\"`.", Some(Value::from("all"))),
            ("Default: `false`.", Some(Value::from(false))),
            ("Default: `5`.", Some(Value::from(5))),
            ("Default: the user's `group`.", None),
            ("`\"abort\"` (default for pre-start).", None),
            ("Nothing.", None),
        ] {
            assert_eq!(default(doc), is, "{doc}");
        }
    }

    #[test]
    fn what_a_key_does_and_what_it_is_without_it_are_two_things() {
        for (doc, what, without) in [
            ("How long.\nDefault: `\"10s\"`, as Docker does.", "How long.", "`\"10s\"`, as Docker does"),
            ("How long. Default: the user's. No less.", "How long. No less.", "the user's"),
            ("`\"all\"` (default), or `\"main\"`.", "`\"all\"` (default), or `\"main\"`.", "`\"all\"`"),
            ("The version. Required.", "The version.", "required"),
            ("Nothing.", "Nothing.", ""),
        ] {
            assert_eq!(parts(doc), (what.to_string(), without.to_string()), "{doc}");
        }
    }
}
