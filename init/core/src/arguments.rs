//! What the container's arguments mean.

use alloc::vec::Vec;
use core::fmt;

use crate::form;

/// What the container's arguments are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The convention of the official images: arguments that begin with `-` are for the command, any others are another
    /// command.
    #[default]
    Flags,
    /// They are for the command, whatever they are.
    Subcommand,
    /// They are another command.
    Replace,
    /// There are none.
    Fixed,
}

form::words!(Mode { Flags = "flags", Subcommand = "subcommand", Replace = "replace", Fixed = "fixed" });

/// [`Mode::Fixed`], and there are some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotTaken;

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the container was given arguments, and takes none")
    }
}

/// The arguments to execute: `command` with `args` when the container is given none, and with the container's when those are for the
/// command; otherwise the container's alone.
///
/// # Errors
/// When arguments are given that are not taken.
pub fn resolve<'a, T: AsRef<[u8]>>(
    mode: Mode,
    command: &'a [T],
    args: &'a [T],
    container: &'a [T],
) -> Result<Vec<&'a T>, NotTaken> {
    let (head, tail): (&[T], &[T]) = match (mode, container) {
        (_, []) => (command, args),
        (Mode::Flags, [first, ..]) if !first.as_ref().starts_with(b"-") => (&[], container),
        (Mode::Flags | Mode::Subcommand, _) => (command, container),
        (Mode::Replace, _) => (&[], container),
        (Mode::Fixed, _) => return Err(NotTaken),
    };
    Ok(head.iter().chain(tail).collect())
}

#[cfg(test)]
mod tests {
    use alloc::{string::String, vec};

    use super::*;

    #[test]
    fn every_mode_has_its_own_idea_of_arguments() {
        let (command, args) = ([b"httpd".as_slice()], [b"-DFOREGROUND".as_slice()]);
        let all = [Mode::Flags, Mode::Subcommand, Mode::Replace, Mode::Fixed];
        for (container, expected) in [
            (&[][..], ["httpd -DFOREGROUND"; 4].map(Some)),
            (&["-X", "y"], [Some("httpd -X y"), Some("httpd -X y"), Some("-X y"), None]),
            (&["sh", "-c"], [Some("sh -c"), Some("httpd sh -c"), Some("sh -c"), None]),
            (&[""], [Some(""), Some("httpd "), Some(""), None]),
        ] {
            let container: Vec<&[u8]> = container.iter().map(|word| word.as_bytes()).collect();
            let resolved = all.map(|mode| resolve(mode, &command, &args, &container).ok());
            let shown = |words: Vec<&&[u8]>| {
                let words: Vec<_> = words.into_iter().copied().collect();
                String::from_utf8(words.join(&b' ')).unwrap()
            };
            assert_eq!(resolved.map(|words| words.map(shown)), expected.map(|text| text.map(String::from)));
        }
        assert_eq!(resolve(Mode::Flags, &command, &[], &[]), Ok(vec![&b"httpd".as_slice()]));
    }
}
