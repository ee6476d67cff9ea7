//! A program in a pipeline.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "exec-in-pipeline", "a program in a pipeline");

/// A place where it is so.
pub fn find(span: &Span) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "every part of a pipeline is a process of its own: PID 1 stays a shell, which passes no signal on"
            .to_string(),
        help: "redirect the output, `exec program >/dev/stdout`, or let the platform collect it".to_string(),
    }
}
