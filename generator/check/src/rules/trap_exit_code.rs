//! A trap after which the container ends with the signal's code, not the program's.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Warning, "trap-exit-code", "a trap after which the container ends with 143, whatever the program says");

/// A trap that loses it; `by_exit` if it ends with `exit`.
pub fn find(span: &Span, by_exit: bool) -> Found {
    let (message, help) = if by_exit {
        (
            "this `exit` has the code of the `wait` that the trap has interrupted, 143, under most shells",
            "write `exit $?`, which has the code of the command before it",
        )
    } else {
        (
            "the trap waits for the program, and its code is lost: the script ends with that of the interrupted `wait`, 143",
            "end the trap with `exit $?`, or wait once more after it",
        )
    };
    Found { rule: &RULE, span: span.clone(), message: message.to_string(), help: help.to_string() }
}
