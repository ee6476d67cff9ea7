//! A process that waits for nothing.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "keep-alive-hack", "a process that waits for nothing");

/// A place where it is so.
pub fn find(span: &Span) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "PID 1 waits for nothing here, and nobody tells the program to stop".to_string(),
        help: "start the program in the foreground with `exec`; log files can be links to /dev/stdout".to_string(),
    }
}
