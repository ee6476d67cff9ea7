//! A CMD that an ENTRYPOINT in shell form does not use.

use crate::{
    dockerfile::{Form, Image},
    report::Report,
};

rule!(Warning, "cmd-ignored", "a CMD that an ENTRYPOINT in shell form does not use");

/// A CMD after an ENTRYPOINT in shell form that does not ask for its arguments.
pub fn check(image: &Image, file: &str, report: &mut Report) {
    let (Some(entrypoint), Some(cmd)) = (&image.entrypoint, &image.cmd) else { return };
    let Form::Shell(text) = &entrypoint.form else { return };
    if !text.value.contains(['@', '*']) && !text.value.contains("$1") && !text.value.contains("$0") {
        report.find(
            &RULE,
            (file, &cmd.span),
            "this CMD has no effect: it becomes arguments of the shell, which the ENTRYPOINT in shell form does not use",
            "write the ENTRYPOINT as a JSON array, or take CMD away",
        );
    }
}
