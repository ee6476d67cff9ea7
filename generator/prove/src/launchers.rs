//! Programs that start others, or stand beside them: never the program that a container is there for.

use crate::{record::Image, text::Text};

/// Those that no command line is checked behind: they hold many programs, or start them by what they read.
const STARTERS: &[&str] = &["busybox", "coreutils", "gdb", "parallel", "rr", "s6-svscan", "wigwag-host"];

const HELPERS: &[&str] = &["cat", "logger", "sed", "sleep", "tail", "tee", "ts"];

const TRACERS: &[&str] = &["strace", "ltrace", "gdb", "gdbserver", "lldb-server", "rr"];

/// Whether it starts another program or helps one.
pub fn is_launcher(image: &Image) -> bool {
    let Some(name) = name(image) else { return false };
    // `npm` and `yarn` are scripts of node.
    let script = image.arguments.get(1).map(Text::file_name).unwrap_or_default();
    let is_npm = name == b"node" && [&b"npm"[..], b"npx", b"yarn", b"npm-cli.js", b"npx-cli.js"].contains(&script);
    is_npm
        || is_title_of_npm(name)
        || is_launcher_or_shell(name)
        || is_one_of(name, STARTERS)
        || is_one_of(name, HELPERS)
}

/// npm writes what it does over its own arguments.
fn is_title_of_npm(name: &[u8]) -> bool {
    name.starts_with(b"npm ") || name.starts_with(b"npx ")
}

/// Whether it is a shell, which is the program itself only if there is no other.
pub fn is_shell(image: &Image) -> bool {
    name(image).and_then(|name| str::from_utf8(name).ok()).is_some_and(wigwag_check::is_shell)
}

/// Whether it traces what it starts, which nobody can who is traced.
pub fn is_tracer(name: &Text) -> bool {
    is_one_of(name.file_name(), TRACERS)
}

/// Whether it is `wigwag-init`.
pub fn is_ours(image: &Image) -> bool {
    name(image) == Some(b"wigwag-init")
}

fn is_launcher_or_shell(name: &[u8]) -> bool {
    str::from_utf8(name).is_ok_and(|name| wigwag_check::is_launcher(name) || wigwag_check::is_shell(name))
}

fn is_one_of(name: &[u8], names: &[&str]) -> bool {
    names.iter().any(|one| one.as_bytes() == name)
}

/// What it is called: without the folder, and without the dash of a login shell. busybox is the applet that it is.
fn name(image: &Image) -> Option<&[u8]> {
    let mut words = image.arguments.iter().map(Text::file_name);
    let first = words.next()?;
    let first = first.strip_prefix(b"-").unwrap_or(first);
    Some(if first == b"busybox" { words.next().unwrap_or(first) } else { first })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(words: &[&str]) -> Image {
        Image { arguments: words.iter().map(|word| Text::from(*word)).collect(), ..Image::default() }
    }

    #[test]
    fn a_launcher_is_known_by_any_of_its_names() {
        for words in [
            &["/bin/sh", "/run.sh"][..],
            &["-bash"],
            &["busybox", "sh", "-c", "app"],
            &["tini", "--", "app"],
            &["node", "/usr/bin/npm", "start"],
            &["npm run start"],
        ] {
            assert!(is_launcher(&image(words)), "{words:?}");
        }
        for words in [&["python3", "app.py"][..], &["node", "server.js"], &["/usr/sbin/nginx"], &["shell"]] {
            assert!(!is_launcher(&image(words)), "{words:?}");
        }
    }
}
