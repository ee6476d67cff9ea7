//! An `exec` with `&`.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "exec-in-background", "an `exec` with `&`");

/// A place where it is so.
pub fn find(span: &Span) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "`&` makes a process of its own, and `exec` replaces only that one".to_string(),
        help: "leave the `&` away, so that the program takes the place of the shell".to_string(),
    }
}
