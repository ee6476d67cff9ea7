//! A variable where there is no shell that would replace it.

use crate::{dockerfile::Word, report::Report, rules::words::unread};

rule!(Error, "variable-not-expanded", "a variable where there is no shell that would replace it");

/// Words that no shell reads.
pub fn check(words: &[Word], file: &str, report: &mut Report) {
    for word in unread(words) {
        if let Some(variable) = variable(&word.value) {
            report.find(
                &RULE,
                (file, &word.span),
                format!("nobody replaces `{variable}` here: no shell reads this"),
                "start a shell that becomes the program, `[\"sh\", \"-c\", \"exec program ...\"]`, or let the program read the variable",
            );
        }
    }
}

/// The first reference to a variable in a word.
fn variable(word: &str) -> Option<&str> {
    word.match_indices('$').find_map(|(at, _)| {
        let after = word.get(at + 1..)?;
        let (open, name) = match after.strip_prefix('{') {
            Some(name) => (2, name),
            None => (1, after),
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let length = name.find(|c| !is_name(c)).unwrap_or(name.len());
        if length == 0 || name.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let end = if open == 2 { at + open + name.find('}')? + 1 } else { at + open + length };
        word.get(at..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_has_a_name() {
        for (word, found) in [
            ("--port=$PORT", Some("$PORT")),
            ("${PORT:-80}/x", Some("${PORT:-80}")),
            ("^a$", None),
            ("$(PORT)", None),
            ("$1", None),
            ("${", None),
            ("é$ü$B", Some("$B")),
        ] {
            assert_eq!(variable(word), found, "{word}");
        }
    }
}
