//! A shell that waits as PID 1 without a trap.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "wait-without-trap", "a shell that waits as PID 1 without a trap");

/// A place where it is so.
pub fn find(span: &Span) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "the shell waits here as PID 1, and has no trap for the stop signal: nobody hears it".to_string(),
        help: "start the program with `exec`, without `&`; several programs need an init that stops each of them"
            .to_string(),
    }
}
