//! A program in a subshell.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Error, "exec-in-subshell", "a program in a subshell");

/// A place where it is so.
pub fn find(span: &Span) -> Found {
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "parentheses are a process of their own: PID 1 stays a shell, which passes no signal on".to_string(),
        help: "take it out of the parentheses, and start it with `exec`".to_string(),
    }
}
