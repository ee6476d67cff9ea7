//! The command line. Options end at the first word that is none, so that an option of the program is never taken.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

use crate::text::Text;

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Parsed {
    Run(Args),
    /// Print this and end with 0.
    Print(String),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Args {
    /// Path of the config.
    pub config: Option<Text>,
    pub verbose: bool,
    /// Without a config the command, with one the container's arguments.
    pub words: Vec<Text>,
}

pub const HELP: &str = "\
wigwag-init: PID 1 for containers

usage: wigwag-init [OPTIONS] [--] COMMAND [ARG...]
       wigwag-init [OPTIONS] --config FILE [--] [ARG...]

Without a config, COMMAND is started, every signal is forwarded to it, and processes are reaped. When it ends, or
when SIGTERM asks for a stop, processes that it leaves behind are sent SIGTERM too and are waited for, up to 9.5
seconds from then, so that their cleanup is done before the container is gone.

With a config (written by `wigwag build` or `wigwag render init`), the service, hooks, signals, environment and
times are as it says. ARGs that begin with `-` are appended to the service's command, any others replace it.

options:
  --config FILE  read the config FILE
  -v, --verbose  say on stderr what happens, one line per event
  -h, --help     print this
  -V, --version  print the version

exit codes:
  0-255  the service's own
  125    wigwag-init could not do its work: arguments, config, environment, a hook that aborts the start, no process
  126    the command cannot be executed
  127    there is no such command
  128+n  the service was ended by signal n, or signal n asked for a stop before the service was started
";

/// Reads the arguments, without the program's name.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn parse(words: Vec<Text>) -> Result<Parsed, String> {
    let mut args = Args::default();
    let mut words = words.into_iter();
    while words.as_slice().first().is_some_and(|word| word.as_bytes().starts_with(b"-"))
        && let Some(word) = words.next()
    {
        match word.as_bytes() {
            b"--" => break,
            b"--config" => {
                let file = words.next().ok_or("`--config` needs the path of a config")?;
                args.config = Some(file);
            }
            b"-v" | b"--verbose" => args.verbose = true,
            b"-h" | b"--help" => return Ok(Parsed::Print(HELP.to_string())),
            b"-V" | b"--version" => return Ok(Parsed::Print(format!("wigwag-init {}\n", env!("CARGO_PKG_VERSION")))),
            other => {
                return Err(format!(
                    "unknown option `{}`; a command that begins with `-` comes after `--` (see `wigwag-init --help`)",
                    other.escape_ascii()
                ));
            }
        }
    }
    args.words = words.collect();
    if args.config.is_none() && args.words.is_empty() {
        return Err("no command and no `--config` (see `wigwag-init --help`)".to_string());
    }
    Ok(Parsed::Run(args))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Text> {
        text.split_whitespace().map(Text::from).collect()
    }

    #[test]
    fn options_end_at_the_first_word_that_is_none() {
        for (line, config, verbose, rest) in [
            ("sh -c x", None, false, "sh -c x"),
            ("-v sh -v", None, true, "sh -v"),
            ("-- -v --config", None, false, "-v --config"),
            ("--config f", Some("f"), false, ""),
            ("--config f -- -x -- y", Some("f"), false, "-x -- y"),
            ("--verbose --config f a --help", Some("f"), true, "a --help"),
            ("--config --version", Some("--version"), false, ""),
        ] {
            let config = config.map(Text::from);
            assert_eq!(parse(words(line)), Ok(Parsed::Run(Args { config, verbose, words: words(rest) })), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, says) in [
            ("", "no command"),
            ("-v", "no command"),
            ("--", "no command"),
            ("--config", "needs the path"),
            ("--confg f", "unknown option `--confg`"),
            ("-x sh", "unknown option `-x`"),
            ("-", "unknown option `-`"),
        ] {
            assert!(parse(words(line)).is_err_and(|error| error.contains(says)), "{line}");
        }
    }

    #[test]
    fn help_has_the_numbers_that_hold() {
        use wigwag_core::{Millis, budget, exit_code};
        for code in [exit_code::OWN_FAILURE, exit_code::NOT_EXECUTABLE, exit_code::NOT_FOUND] {
            assert!(HELP.contains(&format!("\n  {code}    ")), "{code}");
        }
        assert_eq!(budget::DEFAULT_GRACE_PERIOD.minus(budget::MARGIN), Millis(9_500));
        assert!(HELP.replace('\n', " ").contains("up to 9.5 seconds"));
    }

    #[test]
    fn help_fits_a_screen() {
        assert_eq!(parse(words("--help")), Ok(Parsed::Print(HELP.to_string())));
        assert!(HELP.lines().count() <= 40);
        assert!(HELP.lines().all(|line| line.len() <= 120));
    }
}
