//! A shell with `-c` that does not become the program.

use crate::flow::Found;
use crate::pid1::Sh;
use crate::script::syntax::Span;

rule!(Error, "shell-c-forks", "a shell with `-c` that does not become the program");

/// A command that the shell does not execute in its own place.
pub fn find(span: &Span, shell: Sh, is_last: bool) -> Found {
    let message = match shell {
        _ if !is_last => "the shell waits for this program, because it has more to do, and passes no signal on",
        Sh::Unknown => "where `sh` is dash, it waits for this program and passes no signal on",
        Sh::Dash | Sh::Bash | Sh::Busybox => "this shell waits for this program and passes no signal on",
    };
    Found {
        rule: &RULE,
        span: span.clone(),
        message: message.to_string(),
        help: "put `exec` before the program in the text, or leave the shell away".to_string(),
    }
}
