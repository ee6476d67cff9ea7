//! A program in the background of a script that ends.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "background-without-wait", "a program in the background of a script that ends");

/// A place where it is so.
pub fn find(span: &Span) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "the script ends after it has started this, and with PID 1 the container does".to_string(),
        help: "start it with `exec`, in the foreground".to_string(),
    }
}
