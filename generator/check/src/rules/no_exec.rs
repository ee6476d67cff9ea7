//! A script that waits for the program instead of becoming it.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "no-exec", "a script that waits for the program instead of becoming it");

/// A place where it is so.
pub fn find(span: &Span) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "the shell waits for this program and passes no signal on".to_string(),
        help: "put `exec` before it, so that it takes the place of the shell".to_string(),
    }
}
