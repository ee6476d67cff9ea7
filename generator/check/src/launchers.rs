//! Programs that start others, and what they do with a signal.

mod table;

use crate::pid1::Sh;
use crate::script::syntax::Word;

/// What becomes of the process, and of a signal to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It executes the program in its own place.
    Keeps,
    /// It stays, passes signals on, and ends as the program does.
    Forwards,
    /// It stays, and keeps signals to itself.
    Swallows,
    /// It stays, passes the signal on, kills soon after, and ends with a code of its own.
    Kills,
    /// It ends at once, and the program is in the background.
    Leaves,
    /// It passes the signal on to the shell that it has started, and waits for that one only.
    TellsShell,
}

/// A row of the table.
#[derive(Debug)]
pub struct Launcher {
    names: &'static [&'static str],
    effect: Effect,
    /// With one of these options, another effect.
    when: &'static [(&'static [&'static str], Effect)],
    /// Options that take the next word.
    valued: &'static [&'static str],
    program: Program,
    /// How this is known.
    #[cfg_attr(not(test), expect(dead_code, reason = "it is for those who read the table"))]
    source: &'static str,
}

/// Where the program stands among the arguments.
#[derive(Clone, Copy, Debug)]
enum Program {
    /// After the options and so many words.
    After(usize),
    /// After the options and the `NAME=VALUE`s.
    AfterAssignments,
    /// After `--`, or else after the options and so many words.
    AfterDashes,
    /// After `--`, and nowhere else.
    OnlyAfterDashes,
    /// After one of these options, which takes it; with its arguments after `--`.
    Option(&'static [&'static str]),
    /// It is text for a shell, after one of these options; else as `After`.
    Text(&'static [&'static str], usize),
    /// Nowhere: it is in a file of the launcher's.
    Elsewhere,
}

/// A launcher and what it is found to start.
#[derive(Debug)]
pub struct Launch<'w> {
    pub name: &'static str,
    pub effect: Effect,
    pub starts: Starts<'w>,
}

/// What a launcher starts.
#[derive(Debug)]
pub enum Starts<'w> {
    Words(&'w [Word]),
    /// One program, with arguments that do not follow it.
    Program(&'w Word),
    /// Commands for the user's shell.
    Text(&'w Word),
    /// What is in a file of the launcher's.
    Elsewhere,
    /// Nobody knows what, or nothing.
    Unknown,
}

/// The name of a program, without its directory.
pub fn name(word: &Word) -> &str {
    let text = word.literal.as_deref().unwrap_or_default();
    text.rsplit('/').next().unwrap_or_default()
}

/// Whether a program of this name starts others, and is never what a container is there for.
pub fn is_launcher(name: &str) -> bool {
    table::ROWS.iter().any(|row| row.names.contains(&name))
}

/// Whether it is a launcher, and what it starts.
pub fn launch(words: &[Word], sh: Sh) -> Option<Launch<'_>> {
    let (first, mut args) = words.split_first()?;
    let mut called = name(first);
    let mut is_busybox = sh == Sh::Busybox && matches!(called, "su" | "setsid" | "start-stop-daemon");
    if matches!(called, "busybox" | "toybox")
        && let Some((applet, rest)) = args.split_first()
    {
        (called, args, is_busybox) = (name(applet), rest, true);
    }
    let row = table::ROWS.iter().find(|row| row.names.contains(&called))?;
    let called = row.names.iter().find(|name| **name == called)?;
    let (options, rest) = row.split(args);
    let asked = |options: &[Word], wanted: &[&str]| options.iter().any(|option| is_option(option.known(), wanted));
    let mut effect =
        row.when.iter().find(|(wanted, _)| asked(options, wanted)).map_or(row.effect, |(_, effect)| *effect);
    if is_busybox && effect == Effect::Kills {
        effect = Effect::Keeps;
    }
    Some(Launch { name: called, effect, starts: row.starts(args, rest) })
}

impl Launcher {
    /// The options, and what follows them.
    fn split<'w>(&self, args: &'w [Word]) -> (&'w [Word], &'w [Word]) {
        if matches!(self.program, Program::Option(_) | Program::Text(..)) {
            let end = args.iter().position(|word| word.known() == "--").unwrap_or(args.len());
            return (args.get(..end).unwrap_or_default(), args);
        }
        let mut at = 0;
        while let Some(option) = args.get(at).map(Word::known) {
            if option == "--" {
                return (args.get(..at).unwrap_or_default(), args.get(at + 1..).unwrap_or_default());
            }
            if !option.starts_with('-') || option == "-" && !self.names.contains(&"env") {
                break;
            }
            at += if self.valued.contains(&option) { 2 } else { 1 };
        }
        let at = at.min(args.len());
        args.split_at(at)
    }

    fn starts<'w>(&self, args: &'w [Word], rest: &'w [Word]) -> Starts<'w> {
        let words = |words: &'w [Word]| if words.is_empty() { Starts::Unknown } else { Starts::Words(words) };
        match self.program {
            Program::After(skipped) => words(rest.get(skipped..).unwrap_or_default()),
            Program::AfterAssignments => {
                let skipped = rest.iter().take_while(|word| is_assignment(&word.raw)).count();
                words(rest.get(skipped..).unwrap_or_default())
            }
            Program::AfterDashes => match args.iter().position(|word| word.known() == "--") {
                Some(at) => words(args.get(at + 1..).unwrap_or_default()),
                None => words(rest),
            },
            Program::OnlyAfterDashes => {
                let at = args.iter().position(|word| word.known() == "--");
                words(at.and_then(|at| args.get(at + 1..)).unwrap_or_default())
            }
            Program::Option(options) => valued(args, options).map_or(Starts::Unknown, |(word, after)| {
                if self.names.contains(&"find") { Starts::Words(after) } else { Starts::Program(word) }
            }),
            Program::Text(options, skipped) => match valued(args, options) {
                Some((word, _)) => Starts::Text(word),
                None => match args.iter().position(|word| word.known() == "--") {
                    Some(at) => words(args.get(at + 1..).unwrap_or_default()),
                    None => words(plain(args, self.valued).get(skipped..).unwrap_or_default()),
                },
            },
            Program::Elsewhere => Starts::Elsewhere,
        }
    }
}

/// What follows the options.
fn plain<'w>(args: &'w [Word], with_value: &[&str]) -> &'w [Word] {
    let mut at = 0;
    while let Some(option) = args.get(at).map(Word::known).filter(|word| word.starts_with('-')) {
        at += if with_value.contains(&option) { 2 } else { 1 };
    }
    args.get(at..).unwrap_or_default()
}

/// The word that one of the options takes, with all that begins there.
fn valued<'w>(args: &'w [Word], options: &[&str]) -> Option<(&'w Word, &'w [Word])> {
    let at = args.iter().position(|word| is_option(word.known(), options))?;
    let after = args.get(at + 1..)?;
    Some((after.first()?, after))
}

/// Whether a word is one of these options, perhaps with others: `-qec` for `-c`.
fn is_option(word: &str, options: &[&str]) -> bool {
    options.iter().any(|option| {
        let letter = option.strip_prefix('-').filter(|rest| rest.len() == 1);
        word == *option
            || word.strip_prefix(option).is_some_and(|value| option.starts_with("--") && value.starts_with('='))
            || letter.is_some_and(|letter| {
                word.strip_prefix('-').is_some_and(|letters| {
                    letters.ends_with(letter) && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
                })
            })
    })
}

/// Whether a word is `NAME=VALUE`.
pub fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
    })
}
