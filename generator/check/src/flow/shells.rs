//! Shells that are given a text, and when they execute its last command in their own place.

use crate::launchers::name;
use crate::pid1::Sh;
use crate::script::syntax::Word;

/// A shell that is started.
#[derive(Debug)]
pub enum Started<'w> {
    /// With `-c`.
    Text {
        text: &'w Word,
        shell: Sh,
        /// Whether another image's `sh` may be another shell.
        may_differ: bool,
    },
    /// With a script, and its arguments.
    Script(&'w [Word]),
    /// With neither: it reads its standard input.
    Nothing,
}

/// Whether a program of this name is a shell.
pub fn is_shell(name: &str) -> bool {
    like(name, Sh::Dash).is_some()
}

/// Which shell it is like, where `sh` is this one.
fn like(name: &str, sh: Sh) -> Option<Sh> {
    Some(match name {
        "sh" => sh,
        "bash" | "rbash" | "zsh" | "ksh" | "ksh93" | "yash" => Sh::Bash,
        "dash" | "posh" | "mksh" => Sh::Dash,
        "ash" => Sh::Busybox,
        _ => return None,
    })
}

/// Whether that is a shell, and what it is given.
pub fn started(words: &[Word], sh: Sh) -> Option<Started<'_>> {
    let (first, mut args) = words.split_first()?;
    let mut called = name(first);
    if called == "busybox" && args.first().is_some_and(|applet| matches!(applet.known(), "sh" | "ash")) {
        args = args.get(1..).unwrap_or_default();
        called = "ash";
    }
    let shell = like(called, sh)?;
    let mut has_text = false;
    let mut at = 0;
    while let Some(option) = args.get(at).map(Word::known).filter(|word| word.starts_with(['-', '+'])) {
        at += 1;
        if matches!(option, "--" | "-") {
            break;
        }
        if !option.starts_with("--") {
            has_text |= option.starts_with('-') && option.contains('c');
            at += usize::from(option.ends_with(['o', 'O']));
        }
    }
    let rest = args.get(at..).unwrap_or_default();
    Some(match rest.first() {
        Some(text) if has_text => Started::Text { text, shell, may_differ: called == "sh" },
        Some(_) => Started::Script(rest),
        None => Started::Nothing,
    })
}
