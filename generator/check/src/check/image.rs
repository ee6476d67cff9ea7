//! What is found in a Dockerfile.

use std::ops::Range;

use wigwag_presets::by_command;

use super::process::{self, Process};
use crate::{
    context::Files,
    dockerfile::{Form, Image, Sh, Start, Word},
    report::Report,
    rules::{
        cmd_ignored, init_forbidden, needs_init, no_shell, not_json, repeated_instruction, shell_form,
        shell_form_by_luck, shell_form_unknown_shell, shell_syntax_without_shell, stop_signal_cuts,
        stop_signal_invalid, stop_signal_wrong, variable_not_expanded,
    },
};

/// Checks an image.
pub fn check(image: &Image, name: &str, files: Files, report: &mut Report) {
    repeated_instruction::check(image, name, report);
    cmd_ignored::check(image, name, report);
    let process = started(image, name, files, report);
    let own = image.stop_signal.as_ref().map(|word| (stop_signal_invalid::check(word, name, report), &word.span));
    let Some((process, span)) = process else { return };
    let Some(service) = &process.service else { return };
    let Some(preset) = by_command(&service.words) else { return };
    if process.init.is_some() {
        init_forbidden::check(preset, (&service.file, &service.span), report);
    } else if image.base.entrypoint_execs || image.has_own_entrypoint {
        needs_init::check(preset, &service.words, (&service.file, &service.span), report);
    }
    let (signal, span) = match own {
        Some((signal, span)) => (signal, span),
        None => (image.base.stop_signal, &span),
    };
    if let Some(signal) = signal {
        stop_signal_wrong::check(preset, signal, (name, span), report);
        stop_signal_cuts::check(preset, signal, (name, span), report);
    }
}

/// What the image starts, and where that stands.
fn started(image: &Image, name: &str, files: Files, report: &mut Report) -> Option<(Process, Range<usize>)> {
    let entrypoint = image.entrypoint.as_ref().map(|start| ("ENTRYPOINT", start));
    let cmd = image.cmd.as_ref().map(|start| ("CMD", start));
    let mut words = Vec::new();
    let mut span = None;
    for (keyword, start) in [entrypoint, cmd].into_iter().flatten() {
        span.get_or_insert_with(|| start.span.clone());
        match &start.form {
            Form::Exec(more) => words.extend(more.iter().cloned()),
            Form::Shell(text) if words.is_empty() => {
                let process = shell(image, keyword, start, text, name, files, report)?;
                return Some((process, start.span.clone()));
            }
            // What a CMD in shell form is for an ENTRYPOINT: three more arguments.
            Form::Shell(text) => {
                let shell = ["/bin/sh", "-c"].map(|word| Word { value: word.to_string(), span: text.span.clone() });
                words.extend(shell.into_iter().chain([text.clone()]));
            }
        }
    }
    variable_not_expanded::check(&words, name, report);
    shell_syntax_without_shell::check(&words, name, report);
    Some((process::follow(&words, Some(image), name, files, report), span?))
}

/// What a shell form starts.
fn shell(
    image: &Image,
    keyword: &str,
    start: &Start,
    text: &Word,
    name: &str,
    files: Files,
    report: &mut Report,
) -> Option<Process> {
    let _ = files;
    if not_json::check(keyword, text, name, report) || no_shell::check(image, keyword, start, name, report) {
        return None;
    }
    let place = (name, &start.span);
    if !text.value.starts_with("exec ") {
        match image.sh() {
            Sh::Dash => shell_form::find(keyword, place, report),
            Sh::Bash | Sh::Busybox => shell_form_by_luck::find(keyword, place, report),
            Sh::Unknown => shell_form_unknown_shell::find(keyword, place, report),
            Sh::Missing => {}
        }
    }
    None
}
