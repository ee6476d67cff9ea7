//! Did you mean?

use alloc::vec::Vec;

/// The known word that is nearest to what was written, if it is near enough to be a slip.
pub fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    // Nothing is near to it, and finding that out would take its time.
    if written.len() > 40 {
        return None;
    }
    let allowed = written.len().div_ceil(3).min(3);
    let mut best = (allowed.saturating_add(1), None);
    for word in known {
        let distance = distance(written.as_bytes(), word.as_bytes());
        if distance < best.0 {
            best = (distance, Some(*word));
        }
    }
    best.1
}

/// How many letters are to be added, taken away or changed.
fn distance(from: &[u8], to: &[u8]) -> usize {
    // From the letters of `from` until now, to every beginning of `to` but the empty one.
    let mut row: Vec<usize> = (1..=to.len()).collect();
    for (at, byte) in from.iter().enumerate() {
        let mut diagonal = at;
        let mut left = at.saturating_add(1);
        for (other, cell) in to.iter().zip(&mut row) {
            let above = *cell;
            let changed = diagonal.saturating_add(usize::from(byte != other));
            left = changed.min(above.saturating_add(1)).min(left.saturating_add(1));
            diagonal = above;
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(from.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let keys = ["command", "args", "stop-signal", "stop-timeout", "after"];
        for (written, meant) in [
            ("comand", Some("command")),
            ("command", Some("command")),
            ("stop_signal", Some("stop-signal")),
            ("atfer", Some("after")),
            ("afer", Some("after")),
            ("stptimeouts", Some("stop-timeout")),
            ("entrypoint", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, &keys), meant, "{written}");
        }
        for (from, to, expected) in [("", "", 0), ("", "ab", 2), ("ab", "", 2), ("kitten", "sitting", 3)] {
            assert_eq!(distance(from.as_bytes(), to.as_bytes()), expected, "{from} {to}");
        }
    }
}
