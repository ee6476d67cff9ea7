//! Shapes of commands that say what somebody meant.

use crate::script::syntax::{Command, Item, List};

/// Whether it is only the way out: nobody expects to get there.
pub fn is_exit(item: &Item) -> bool {
    item.first.commands.iter().all(|command| match command {
        Command::Simple(simple) => {
            simple.words.first().is_some_and(|word| matches!(word.known(), "exit" | "return" | "echo" | "printf"))
        }
        Command::Function { .. } => true,
        Command::Group(_)
        | Command::Subshell(_)
        | Command::If { .. }
        | Command::Loop { .. }
        | Command::For { .. }
        | Command::Case { .. }
        | Command::Coprocess(_)
        | Command::Test(_) => false,
    })
}

/// Whether a loop is endless.
pub fn is_always_true(condition: &List) -> bool {
    let mut commands = condition.commands();
    let (Some(only), None) = (commands.next(), commands.next()) else { return false };
    match only {
        Command::Simple(simple) => match simple.words.as_slice() {
            [word] => matches!(word.known(), "true" | ":"),
            [test, one, _] => test.known() == "[" && one.known() == "1",
            _ => false,
        },
        Command::Test(text) => matches!(text.trim(), "1" | "true"),
        Command::Group(_)
        | Command::Subshell(_)
        | Command::If { .. }
        | Command::Loop { .. }
        | Command::For { .. }
        | Command::Case { .. }
        | Command::Coprocess(_)
        | Command::Function { .. } => false,
    }
}

/// Whether a condition is about the arguments.
pub fn asks_for_arguments(condition: &List) -> bool {
    let asks = |text: &str| ["$#", "$1", "${1", "$@", "$*", "${#", "${@", "${*"].iter().any(|word| text.contains(word));
    condition.any(&mut |simple| simple.words.iter().any(|word| asks(&word.raw)))
        || condition.commands().any(|command| matches!(command, Command::Test(text) if asks(text)))
}

/// Whether a file's name says that it holds variables and no functions.
pub fn is_of_variables(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or_default();
    ["env", "activate", "profile", "release", "conf", "vars", "rc", "secret", "nvm", "default"]
        .iter()
        .any(|part| name.to_ascii_lowercase().contains(part))
        || file.contains("/etc/default/")
        || file.contains("/etc/sysconfig/")
}

/// Whether a condition asks whether a process is still there.
pub fn polls(condition: &List) -> bool {
    condition.any(&mut |simple| {
        simple.words.iter().any(|word| word.raw.contains("/proc/") || matches!(word.known(), "pgrep" | "pidof" | "ps"))
            || simple.words.first().is_some_and(|word| word.known() == "kill")
    })
}
