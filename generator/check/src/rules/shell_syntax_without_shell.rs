//! Words of the shell's language where there is no shell.

use crate::{dockerfile::Word, report::Report, rules::words::unread};

rule!(Error, "shell-syntax-without-shell", "words of the shell's language where there is no shell");

/// What only a shell understands.
const OPERATORS: [&str; 11] = ["&&", "||", "|", ";", "&", ">", ">>", "<", "2>&1", "1>&2", "2>"];

/// Commands that are no programs.
const COMMANDS: [&str; 7] = ["exec", "cd", "source", ".", "export", "set", "trap"];

/// Words that no shell reads.
pub fn check(words: &[Word], file: &str, report: &mut Report) {
    let is_for_a_shell = |at: usize, word: &str| {
        OPERATORS.contains(&word)
            || (at == 0 && COMMANDS.contains(&word))
            || (word.ends_with(';') && word.len() > 1 && !word.contains(' '))
    };
    // One finding says it all.
    if let Some((_, word)) = unread(words).enumerate().find(|(at, word)| is_for_a_shell(*at, &word.value)) {
        report.find(
            &RULE,
            (file, &word.span),
            format!("no shell reads this, and `{}` is only a word here", word.value),
            "start a shell that becomes the program, `[\"sh\", \"-c\", \"... && exec program\"]`, or a script that ends in `exec`",
        );
    }
}
