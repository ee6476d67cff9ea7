//! Commands.

use wasmtime::Result;
use wigwag_core::plugin::MAX_MESSAGE;
use wigwag_engine::interface::wigwag::plugin::run::{Host, Output};

use super::Outside;
use crate::words;

impl Host for Outside {
    fn run(&mut self, command: String, arguments: Vec<String>, timeout: Option<u64>) -> Result<Result<Output, String>> {
        if let Err(text) = self.may_run(&command, &arguments) {
            return Ok(Err(text));
        }
        let until = self.until(timeout);
        let ran = self.surroundings.supervisor.run(&command, arguments, until, self.end)?;
        Ok(ran.map(|output| Output {
            outcome: words::outcome(output.outcome),
            stdout: output.stdout,
            stderr: output.stderr,
            truncated: output.truncated,
        }))
    }
}

impl Outside {
    fn may_run(&mut self, command: &str, arguments: &[String]) -> Result<(), String> {
        self.allow.command(command, !arguments.is_empty()).map_err(|denial| denial.to_string())?;
        if arguments.iter().any(|argument| argument.contains('\0')) {
            return Err("no argument can have a zero byte in it".to_string());
        }
        // Each has its length before it, and so has the list.
        let length = arguments.iter().map(|argument| argument.len() + 4).sum::<usize>() + command.len() + 16;
        if length > MAX_MESSAGE {
            return Err(format!("its arguments have {length} bytes, {MAX_MESSAGE} at most"));
        }
        // It is run, and may have to be killed.
        self.count(2)
    }
}
