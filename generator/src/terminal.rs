//! What a person at a terminal sees: on standard error, and in colour.

use std::{
    env,
    io::{self, IsTerminal, Write},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use clap::{Args, ValueEnum};

use crate::exit::Failure;

/// What every command has.
#[derive(Args, Clone, Copy, Default)]
pub struct Options {
    /// Say only what is wrong: no notes, no progress.
    #[arg(long, global = true)]
    quiet: bool,
    /// When to use colours; `auto` is as `NO_COLOR` and `CLICOLOR_FORCE` say, or else on a terminal.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: When,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum When {
    #[default]
    Auto,
    Always,
    Never,
}

static OPTIONS: OnceLock<Options> = OnceLock::new();

/// Takes the command line's word for it.
pub fn configure(options: Options) {
    let _ = OPTIONS.set(options);
}

fn options() -> Options {
    OPTIONS.get().copied().unwrap_or_default()
}

/// Whether only what is wrong is said.
pub fn is_quiet() -> bool {
    options().quiet
}

/// Whether what is said on standard error is coloured.
pub fn colour() -> bool {
    colour_of(&io::stderr())
}

/// Whether what is written there is coloured.
pub fn colour_of(stream: &impl IsTerminal) -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_forced = || env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
    match options().color {
        When::Always => true,
        When::Never => false,
        When::Auto => !is_set("NO_COLOR") && (is_forced() || stream.is_terminal()),
    }
}

/// Says why it failed.
pub fn report(failure: &Failure) {
    say(&failure.message);
}

/// Says something that is good to know, unless only what is wrong is to be said.
pub fn note(message: &str) {
    if !is_quiet() {
        tell(message);
    }
}

/// Says something on the standard error of a program that runs.
pub fn tell(message: &str) {
    say(&format!("wigwag: {message}"));
}

/// The exit code says it to whoever has no standard error that can be written to.
pub fn say(message: &str) {
    let _ = writeln!(io::stderr(), "{message}");
}

/// How long nobody asks how far it is.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line changes.
const INTERVAL: Duration = Duration::from_millis(100);

/// How many of many are done, in a line that is gone at the end.
pub struct Progress {
    what: &'static str,
    total: usize,
    done: AtomicUsize,
    /// When the line is written next; nobody sees it where there is none.
    next: Option<Mutex<Instant>>,
}

impl Progress {
    /// Of so many.
    pub fn new(what: &'static str, total: usize) -> Self {
        let is_seen = total > 1 && !is_quiet() && io::stderr().is_terminal();
        let next = is_seen.then(|| Mutex::new(Instant::now() + PATIENCE));
        Self { what, total, done: AtomicUsize::new(0), next }
    }

    /// One more is done.
    pub fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        // Who finds it locked leaves it to the other one.
        let Some(Ok(mut next)) = self.next.as_ref().map(Mutex::try_lock) else { return };
        let now = Instant::now();
        if now >= *next {
            *next = now + INTERVAL;
            let _ = write!(io::stderr(), "\r\x1b[K{} {done} of {}", self.what, self.total);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.next.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
