//! The command line. Options end at the first word that is none, so that an option of the program is never taken.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

use crate::{
    journal::{Format, Level},
    personality::Tool,
    text::Text,
};

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Parsed {
    Run(Args),
    /// Print this and end with 0.
    Print(String),
    /// Print the stop sequence of this config.
    Explain(Text),
    /// Be this tool, by this name.
    As(Tool, Text, Vec<Text>),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Args {
    /// Path of the config.
    pub config: Option<Text>,
    pub level: Option<Level>,
    pub format: Format,
    /// Without a config the command, with one the container's arguments.
    pub words: Vec<Text>,
}

pub const HELP: &str = "\
wigwag-init: PID 1 for containers

usage: wigwag-init [OPTIONS] [--] COMMAND [ARG...]
       wigwag-init [OPTIONS] --config FILE [--] [ARG...]
       wigwag-init --explain FILE
       wigwag-init --as TOOL [TOOL'S OPTIONS] COMMAND [ARG...]

Without a config, COMMAND is started, every signal is forwarded to it, and processes are reaped. When it ends, or
when SIGTERM asks for a stop, processes that it leaves behind are sent SIGTERM too and are waited for, up to 9.5
seconds from then, so that their cleanup is done before the container is gone.

With a config (written by `wigwag build` or `wigwag render init`), services, hooks, signals, environment and times
are as it says. ARGs that begin with `-` are appended to the main service's command, any others replace it.

options:
  --config FILE      read the config FILE
  --explain FILE     print the stop sequence of the config FILE
  --as TOOL          be `tini`, `dumb-init` or `catatonit`, as when called by that name; what follows is its own
  -v, --verbose      say on stderr what happens, one line per event; twice: also which orphans were reaped
  -q, --quiet        say only what goes wrong, not how a stop went
  --log-format FORM  what is said as `text`, or as `json`, one object per line
  -h, --help         print this
  -V, --version      print the version

exit codes:
  0-255  the main service's own
  125    wigwag-init could not do its work: arguments, config, environment, a hook that aborts the start, no process
  126    the command cannot be executed
  127    there is no such command
  128+n  the main service was ended by signal n, or signal n asked for a stop before it was started
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
            b"-v" | b"--verbose" => args.level = Some(louder(args.level)),
            b"-q" | b"--quiet" => args.level = Some(Level::Problems),
            b"--log-format" => {
                let format = words.next();
                args.format = match format.as_ref().map(Text::as_bytes) {
                    Some(b"text") => Format::Text,
                    Some(b"json") => Format::Json,
                    _ => return Err("`--log-format` needs `text` or `json`".to_string()),
                };
            }
            b"--explain" => {
                let file = words.next().ok_or("`--explain` needs the path of a config")?;
                return Ok(Parsed::Explain(file));
            }
            b"--as" => {
                if args != Args::default() {
                    return Err("`--as` comes first; the options behind it are those of the tool".to_string());
                }
                let name = words.next().unwrap_or_default();
                let tool = Tool::named(name.as_bytes()).ok_or_else(unknown_tool)?;
                return Ok(Parsed::As(tool, name, words.collect()));
            }
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

fn unknown_tool() -> String {
    let names: Vec<String> = Tool::names().map(|name| format!("`{name}`")).collect();
    format!("`--as` needs one of {}", names.join(", "))
}

/// Each `-v` says one thing more.
fn louder(level: Option<Level>) -> Level {
    match level {
        None | Some(Level::Problems | Level::Summary) => Level::Events,
        Some(Level::Events | Level::Everything) => Level::Everything,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Text> {
        text.split_whitespace().map(Text::from).collect()
    }

    #[test]
    fn options_end_at_the_first_word_that_is_none() {
        for (line, config, level, rest) in [
            ("sh -c x", None, None, "sh -c x"),
            ("-v sh -v", None, Some(Level::Events), "sh -v"),
            ("-v -v sh", None, Some(Level::Everything), "sh"),
            ("-q -- -v --config", None, Some(Level::Problems), "-v --config"),
            ("--config f", Some("f"), None, ""),
            ("--config f -- -x -- y", Some("f"), None, "-x -- y"),
            ("--verbose --config f a --help", Some("f"), Some(Level::Events), "a --help"),
            ("--config --version", Some("--version"), None, ""),
        ] {
            let config = config.map(Text::from);
            let expected = Args { config, level, format: Format::Text, words: words(rest) };
            assert_eq!(parse(words(line)), Ok(Parsed::Run(expected)), "{line}");
        }
    }

    #[test]
    fn what_is_said_may_be_json() {
        let parsed = parse(words("--log-format json sh"));
        assert!(matches!(parsed, Ok(Parsed::Run(Args { format: Format::Json, .. }))));
        assert_eq!(parse(words("--explain f x")), Ok(Parsed::Explain("f".into())));
    }

    #[test]
    fn behind_the_name_of_a_tool_all_is_its_own() {
        let expected = Parsed::As(Tool::Tini, "/sbin/docker-init".into(), words("--version -v"));
        assert_eq!(parse(words("--as /sbin/docker-init --version -v")), Ok(expected));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, says) in [
            ("", "no command"),
            ("-v", "no command"),
            ("--", "no command"),
            ("--config", "needs the path"),
            ("--explain", "needs the path"),
            ("--as", "one of `tini`, "),
            ("--as init", "one of `tini`, "),
            ("-v --as tini", "`--as` comes first"),
            ("--log-format", "`text` or `json`"),
            ("--log-format xml sh", "`text` or `json`"),
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
    fn the_manual_has_every_option() {
        let manual = include_str!("../../docs/wigwag-init.8").replace('\\', "");
        let options = HELP.split("options:\n").nth(1).unwrap().split("\n\n").next().unwrap();
        let words = options.split([' ', ',', '\n']).filter(|word| word.starts_with('-'));
        assert!(words.clone().count() >= 10);
        for option in words {
            assert!(manual.contains(option), "{option}");
        }
    }

    #[test]
    fn help_fits_a_screen() {
        assert_eq!(parse(words("--help")), Ok(Parsed::Print(HELP.to_string())));
        assert!(HELP.lines().count() <= 44);
        assert!(HELP.lines().all(|line| line.len() <= 120));
    }
}
