//! Something that cannot be looked at.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Note, "not-understood", "something that cannot be looked at");

/// What nobody can know before it runs, or cannot be read.
pub fn find(span: &Span, why: &str) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: why.to_string(),
        help: "`wigwag prove` runs it, and says what becomes of a signal".to_string(),
    }
}
