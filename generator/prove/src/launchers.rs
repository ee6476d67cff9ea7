//! Programs that start others, or stand beside them: never the program that a container is there for.

use crate::{record::Image, text::Text};

const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "mksh", "yash", "zsh", "ksh", "ksh93", "posh", "rbash"];

const STARTERS: &[&str] = &[
    "busybox",
    "catatonit",
    "chpst",
    "chroot",
    "coreutils",
    "docker-init",
    "dumb-init",
    "env",
    "find",
    "flock",
    "gosu",
    "gdb",
    "ionice",
    "ltrace",
    "nice",
    "nohup",
    "npm",
    "npx",
    "parallel",
    "podman-init",
    "rr",
    "runuser",
    "s6-setuidgid",
    "s6-svscan",
    "script",
    "setarch",
    "setpriv",
    "setsid",
    "setuidgid",
    "stdbuf",
    "start-stop-daemon",
    "strace",
    "su",
    "su-exec",
    "sudo",
    "taskset",
    "time",
    "timeout",
    "tini",
    "tini-static",
    "unshare",
    "watch",
    "wigwag-host",
    "wigwag-init",
    "xargs",
    "yarn",
];

const HELPERS: &[&str] = &["cat", "logger", "sed", "sleep", "tail", "tee", "ts"];

const TRACERS: &[&str] = &["strace", "ltrace", "gdb", "gdbserver", "lldb-server", "rr"];

/// Whether it starts another program or helps one.
pub fn is_launcher(image: &Image) -> bool {
    let Some(name) = name(image) else { return false };
    // `npm` and `yarn` are scripts of node.
    let script = image.arguments.get(1).map(Text::file_name).unwrap_or_default();
    let is_npm = name == b"node" && [&b"npm"[..], b"npx", b"yarn", b"npm-cli.js", b"npx-cli.js"].contains(&script);
    is_npm || is_title_of_npm(name) || [SHELLS, STARTERS, HELPERS].iter().any(|names| is_one_of(name, names))
}

/// npm writes what it does over its own arguments.
fn is_title_of_npm(name: &[u8]) -> bool {
    name.starts_with(b"npm ") || name.starts_with(b"npx ")
}

/// Whether it is a shell, which is the program itself only if there is no other.
pub fn is_shell(image: &Image) -> bool {
    name(image).is_some_and(|name| is_one_of(name, SHELLS))
}

/// Whether it traces what it starts, which nobody can who is traced.
pub fn is_tracer(name: &Text) -> bool {
    is_one_of(name.file_name(), TRACERS)
}

/// Whether it is `wigwag-init`.
pub fn is_ours(image: &Image) -> bool {
    name(image) == Some(b"wigwag-init")
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
