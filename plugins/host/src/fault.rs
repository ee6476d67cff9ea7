//! What went wrong in a call, in words.

use wasmtime::{Error, Trap};
use wigwag_core::plugin::{
    MAX_TEXT,
    message::{Fault, FaultKind},
};

/// What a plugin's error is.
pub fn error(text: impl Into<String>) -> Fault {
    Fault { kind: FaultKind::Error, text: cut(text.into()) }
}

/// What it is when its code breaks off.
pub fn trap(error: &Error, memory_was_refused: bool) -> Fault {
    let trap = error.downcast_ref::<Trap>();
    if trap == Some(&Trap::Interrupt) {
        return Fault { kind: FaultKind::Timeout, text: "it was interrupted".to_string() };
    }
    let cause = trap.map_or_else(|| error.root_cause().to_string(), ToString::to_string);
    let cause = cause.strip_prefix("wasm trap: ").unwrap_or(&cause);
    let memory = if memory_was_refused { "; it wanted more memory than its `memory` allows" } else { "" };
    Fault { kind: FaultKind::Trap, text: cut(format!("{cause}{memory}")) }
}

/// The text, no longer than the init wants it.
pub fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(MAX_TEXT));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("short".into()), "short");
        assert_eq!(cut("x".repeat(2_000)).len(), MAX_TEXT);
        assert_eq!(cut("ä".repeat(2_000)).chars().count(), MAX_TEXT / 2);
        assert_eq!(cut(format!("x{}", "ä".repeat(2_000))).len(), MAX_TEXT - 1);
    }
}
