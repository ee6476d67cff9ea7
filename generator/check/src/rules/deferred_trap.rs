//! A trap that cannot run before the program has ended.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "deferred-trap", "a trap that cannot run before the program has ended");

/// A place where it is so.
pub fn find(span: &Span) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "the trap runs when this program has ended, not before: nobody tells the program".to_string(),
        help: "start it with `exec`; or in the background, with a trap that passes the signal on, and two `wait`s"
            .to_string(),
    }
}
