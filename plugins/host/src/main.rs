//! `wigwag-host CONFIG NAME`: the process that a plugin lives in. `wigwag-init` starts it.

use std::{env, io::Write as _, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args_os().skip(1).filter_map(|argument| argument.into_string().ok()).collect();
    let ended = match arguments.as_slice() {
        [config, name] => wigwag_host::run::run(config, name),
        _ => Err("usage: wigwag-host CONFIG NAME".to_string()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            // Nobody may be listening there either.
            drop(writeln!(std::io::stderr(), "wigwag-host: {text}"));
            ExitCode::from(2)
        }
    }
}
