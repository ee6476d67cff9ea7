//! A trap that ends the only `wait`.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "one-wait", "a trap that ends the only `wait`");

/// A place where it is so.
pub fn find(span: &Span) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "the trap ends this `wait`, the script is over, and the program is killed while it still stops"
            .to_string(),
        help: "wait once more after it, or start the program with `exec`, without `&`".to_string(),
    }
}
