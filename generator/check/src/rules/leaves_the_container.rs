//! A launcher that ends at once.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "leaves-the-container", "a launcher that ends at once");

/// A launcher that ends.
pub fn find(span: &Span, launcher: &str) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: format!(
            "`{launcher}` puts the program into the background and ends, and with PID 1 the container does"
        ),
        help: format!("start the program in the foreground, without `{launcher}`"),
    }
}
