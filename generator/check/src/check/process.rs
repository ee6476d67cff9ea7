//! What a container's first process becomes: through launchers and scripts, to the program in the end.

use std::ops::Range;

use crate::{
    Finding, command,
    context::Files,
    dockerfile::{Image, Located, Origin, Sh, locate},
    pid1::{self, Document, Started, Surroundings},
    report::Report,
    rules::{no_shebang, not_executable},
    script,
};

/// How many scripts may start one another: `exec "$0"` goes on for ever.
const MOST_SCRIPTS: usize = 4;

/// A program that a first process becomes in the end.
#[derive(Clone, Debug)]
pub struct Service {
    /// The command line, as far as it is known.
    pub words: Vec<String>,
    /// Whether these are all of its words.
    pub is_whole: bool,
    /// Whether it is the arguments of the script that it stands in.
    pub is_arguments: bool,
    /// The init that stays as PID 1 before it.
    pub init: Option<String>,
    /// The file that it stands in.
    pub file: String,
    /// Where it stands there.
    pub span: Range<usize>,
}

/// What is known where a command line stands.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The file that says it.
    pub document: Document<'a>,
    /// The image that it is for.
    pub image: Option<&'a Image>,
    /// Its `/bin/sh`.
    pub sh: Sh,
    /// Where the arguments of an entrypoint script stand, if not with it.
    pub arguments: Option<&'a Range<usize>>,
    /// What is in its build context.
    pub files: Files<'a>,
}

/// Follows a command line that the kernel starts as PID 1, and that stands at `span`.
pub fn follow(argv: &[String], span: &Range<usize>, place: &Place, report: &mut Report) -> Vec<Service> {
    let surroundings = Surroundings { sh: place.sh.known(), args: None };
    let started = command::check(argv, place.document, span, &surroundings);
    let mut services = Vec::new();
    for service in add(started, place.document.name, report) {
        let init = service.init.clone();
        let through = scripts(service, span, place, MOST_SCRIPTS, report);
        services.extend(through.into_iter().map(|service| Service { init: service.init.or(init.clone()), ..service }));
    }
    services
}

/// A service, or what it becomes if it is a script that can be read.
fn scripts(service: Service, span: &Range<usize>, place: &Place, most: usize, report: &mut Report) -> Vec<Service> {
    let (program, args) = interpreted(&service.words);
    let is_direct = args.len() + 1 == service.words.len();
    let located = program.filter(|_| most > 0).and_then(|program| locate(place.image?, program, place.files));
    let Some(located) = located else { return vec![service] };
    if is_direct {
        no_shebang::check(&located.text, &located.path, (place.document.name, span), report);
        not_executable::check(located.is_executable, &located.path, (place.document.name, span), report);
    }
    if !is_shell_script(&located.text) {
        return vec![service];
    }
    let started = script(&located, args, place, report);
    let mut services = Vec::new();
    for inner in started {
        if inner.is_arguments {
            // They are a command line of whoever started the script, and are mended there.
            let span = place.arguments.unwrap_or(span);
            let surroundings = Surroundings { sh: place.sh.known(), args: None };
            let started = command::check(args, place.document, span, &surroundings);
            for service in add(started, place.document.name, report) {
                let init = service.init.clone().or(inner.init.clone());
                let is_whole = service.is_whole && inner.is_whole;
                let through = scripts(Service { is_whole, init, ..service }, span, place, most - 1, report);
                services.extend(through);
            }
            continue;
        }
        // A script that starts itself again as another user has been seen.
        let is_itself =
            inner.words.first().is_some_and(|first| *first == located.path || Some(first.as_str()) == program);
        if !is_itself {
            services.extend(scripts(inner, span, place, most - 1, report));
        }
    }
    services
}

