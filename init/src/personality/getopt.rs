//! Options as getopt(3) and `getopt_long` of the GNU C library read them, with their messages.

use alloc::{format, string::String, vec::Vec};

use super::{Call, shown};

/// The options that there are.
pub struct Syntax {
    /// A letter, and whether it takes a value.
    pub short: &'static [(u8, bool)],
    /// A word, and the letter that it stands for. Without any, `--word` is the letter `-`.
    pub long: &'static [(&'static str, u8)],
    pub order: Order,
}

/// Which words are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// All, up to `--`; with `POSIXLY_CORRECT` those before the first that is no option.
    Permuted,
    /// Those before the first that is no option.
    First,
}

/// An option, as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given<'a> {
    /// Its letter, and the value that it takes.
    Option(u8, &'a [u8]),
    /// What is wrong with it. Nothing follows.
    Wrong(String),
}

/// Reads the call's options, and the words that are none.
pub fn parse<'a>(syntax: &Syntax, call: &Call<'a>) -> (Vec<Given<'a>>, Vec<&'a [u8]>) {
    let first_only = syntax.order == Order::First || call.has("POSIXLY_CORRECT");
    let mut parser = Parser { syntax, name: call.shown_name(), words: call.words, options: Vec::new() };
    let mut operands = Vec::new();
    while let Some(word) = parser.next_word() {
        let done = match word {
            b"--" => true,
            [b'-', b'-', long @ ..] if !syntax.long.is_empty() => parser.long(long).is_none(),
            [b'-', letters @ ..] if !letters.is_empty() => parser.short(letters).is_none(),
            operand => {
                operands.push(operand);
                first_only
            }
        };
        if done {
            break;
        }
    }
    operands.extend(parser.words);
    (parser.options, operands)
}

struct Parser<'s, 'a> {
    syntax: &'s Syntax,
    name: String,
    words: &'a [&'a [u8]],
    options: Vec<Given<'a>>,
}

