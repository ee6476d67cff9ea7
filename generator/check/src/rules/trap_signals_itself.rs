//! A trap that sends its signal to its own shell.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "trap-signals-itself", "a trap that sends its signal to its own shell");

/// A place where it is so.
pub fn find(span: &Span) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "the shell belongs to its own process group: the trap calls itself until the shell crashes"
            .to_string(),
        help: "put `trap - TERM;` before the `kill`, or name the process, `kill -TERM \"$pid\"`".to_string(),
    }
}