/// The script of a command line, and its arguments: `sh /start.sh a` is one too.
fn interpreted(words: &[String]) -> (Option<&str>, &[String]) {
    const SHELLS: [&str; 4] = ["sh", "bash", "dash", "ash"];
    let Some((first, rest)) = words.split_first() else { return (None, &[]) };
    if !SHELLS.contains(&first.rsplit('/').next().unwrap_or_default()) {
        return (Some(first), rest);
    }
    match rest.split_first() {
        Some((script, args)) if !script.starts_with('-') => (Some(script), args),
        _ => (None, &[]),
    }
}

fn is_shell_script(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let Some(interpreter) = first.strip_prefix("#!") else { return !text.contains('\0') };
    interpreter.split(['/', ' ']).any(|word| ["sh", "bash", "dash", "ash"].contains(&word.trim()))
}

/// Checks a script of an image, in the file that it stands in.
fn script(located: &Located, args: &[String], place: &Place, report: &mut Report) -> Vec<Service> {
    let surroundings = Surroundings { sh: place.sh.known(), args: Some(args.to_vec()) };
    match &located.origin {
        Origin::File(name) => {
            report.checked(name, &located.text);
            let document = Document { name, text: &located.text };
            add(script::check(document, &surroundings), name, report)
        }
        Origin::Here(span) => {
            let name = place.document.name;
            let document = Document { name, text: &located.text };
            let within = Within::new(place.document.text, span, &located.text);
            let started = script::check(document, &surroundings);
            let findings = started.findings.into_iter();
            let findings = findings.map(|finding| Finding { span: within.span(&finding.span), ..finding }).collect();
            let services = started.services.into_iter();
            let services = services.map(|it| pid1::Service { span: within.span(&it.span), ..it }).collect();
            add(Started { findings, services }, name, report)
        }
    }
}

/// Takes what was found, and what comes of it.
fn add(started: Started, file: &str, report: &mut Report) -> Vec<Service> {
    started.findings.into_iter().for_each(|finding| report.add(finding));
    let service = |service: pid1::Service| Service {
        words: service.words,
        is_whole: service.is_whole,
        is_arguments: service.is_arguments,
        init: service.init,
        file: file.to_string(),
        span: service.span,
    };
    started.services.into_iter().map(service).collect()
}

/// Checks a script of which no image is known.
pub fn alone(name: &str, text: &str, report: &mut Report) {
    let document = Document { name, text };
    add(script::check(document, &Surroundings::default()), name, report);
}

/// A text in a file, of which tabs at the beginning of lines may have been taken away.
struct Within<'a> {
    /// Where each line begins in the file, without these tabs, and in the text.
    lines: Vec<(usize, usize)>,
    end: usize,
    text: &'a str,
}

impl<'a> Within<'a> {
    fn new(file: &str, span: &Range<usize>, text: &'a str) -> Self {
        let mut lines = Vec::new();
        let (mut outer, mut inner) = (span.start, 0);
        let written = file.get(span.clone()).unwrap_or_default();
        for (line, stripped) in written.split_inclusive('\n').zip(text.split_inclusive('\n')) {
            lines.push((outer + line.len().saturating_sub(stripped.len()), inner));
            outer += line.len();
            inner += stripped.len();
        }
        Self { lines, end: span.end, text }
    }

    fn span(&self, span: &Range<usize>) -> Range<usize> {
        let at = |byte: usize| {
            let byte = byte.min(self.text.len());
            let line = self.lines.iter().rev().find(|(_, inner)| *inner <= byte);
            line.map_or(self.end, |(outer, inner)| outer + (byte - inner))
        };
        at(span.start)..at(span.end).max(at(span.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_its_tabs_keeps_its_places() {
        let file = "COPY <<-EOF /x\n\ta\n\t\tbcd\nEOF\n";
        let within = Within::new(file, &(15..24), "a\nbcd\n");
        assert_eq!(&file[within.span(&(2..5))], "bcd");
        assert_eq!(&file[within.span(&(0..1))], "a");
        assert_eq!(within.span(&(90..99)), 24..24);
    }
}
