//! What is found in a Dockerfile.

use std::ops::Range;

use wigwag_presets::{by_command, by_image};

use super::process::{Place, Service, follow};
use crate::{
    context::Files,
    dockerfile::{Form, Image, Sh, Source, Start, Word},
    manifest::{self, Built},
    pid1::Document,
    report::Report,
    rules::{
        cmd_ignored, daemonises, here_document_expanded, init_forbidden, needs_init, no_shell, not_json,
        repeated_instruction, shell_form, shell_syntax_without_shell, stop_signal_cuts, stop_signal_invalid,
        stop_signal_wrong, variable_not_expanded,
    },
};

/// Checks an image.
pub fn check(image: &Image, document: Document, files: Files, report: &mut Report) {
    let name = document.name;
    repeated_instruction::check(image, name, report);
    cmd_ignored::check(image, name, report);
    here_document_expanded::check(image, name, report);
    let own = image.stop_signal.as_ref().map(|word| (stop_signal_invalid::check(word, name, report), &word.span));
    for service in services(image, document, files, report) {
        let preset = by_command(&service.words);
        let Some(preset) = preset else { continue };
        let place = (service.file.as_str(), &service.span);
        if daemonises::check(preset, &service, |setting| may_say(image, setting, files), place, report) {
            continue;
        }
        if service.init.is_some() {
            init_forbidden::check(preset, place, report);
        } else if (image.base.entrypoint_execs || image.has_own_entrypoint) && !has_init_beside(document, files) {
            needs_init::check(preset, &service.words, service.is_whole, place, report);
        }
        let (signal, place) = match own {
            Some((signal, span)) => (signal, (name, span)),
            None => (image.base.stop_signal, place),
        };
        if let Some(signal) = signal {
            stop_signal_wrong::check(preset, signal, place, report);
            stop_signal_cuts::check(preset, signal, place, report);
        }
    }
    // What the base image starts is known by its name.
    if image.entrypoint.is_none()
        && image.cmd.is_none()
        && let Some((Some(signal), span)) = own
        && let Some(preset) = image.from.as_deref().and_then(by_image)
    {
        stop_signal_wrong::check(preset, signal, (name, span), report);
        stop_signal_cuts::check(preset, signal, (name, span), report);
    }
}

/// Whether a Compose file beside a Dockerfile builds it, and asks for an init.
fn has_init_beside(document: Document, files: Files) -> bool {
    const NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
    let is_this = |built: &Built| built.text == document.text;
    let manifests = NAMES.iter().filter_map(|name| manifest::compose(&files(name)?.text, files).ok());
    let mut built =
        manifests.flat_map(|manifest| manifest.containers).filter(|it| it.built.as_ref().is_some_and(is_this));
    // Another service of it may have none, and is looked at in the Compose file.
    built.any(|container| container.init.is_some())
}

/// Whether a setting may be in some configuration of the image: its own base, a command, or a file of it may say it.
fn may_say(image: &Image, setting: &str, files: Files) -> bool {
    let is_base_own = image.base.sh == Sh::Unknown;
    let in_file = |name: &String| files(name).is_none_or(|file| file.text.contains(setting));
    let in_source = |source: &Source| match source {
        Source::Path(name) => in_file(name),
        Source::Text { value, .. } => value.contains(setting),
    };
    is_base_own
        || image.run.iter().any(|command| command.contains(setting))
        || image.copied.iter().any(|copied| copied.is_foreign || copied.sources.iter().any(in_source))
}

/// What an image starts, in the end.
pub fn services(image: &Image, document: Document, files: Files, report: &mut Report) -> Vec<Service> {
    let name = document.name;
    let mut words = Vec::new();
    let mut span: Option<Range<usize>> = None;
    for (keyword, start) in [("ENTRYPOINT", &image.entrypoint), ("CMD", &image.cmd)] {
        let Some(start) = start else { continue };
        span.get_or_insert_with(|| start.span.clone());
        match &start.form {
            Form::Exec(more) => words.extend(more.iter().cloned()),
            Form::Shell(text) => {
                let is_first = words.is_empty();
                if is_first
                    && (not_json::check(keyword, text, name, report)
                        || no_shell::check(image, keyword, start, name, report))
                {
                    return Vec::new();
                }
                if is_first {
                    return shell(image, keyword, start, text, document, files, report);
                }
                // What a CMD in shell form is for an ENTRYPOINT: more arguments.
                words.extend(shell_words(image, text));
            }
        }
    }
    variable_not_expanded::check(&words, name, report);
    shell_syntax_without_shell::check(&words, name, report);
    let argv: Vec<_> = words.into_iter().map(|word| word.value).collect();
    let arguments = image.cmd.as_ref().map(|cmd| &cmd.span);
    let place = Place { document, image: Some(image), sh: image.bin_sh(), arguments, files };
    span.map(|span| follow(&argv, &span, &place, report)).unwrap_or_default()
}

/// What a shell form starts.
fn shell(
    image: &Image,
    keyword: &str,
    start: &Start,
    text: &Word,
    document: Document,
    files: Files,
    report: &mut Report,
) -> Vec<Service> {
    let argv: Vec<_> = shell_words(image, text).into_iter().map(|word| word.value).collect();
    let under = |sh: Sh| {
        let mut found = Report::default();
        let place = Place { document, image: Some(image), sh, arguments: None, files };
        let services = follow(&argv, &text.span, &place, &mut found);
        (services, found)
    };
    let (services, found) = under(image.sh());
    // What is wrong under every shell does not depend on which one it is.
    let kindest = if image.sh() == Sh::Unknown { under(Sh::Bash).1 } else { Report::default() };
    let sh = if shell_form::is_in(&kindest) { Sh::Dash } else { image.sh() };
    shell_form::take(found, sh, keyword, (document.name, &start.span), report);
    services
}

/// The command line of a shell form.
fn shell_words(image: &Image, text: &Word) -> Vec<Word> {
    let bin_sh = || vec!["/bin/sh".to_string(), "-c".to_string()];
    let shell = image.shell.clone().filter(|shell| !shell.is_empty()).unwrap_or_else(bin_sh);
    let word = |value: String| Word { value, span: text.span.clone() };
    shell.into_iter().map(word).chain([text.clone()]).collect()
}
