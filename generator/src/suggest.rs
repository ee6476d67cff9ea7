//! Did you mean?

/// The known word that is nearest to what was written, if it is near enough to be a slip.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    within((written.chars().count() / 3).clamp(1, 3), written, known)
}

/// The known word that is one letter away from what was written.
pub fn nearly<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    within(1, written, known)
}

fn within<'a>(allowed: usize, written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nothing is near to it, and finding that out for a megabyte takes its time.
    if written.len() > 40 {
        return None;
    }
    let written = written.to_lowercase().replace('_', "-");
    let distance = |word: &str| strsim::osa_distance(&written, &word.to_lowercase());
    known
        .into_iter()
        .map(|word| (distance(word), word))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// A word of the spec in a message: in backticks, on one line, and not endless.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.is_empty() {
        return "`\"\"`".to_string();
    }
    let shown: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    let rest = if text.chars().nth(LONGEST).is_some() { "…" } else { "" };
    // Quotes need no escape between backticks.
    format!("`{}{rest}`", shown.replace("\\\"", "\"").replace("\\'", "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let keys = ["command", "args", "stop-signal", "stop-timeout", "after"];
        for (written, meant) in [
            ("comand", Some("command")),
            ("stop_signal", Some("stop-signal")),
            ("STOP_TIMEOUT", Some("stop-timeout")),
            ("Args", Some("args")),
            ("atfer", Some("after")),
            ("stptimeouts", Some("stop-timeout")),
            ("entrypoint", None),
            ("none", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, keys), meant, "{written}");
        }
    }

    #[test]
    fn a_quoted_word_stays_on_its_line() {
        assert_eq!(quoted("a\n\u{7}\"b'"), "`a\\n\\u{7}\"b'`");
        assert_eq!(quoted(&"x".repeat(1000)), format!("`{}…`", "x".repeat(60)));
    }
}
