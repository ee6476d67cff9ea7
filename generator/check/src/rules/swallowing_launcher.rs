//! A launcher that keeps the stop signal to itself.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "swallowing-launcher", "a launcher that keeps the stop signal to itself");

/// A launcher that stays and passes nothing on.
pub fn find(span: &Span, launcher: &str) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: format!("`{launcher}` stays as the parent of the program, and passes no signal on"),
        help: format!("start the program without `{launcher}`"),
    }
}

/// A launcher that tells only the shell that it has started.
pub fn find_shell(span: &Span, launcher: &str) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: format!(
            "`{launcher}` starts a shell and tells only that one: where it is dash, the program hears nothing"
        ),
        help: "start the program itself, as in `node server.js`".to_string(),
    }
}
