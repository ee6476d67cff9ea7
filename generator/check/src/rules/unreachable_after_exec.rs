//! Something after an `exec`.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Note, "unreachable-after-exec", "something after an `exec`");

/// A place where it is so.
pub fn find(span: &Span) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "nothing comes after an `exec`: if the program cannot be executed, the shell ends too".to_string(),
        help: "take it away, or do it before the `exec`; after the end of the program only an init can do something"
            .to_string(),
    }
}
