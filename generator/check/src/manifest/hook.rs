//! How long a hook takes, as far as its command says.

use wigwag_core::Millis;

use crate::duration;

/// What the `sleep`s of a command line take together, also those of a text for a shell.
pub fn sleeps(words: &[String]) -> Millis {
    let all = words.join(" ");
    let mut words = all
        .split(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')' | '"' | '\''))
        .filter(|word| !word.is_empty());
    let mut takes = Millis::ZERO;
    while let Some(word) = words.next() {
        if word.rsplit('/').next() == Some("sleep") {
            takes = takes.plus(words.next().and_then(duration::sleep).unwrap_or_default());
        }
    }
    takes
}
