//! A launcher that kills the program and has a code of its own.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "killing-launcher", "a launcher that kills the program and has a code of its own");

/// A launcher that kills.
pub fn find(span: &Span, launcher: &str) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: format!(
            "`{launcher}` stays, kills what it has started 2 seconds after a stop signal, and ends with a code of its own"
        ),
        help: format!("use `gosu`, `su-exec` or `setpriv` instead of `{launcher}`: they keep the process"),
    }
}
