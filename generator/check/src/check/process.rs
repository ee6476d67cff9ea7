//! What a container's first process becomes.

use std::ops::Range;

use crate::{
    context::Files,
    dockerfile::{Image, Located, Origin, Word, locate},
    report::Report,
    rules::{no_shebang, not_executable},
};

/// What is known of a first process.
#[derive(Debug, Default)]
pub struct Process {
    /// The command line that it is in the end, and where that stands, if it is known.
    pub service: Option<Service>,
    /// The init that it is, if it is one.
    pub init: Option<String>,
}

/// A command line, and where it stands.
#[derive(Debug)]
pub struct Service {
    pub words: Vec<String>,
    pub file: String,
    pub span: Range<usize>,
}

/// Programs that are made to be PID 1, and their options that take a word.
const INITS: [(&str, &[&str]); 8] = [
    ("tini", &["-p", "-e"]),
    ("tini-static", &["-p", "-e"]),
    ("docker-init", &["-p", "-e"]),
    ("dumb-init", &["-r", "--rewrite"]),
    ("catatonit", &[]),
    ("podman-init", &[]),
    ("wigwag-init", &[]),
    ("su-exec", &[]),
];

/// Follows a command line that the kernel starts.
pub fn follow(words: &[Word], image: Option<&Image>, name: &str, files: Files, report: &mut Report) -> Process {
    let Some(first) = words.first() else { return Process::default() };
    let program = first.value.rsplit('/').next().unwrap_or_default();
    if let Some((init, options)) = INITS.iter().find(|(init, _)| *init == program) {
        let rest = after_options(words.get(1..).unwrap_or_default(), options);
        let process = follow(rest, image, name, files, report);
        return Process { init: Some((*init).to_string()), ..process };
    }
    if let Some(located) = image.and_then(|image| locate(image, &first.value, files)) {
        if located.text.starts_with('\u{7f}') {
            return Process::default();
        }
        no_shebang::check(&located.text, &located.path, (name, &first.span), report);
        not_executable::check(located.is_executable, &located.path, (name, &first.span), report);
        entrypoint(&located, name, report);
        return Process::default();
    }
    let span = first.span.start..words.last().map_or(first.span.end, |last| last.span.end);
    let words = words.iter().map(|word| word.value.clone()).collect();
    Process { service: Some(Service { words, file: name.to_string(), span }), init: None }
}

fn entrypoint(located: &Located, name: &str, report: &mut Report) {
    match &located.origin {
        Origin::File(file) => script(file, &located.text, report),
        Origin::Here(_) => report.checked(name, ""),
    }
}

/// Checks a script.
pub fn script(name: &str, text: &str, report: &mut Report) {
    report.checked(name, text);
}

/// What follows the options of an init.
fn after_options<'w>(words: &'w [Word], with_word: &[&str]) -> &'w [Word] {
    let mut rest = words;
    while let Some((first, after)) = rest.split_first() {
        if first.value == "--" {
            return after;
        }
        if !first.value.starts_with('-') {
            break;
        }
        rest = if with_word.contains(&first.value.as_str()) { after.get(1..).unwrap_or_default() } else { after };
    }
    rest
}
