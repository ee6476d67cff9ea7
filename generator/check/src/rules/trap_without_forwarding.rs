//! A trap that tells the program nothing.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "trap-without-forwarding", "a trap that tells the program nothing");

/// A place where it is so.
pub fn find(span: &Span) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "this trap ends the waiting, and tells the program nothing".to_string(),
        help: "pass the signal on, `kill -TERM \"$pid\"`, and wait once more; or start the program with `exec`"
            .to_string(),
    }
}
