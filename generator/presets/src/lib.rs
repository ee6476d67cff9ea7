//! What is known of programs: how they are started, what asks them to stop, and how long that takes.
//!
//! Each file of `templates/presets` is one. Nothing here reads a file at run time.

#![warn(missing_docs)]
#![forbid(unsafe_code)]

mod preset;
mod program;
mod text;
mod written;

use std::sync::LazyLock;

pub use text::document;

pub use preset::{
    Avoid, Command, Container, Daemon, Does, Duty, ExitCode, Flight, Hook, Init, KillMode, Need, Other, Point, Preset,
    Reload, Rule, Stop, Time,
};

/// The presets' names and files.
const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/files.rs"));

static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    // A test reads every file, and says what is wrong with one.
    FILES.iter().filter_map(|(name, text)| Preset::read(name, text).ok()).collect()
});

/// Every preset, by name.
pub fn all() -> &'static [Preset] {
    &PRESETS
}

/// The preset of that name.
pub fn by_name(name: &str) -> Option<&'static Preset> {
    all().iter().find(|preset| preset.name == name)
}

/// The preset of a program, by the first word of its command line: `/usr/sbin/apache2`, `php-fpm8.2`.
pub fn by_program(program: &str) -> Option<&'static Preset> {
    let own = program::name(program);
    let named = |name: &str| all().iter().find(|preset| preset.programs.iter().any(|known| known == name));
    named(own).or_else(|| named(program::without_version(own)))
}

/// The preset of a command line: of its program, or of what an interpreter or launcher runs, as in `python3 -m gunicorn` and
/// `bundle exec puma`.
pub fn by_command<W: AsRef<str>>(words: &[W]) -> Option<&'static Preset> {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    program::launched(&words).and_then(by_program).or_else(|| by_program(words.first()?))
}

/// The preset of what an image is for: `nginx:1.27`, `docker.io/library/php:8.3-fpm`.
pub fn by_image(image: &str) -> Option<&'static Preset> {
    let image = program::Image::new(image);
    all().iter().find(|preset| preset.images.iter().any(|pattern| image.is(pattern)))
}

#[cfg(test)]
mod tests;