impl<'a> Parser<'_, 'a> {
    fn next_word(&mut self) -> Option<&'a [u8]> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    /// `-abc`, `-rVALUE`, `-r VALUE`. `None` when something is wrong.
    fn short(&mut self, mut letters: &'a [u8]) -> Option<()> {
        while let Some((letter, rest)) = letters.split_first() {
            letters = rest;
            let Some((_, takes_value)) = self.syntax.short.iter().find(|(known, _)| known == letter) else {
                return self.wrong(&format!("invalid option -- '{}'", shown(&[*letter])));
            };
            if !takes_value {
                self.options.push(Given::Option(*letter, b""));
                continue;
            }
            let value = if rest.is_empty() { self.next_word() } else { Some(rest) };
            let Some(value) = value else {
                return self.wrong(&format!("option requires an argument -- '{}'", shown(&[*letter])));
            };
            self.options.push(Given::Option(*letter, value));
            return Some(());
        }
        Some(())
    }

    /// `--word`, `--word=VALUE`, `--word VALUE`, and any beginning of the word that is that of no other.
    fn long(&mut self, text: &'a [u8]) -> Option<()> {
        let mut halves = text.splitn(2, |byte| *byte == b'=');
        let (name, value) = (halves.next().unwrap_or_default(), halves.next());
        let exact = self.syntax.long.iter().find(|(word, _)| word.as_bytes() == name);
        let candidates: Vec<_> =
            self.syntax.long.iter().filter(|(word, _)| word.as_bytes().starts_with(name)).collect();
        let (word, letter) = match (exact, candidates.as_slice()) {
            (Some(found), _) => found,
            (None, [found]) => *found,
            (None, []) => return self.wrong(&format!("unrecognized option '--{}'", shown(text))),
            (None, several) => {
                let names: Vec<_> = several.iter().map(|(word, _)| format!("'--{word}'")).collect();
                let names = names.join(" ");
                return self.wrong(&format!("option '--{}' is ambiguous; possibilities: {names}", shown(text)));
            }
        };
        let takes_value = self.syntax.short.iter().any(|(known, takes_value)| known == letter && *takes_value);
        let value = match (takes_value, value) {
            (false, None) => b"",
            (false, Some(_)) => return self.wrong(&format!("option '--{word}' doesn't allow an argument")),
            (true, Some(value)) => value,
            (true, None) => match self.next_word() {
                Some(value) => value,
                None => return self.wrong(&format!("option '--{word}' requires an argument")),
            },
        };
        self.options.push(Given::Option(*letter, value));
        Some(())
    }

    fn wrong(&mut self, why: &str) -> Option<()> {
        self.options.push(Given::Wrong(format!("{}: {why}\n", self.name)));
        None
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    const SHORT: &[(u8, bool)] = &[(b'a', false), (b'b', false), (b'r', true)];
    const LONG: &[(&str, u8)] = &[("alpha", b'a'), ("also", b'b'), ("al", b'b'), ("rewrite", b'r')];

    fn parsed(order: Order, long: &'static [(&'static str, u8)], posix: bool, line: &str) -> (String, String) {
        let words: Vec<&[u8]> = line.split(' ').filter(|word| !word.is_empty()).map(str::as_bytes).collect();
        let environment: &[&[u8]] = if posix { &[b"POSIXLY_CORRECT="] } else { &[] };
        let call = Call { name: b"x", words: &words, environment, pid: 1 };
        let (options, operands) = parse(&Syntax { short: SHORT, long, order }, &call);
        let options: Vec<String> = options
            .into_iter()
            .map(|option| match option {
                Given::Option(letter, value) => format!("{}{}", shown(&[letter]), shown(value)),
                Given::Wrong(why) => why.trim_end().into(),
            })
            .collect();
        (options.join(" "), operands.into_iter().map(shown).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn permuted_options_are_found_behind_operands() {
        for (line, options, operands) in [
            ("-a p -b q", "a b", "p q"),
            ("-ab p", "a b", "p"),
            ("p -r -- q", "r--", "p q"),
            ("p -- -a", "", "p -a"),
            ("-", "", "-"),
            ("-abr5 -r 6", "a b r5 r6", ""),
            ("-ar", "a x: option requires an argument -- 'r'", ""),
            ("-xa", "x: invalid option -- 'x'", ""),
            ("--foo", "x: invalid option -- '-'", ""),
        ] {
            assert_eq!(parsed(Order::Permuted, &[], false, line), (options.into(), operands.into()), "{line}");
        }
        assert_eq!(parsed(Order::Permuted, &[], true, "-a p -b"), ("a".into(), "p -b".into()));
    }

    #[test]
    fn long_options_may_be_shortened() {
        for (line, options, operands) in [
            ("--alp --rew 1 p -a", "a r1", "p -a"),
            ("--al --alpha", "b a", ""),
            ("--rewrite=", "r", ""),
            ("--rewrite=a=b", "ra=b", ""),
            ("--", "", ""),
            ("-- --alpha", "", "--alpha"),
            ("--a", "x: option '--a' is ambiguous; possibilities: '--alpha' '--also' '--al'", ""),
            ("--alpha=1", "x: option '--alpha' doesn't allow an argument", ""),
            ("--rew", "x: option '--rewrite' requires an argument", ""),
            ("--foo=1", "x: unrecognized option '--foo=1'", ""),
        ] {
            assert_eq!(parsed(Order::First, LONG, false, line), (options.into(), operands.into()), "{line}");
        }
    }

    #[test]
    fn nothing_is_read_behind_what_is_wrong() {
        let call = Call { name: b"x", words: &[b"-x", b"-a"], environment: &[], pid: 1 };
        let (options, _) = parse(&Syntax { short: SHORT, long: LONG, order: Order::First }, &call);
        assert_eq!(options, vec![Given::Wrong("x: invalid option -- 'x'\n".into())]);
    }
}
