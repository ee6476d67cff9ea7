//! A second program in the background of the first.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Warning, "second-service", "a second program in the background of the first");

/// A place where it is so.
pub fn find(span: &Span) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "nobody tells this program to stop: it is killed when PID 1 ends".to_string(),
        help: "a container of its own, or an init that stops several programs, each with its own signal".to_string(),
    }
}
