//! Something that works with this `/bin/sh` only.

use crate::flow::Found;
use crate::script::syntax::Span;

rule!(Note, "right-by-luck", "something that works with this `/bin/sh` only");

/// What another shell would not do.
pub fn find(span: &Span, launcher: &str) -> Found {
    let help = match launcher {
        "sh" => "put `exec` before the program in the text, or leave the shell away",
        _ => "start the program itself, as in `node server.js`",
    };
    Found {
        rule: &RULE,
        span: span.clone(),
        message: "this works because this image's `/bin/sh` executes a last command in its place; dash does not"
            .to_string(),
        help: help.to_string(),
    }
}
