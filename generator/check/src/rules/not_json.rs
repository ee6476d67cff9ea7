//! What looks like the exec form and is no JSON.

use crate::{dockerfile::Word, report::Report};

rule!(Error, "not-json", "what looks like the exec form and is no JSON");

/// What looks like an array; says whether it does.
pub fn check(keyword: &str, text: &Word, file: &str, report: &mut Report) -> bool {
    let looks = looks_like_an_array(&text.value);
    if looks {
        report.find(
            &RULE,
            (file, &text.span),
            format!("this is no JSON, so that {keyword} is in shell form and `[` is its program"),
            format!("an array of strings in double quotes: `{keyword} {}`", as_json(&text.value)),
        );
    }
    looks
}

/// `[ -f x ] && y` is a test; an array begins with a quote, or has a comma and ends with a bracket.
fn looks_like_an_array(text: &str) -> bool {
    let Some(inside) = text.trim().strip_prefix('[') else { return false };
    let inside = inside.trim_start();
    inside.starts_with(['\'', '"', '\u{201c}', '\u{2018}']) || (text.trim_end().ends_with(']') && inside.contains(','))
}

/// What may be meant.
fn as_json(text: &str) -> String {
    let inside = text.trim().trim_start_matches('[').split(']').next().unwrap_or_default();
    let quotes =
        |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}');
    let words = inside.split(',').map(|word| word.trim_matches(quotes)).filter(|word| !word.is_empty());
    let strings: Vec<_> = words.map(|word| format!("{word:?}")).collect();
    format!("[{}]", strings.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_no_array() {
        assert!(looks_like_an_array("['a', 'b']") && looks_like_an_array("[a, b]") && looks_like_an_array("[\"a\",]"));
        assert!(
            !looks_like_an_array("[ -f x ] && y") && !looks_like_an_array("[[ -f x ]]") && !looks_like_an_array("a")
        );
        assert_eq!(as_json("['./a b', c,] # x"), "[\"./a b\", \"c\"]");
    }
}
