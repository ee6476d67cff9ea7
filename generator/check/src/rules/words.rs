//! Command lines as they are, without a shell that reads them.

use crate::dockerfile::Word;

/// The words that nobody but the kernel and the program reads: a program in some language has signs of its own.
pub fn unread(words: &[Word]) -> impl Iterator<Item = &Word> {
    const TAKE_CODE: [&str; 15] = [
        "sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox", "python", "python3", "node", "ruby", "php",
        "lua", "script",
    ];
    const ARE_CODE: [&str; 5] = ["awk", "gawk", "sed", "perl", "envsubst"];
    let is = |word: &Word, names: &[&str]| names.contains(&word.value.rsplit('/').next().unwrap_or_default());
    let is_option = |word: &Word| {
        word.value.starts_with('-') && !word.value.starts_with("--") && word.value.ends_with(['c', 'e', 'r'])
    };
    let interpreter = words.iter().position(|word| is(word, &TAKE_CODE)).unwrap_or(words.len());
    let option = words.iter().skip(interpreter).position(is_option).map_or(words.len(), |at| interpreter + at);
    let code = words.iter().position(|word| is(word, &ARE_CODE)).unwrap_or(words.len());
    words.iter().take(option.min(code).saturating_add(1))
}
