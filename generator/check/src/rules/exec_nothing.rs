//! An `exec "$@"` without arguments.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "exec-nothing", "an `exec \"$@\"` without arguments");

/// A place where it is so.
pub fn find(span: &Span) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "there are no arguments: this `exec` does nothing, and the script goes on".to_string(),
        help: "give the image a CMD, or a default: `[ $# -gt 0 ] || set -- program`".to_string(),
    }
}
