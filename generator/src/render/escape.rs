//! Quoting by the template engine: what a value becomes depends on the kind of the template, never on its author.

mod dockerfile;
mod shell;
mod svg;
mod yaml;

use std::borrow::Cow;

use minijinja::{AutoEscape, Error, ErrorKind, Output, State, Value, value::ValueKind};

pub use self::dockerfile::{is_path, json_string};

/// What a value becomes, or why it cannot be written.
type Quote = fn(&str) -> Result<String, Error>;

/// The texts of one kind of template, by the end of its name.
struct Language {
    suffix: &'static str,
    /// A text.
    text: Quote,
    /// A text in a list.
    item: Quote,
    /// The items of a list, one after the other.
    list: fn(&[String]) -> String,
    /// A value of the language's own, from its fields.
    special: fn(&Value) -> Result<String, Error>,
}

const LANGUAGES: [Language; 5] = [
    Language {
        suffix: ".sh",
        text: |text| Ok(shell::word(text)),
        item: |text| Ok(shell::word(text)),
        list: |items| items.join(" "),
        special: none,
    },
    Language {
        suffix: ".dockerfile",
        text: dockerfile::plain_word,
        item: |text| Ok(json_string(text)),
        list: array,
        special: |value| {
            let paths = value.get_attr("paths")?;
            Ok(array(&each(&paths, dockerfile::path)?))
        },
    },
    Language {
        suffix: ".compose.yaml",
        text: |text| Ok(yaml::scalar(&yaml::without_dollars(text))),
        item: |text| Ok(yaml::quoted(&yaml::without_dollars(text))),
        list: array,
        special: |value| {
            let field = |name| value.get_attr(name);
            yaml::required_variable(text(&field("required")?)?, text(&field("message")?)?)
        },
    },
    Language {
        suffix: ".kubernetes.yaml",
        text: |text| Ok(yaml::scalar(text)),
        // The only lists are commands and arguments, in which `$(NAME)` means a variable.
        item: |text| Ok(yaml::quoted(&yaml::without_dollars(text))),
        list: array,
        special: none,
    },
    Language {
        suffix: ".svg",
        text: |text| Ok(svg::text(text)),
        item: |text| Ok(svg::text(text)),
        list: |items| items.join(" "),
        special: none,
    },
];

/// How values are quoted in the template of this name.
pub fn kind(template: &str) -> AutoEscape {
    match language(template) {
        Some(language) => AutoEscape::Custom(Cow::Borrowed(language.suffix)),
        None => AutoEscape::None,
    }
}

fn language(template: &str) -> Option<&'static Language> {
    let name = template.strip_suffix(".j2")?;
    LANGUAGES.iter().find(|language| name.ends_with(language.suffix))
}

/// Writes a value: a text as one, a list as a list of the kind.
pub fn format(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let kind = state.auto_escape();
    let known = LANGUAGES.iter().find(|language| *kind == AutoEscape::Custom(Cow::Borrowed(language.suffix)));
    let Some(language) = known else {
        return Err(wrong("values are quoted by the template's suffix, and this one is unknown".to_string()));
    };
    // The formatter is not asked to be complete: what is no text, number, list or table is a mistake in a template.
    let text = if value.kind() == ValueKind::Seq {
        (language.list)(&each(value, language.item)?)
    } else if value.kind() == ValueKind::Map {
        (language.special)(value)?
    } else if value.is_integer() {
        value.to_string()
    } else {
        (language.text)(text(value)?)?
    };
    out.write_str(&text).map_err(Error::from)
}

fn each(list: &Value, quote: Quote) -> Result<Vec<String>, Error> {
    list.try_iter()?.map(|item| quote(text(&item)?)).collect()
}

/// As JSON, Dockerfiles and YAML have it.
pub fn array(items: &[String]) -> String {
    format!("[{}]", items.join(", "))
}

fn none(value: &Value) -> Result<String, Error> {
    Err(wrong(format!("a template shows {} as a text", value.kind())))
}

fn text(value: &Value) -> Result<&str, Error> {
    value.as_str().ok_or_else(|| wrong(format!("a template shows {} as a text", value.kind())))
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// Whether a reader can see the character, and every parser takes it as it is: no control character, none that changes
/// the direction of what follows, no space but the usual one, and none that has no meaning.
fn is_shown(c: char) -> bool {
    // Behind another character, or marks that belong to the one before would be shown by their numbers, too.
    "a\"'\\".contains(c) || ['a', c].iter().collect::<String>().escape_debug().count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_the_templates_suffix() {
        for (template, suffix) in [
            ("entrypoint.sh.j2", ".sh"),
            ("image.dockerfile.j2", ".dockerfile"),
            ("service.compose.yaml.j2", ".compose.yaml"),
            ("deployment.kubernetes.yaml.j2", ".kubernetes.yaml"),
            ("timeline.svg.j2", ".svg"),
        ] {
            assert_eq!(kind(template), AutoEscape::Custom(Cow::Borrowed(suffix)));
        }
        for template in ["x.j2", "x.yaml.j2", "x.sh"] {
            assert_eq!(kind(template), AutoEscape::None);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_not_shown() {
        for c in ['a', ' ', '"', '\'', '\\', '~', 'é', '漢', '😀', '\u{301}'] {
            assert!(is_shown(c), "{c:?}");
        }
        for c in
            ['\n', '\0', '\x1b', '\x7f', '\u{85}', '\u{a0}', '\u{200b}', '\u{202e}', '\u{2028}', '\u{feff}', '\u{ffff}']
        {
            assert!(!is_shown(c), "{c:?}");
        }
    }
}
