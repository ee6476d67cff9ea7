//! Whether a signal to PID 1 reaches the program that the container is for.

mod becoming;
mod inspect;
mod shapes;
mod shells;
mod state;
mod verdict;
mod walk;
mod work;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use self::shells::is_shell;

use self::state::{Args, State};
use self::walk::{Functions, Walk, functions};
use crate::Finding;
use crate::pid1::{Document, Service, Sh, Started, Surroundings};
use crate::rules::not_understood;
use crate::script::read::{Place, read};
use crate::script::syntax::{List, Word};

/// How deep shells may start shells.
const SHELLS: u32 = 6;

/// What a script is to its shell.
#[derive(Clone, Copy, Debug)]
pub enum Mode {
    /// A file: no shell executes its last command in its own place.
    File,
    /// The text of `-c`: many shells do.
    Text {
        shell: Sh,
        /// Whether another image's `sh` may be another shell.
        may_differ: bool,
    },
}

impl Mode {
    /// The shell whose habits count.
    fn shell(self) -> Option<Sh> {
        match self {
            Self::File => None,
            Self::Text { shell, .. } => Some(shell),
        }
    }
}

/// What is found, before it is known where that is.
#[derive(Debug)]
pub struct Found {
    pub rule: &'static crate::Rule,
    pub span: Range<usize>,
    pub message: String,
    pub help: String,
}

/// A check of one document.
pub struct Check<'d> {
    document: Document<'d>,
    surroundings: &'d Surroundings,
    started: Started,
    shells: u32,
}

impl<'d> Check<'d> {
    pub fn new(document: Document<'d>, surroundings: &'d Surroundings) -> Self {
        Self { document, surroundings, started: Started::default(), shells: 0 }
    }

    /// What was found, in the order of the file, each thing once.
    pub fn finish(mut self) -> Started {
        self.started.findings.sort_by_key(|finding| (finding.span.start, finding.rule.id));
        self.started.findings.dedup_by(|one, other| one.rule.id == other.rule.id && one.span == other.span);
        self.started
    }

    /// Whether the script says that bash reads it, or `/bin/sh` is bash.
    fn is_bash(&self) -> bool {
        let first = self.document.text.lines().next().unwrap_or_default();
        first.starts_with("#!") && first.contains("bash") || self.surroundings.sh == Sh::Bash
    }

    fn find(&mut self, found: Found) {
        let Found { rule, span, message, help } = found;
        let file = self.document.name.to_string();
        self.started.findings.push(Finding { rule, file, span, message, help });
    }

    fn serve(&mut self, service: Service) {
        if !self.started.services.contains(&service) {
            self.started.services.push(service);
        }
    }

    /// Checks the whole document as a script.
    pub fn script(&mut self) {
        match read(self.document.text, &Place::From(0)) {
            Ok(list) => {
                let args = match self.surroundings.args.as_deref() {
                    None => Args::Unknown,
                    Some([]) => Args::Empty,
                    Some(_) => Args::Given,
                };
                self.walk(&list, Mode::File, args);
            }
            Err(error) => self.find(not_understood::find(&error.span, &error.message)),
        }
    }

    /// Checks a command line that the kernel starts.
    pub fn command(&mut self, argv: &[String], span: &Range<usize>) {
        let words: Vec<Word> = argv.iter().map(|word| Word::literal(word, span)).collect();
        self.becomes(&words, span, None, Args::Own);
    }

    /// Checks the text that a shell is given.
    fn text(&mut self, text: &Word, mode: Mode) {
        if self.shells >= SHELLS {
            return;
        }
        self.shells += 1;
        let script = text.literal.clone().unwrap_or_else(|| text.unquoted());
        match read(&script, &Place::Within(text.span.clone())) {
            Ok(list) => self.walk(&list, mode, Args::Own),
            Err(error) => self.find(not_understood::find(&error.span, &error.message)),
        }
        self.shells -= 1;
    }

    fn walk(&mut self, list: &List, mode: Mode, args: Args) {
        let mut known = Functions::new();
        functions(list, &mut known);
        let mut walk = Walk::new(self, mode, known);
        walk.run(list, State { args, ..State::default() });
        if walk.is_complete() {
            verdict::judge(walk);
        } else {
            let span = list.span().unwrap_or_default();
            self.find(not_understood::find(&span, "the script is too large to be looked at"));
        }
    }
}
