//! What becomes of a process that executes a command line.

use super::shells::{self, Started};
use super::state::Args;
use super::work::{self, Work};
use super::{Check, Mode};
use crate::launchers::{Effect, Starts, launch, name};
use crate::pid1::{Service, Sh};
use crate::rules::{keep_alive_hack, killing_launcher, leaves_the_container, right_by_luck, swallowing_launcher};
use crate::script::syntax::{Span, Word};

/// How long a chain of launchers may be.
const LAUNCHERS: usize = 12;

/// A command without what only says that it is one.
pub fn plain(words: &[Word]) -> &[Word] {
    let mut words = words;
    while let [first, rest @ ..] = words
        && matches!(first.known(), "command" | "builtin")
        && rest.first().is_some_and(|next| !next.raw.starts_with('-'))
    {
        words = rest;
    }
    words
}

/// What `exec` executes.
pub fn after_options_of_exec(args: &[Word]) -> &[Word] {
    let mut at = 0;
    while let Some(option) = args.get(at).map(Word::known).filter(|word| word.starts_with('-')) {
        at += if option == "-a" { 2 } else { 1 };
    }
    args.get(at..).unwrap_or_default()
}

/// The name of the program behind all launchers, if it is known.
pub fn program(words: &[Word], sh: Sh) -> String {
    let mut words = words;
    for _ in 0..LAUNCHERS {
        match launch(words, sh).map(|launch| launch.starts) {
            Some(Starts::Words(inner)) => words = inner,
            Some(Starts::Program(program)) => return name(program).to_string(),
            Some(Starts::Text(_) | Starts::Elsewhere | Starts::Unknown) => return String::new(),
            None => break,
        }
    }
    words.first().map(name).unwrap_or_default().to_string()
}

impl Check<'_> {
    /// PID 1 executes a command line.
    pub(super) fn becomes(&mut self, words: &[Word], span: &Span, init: Option<String>, arguments: Args) {
        self.chain(words, span, init, arguments, LAUNCHERS);
    }

    fn chain(&mut self, words: &[Word], span: &Span, init: Option<String>, arguments: Args, depth: usize) {
        let sh = self.surroundings.sh;
        if depth == 0 {
            return;
        }
        if work::keeps_alive(words) && init.is_none() {
            self.find(keep_alive_hack::find(span));
            return;
        }
        match shells::started(words, sh) {
            Some(Started::Text { text, shell, may_differ }) => {
                return self.text(text, Mode::Text { shell, may_differ });
            }
            Some(Started::Script(script)) => return self.serves(script, span, init, Args::Own),
            Some(Started::Nothing) => return,
            None => {}
        }
        let Some(launch) = launch(words, sh) else {
            return self.serves(words, span, init, arguments);
        };
        if work::of(words, sh) == Work::Short && launch.effect != Effect::Leaves {
            return self.serves(words, span, init, Args::Own);
        }
        let init = init.or_else(|| is_init(launch.name).then(|| launch.name.to_string()));
        match launch.effect {
            Effect::Keeps | Effect::Forwards => match launch.starts {
                Starts::Words(inner) => self.chain(inner, span, init, arguments, depth - 1),
                Starts::Program(program) => {
                    self.chain(std::slice::from_ref(program), span, init, arguments, depth - 1);
                }
                Starts::Text(text) => self.text(text, Mode::Text { shell: sh, may_differ: false }),
                Starts::Elsewhere | Starts::Unknown => {}
            },
            Effect::Swallows => self.find(swallowing_launcher::find(span, launch.name)),
            Effect::TellsShell if matches!(sh, Sh::Bash | Sh::Busybox) => {
                self.find(right_by_luck::find(span, launch.name));
            }
            Effect::TellsShell => self.find(swallowing_launcher::find_shell(span, launch.name)),
            Effect::Kills => self.find(killing_launcher::find(span, launch.name)),
            Effect::Leaves => self.find(leaves_the_container::find(span, launch.name)),
        }
    }

    fn serves(&mut self, words: &[Word], span: &Span, init: Option<String>, arguments: Args) {
        let is_arguments = arguments != Args::Own && words.first().is_some_and(Word::is_arguments);
        let known: Vec<String> = words.iter().map_while(|word| word.literal.clone()).collect();
        // A script that may have set its arguments anew may have added some.
        let is_whole = if is_arguments { arguments == Args::Given } else { known.len() == words.len() };
        self.serve(Service { words: known, is_whole, is_arguments, init, span: span.clone() });
    }
}

/// Whether it is made to be PID 1.
fn is_init(name: &str) -> bool {
    matches!(name, "tini" | "tini-static" | "docker-init" | "dumb-init" | "catatonit" | "podman-init" | "wigwag-init")
}
