//! Command lines as they stand in a shell form: what of them is certain without a shell.

/// What a shell makes of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// These words, and nothing else: no shell is needed.
    Words(Vec<String>),
    /// One command, with something that only a shell can say.
    Command,
    /// More than that.
    Program,
}

/// What ends a command, or makes it more than one.
const OPERATORS: [char; 6] = [';', '&', '|', '\n', '(', ')'];

/// What a shell does something with, outside quotes.
const SPECIAL: &str = "$`\\*?[]<>~#{}!=";

/// What is no program.
const OF_SHELL: [&str; 18] = [
    ".", ":", "{", "!", "[", "case", "cd", "eval", "exec", "export", "for", "if", "set", "source", "trap", "ulimit",
    "until", "while",
];

/// Reads the line, without an `exec` at its beginning.
pub fn read(text: &str) -> Line {
    let text = text.trim();
    let text = text.strip_prefix("exec ").unwrap_or(text).trim_start();
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut is_plain = true;
    for c in text.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('\''), c) => word.get_or_insert_default().push(c),
            (Some(_), c) => {
                is_plain &= !"$`\\".contains(c);
                word.get_or_insert_default().push(c);
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if OPERATORS.contains(&c) => return Line::Program,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, c) => {
                // What is assigned, after the program's name, is a word.
                is_plain &= !SPECIAL.contains(c) || (c == '=' && !words.is_empty());
                word.get_or_insert_default().push(c);
            }
        }
    }
    words.extend(word);
    let begins_with_program = words
        .first()
        .is_some_and(|first| !OF_SHELL.contains(&first.as_str()) && !first.contains('=') && !first.is_empty());
    match (quote, begins_with_program, is_plain) {
        (None, true, true) => Line::Words(words),
        (None, true, false) => Line::Command,
        _ => Line::Program,
    }
}

/// A text as one line.
pub fn one(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_certain_becomes_words() {
        let words = |words: &[&str]| Line::Words(words.iter().map(ToString::to_string).collect());
        for (text, line) in [
            ("nginx -g 'daemon off;'", words(&["nginx", "-g", "daemon off;"])),
            ("exec  app --port=80 \"a b\" ''", words(&["app", "--port=80", "a b", ""])),
            ("app --port $PORT", Line::Command),
            ("app \"$@\"", Line::Command),
            ("app > /dev/null", Line::Command),
            ("app *.txt", Line::Command),
            ("A=b app", Line::Program),
            ("cd /srv && app", Line::Program),
            ("app & wait", Line::Program),
            ("if true; then app; fi", Line::Program),
            ("app 'open", Line::Program),
            ("", Line::Program),
        ] {
            assert_eq!(read(text), line, "{text}");
        }
    }
}
