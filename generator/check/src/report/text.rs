//! For people.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::{Report, place::trimmed};
use crate::{Finding, Severity};

/// How many are shown: with more of them, something else is wrong.
const SHOWN: usize = 100;

impl Report {
    /// Each finding with its line, what would be right, and how many there are.
    pub fn text(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut text = String::new();
        for finding in self.findings.iter().take(SHOWN) {
            text.push_str(&self.shown(finding, &renderer));
            text.push_str("\n\n");
        }
        if let Some(more @ 1..) = self.findings.len().checked_sub(SHOWN) {
            let _ = writeln!(text, "{more} more findings are not shown\n");
        }
        if !self.findings.is_empty() {
            let count = |severity, one: &str| match self.count(severity) {
                0 => None,
                1 => Some(format!("1 {one}")),
                count => Some(format!("{count} {one}s")),
            };
            let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
            let counts: Vec<_> = counts.into_iter().filter_map(|(severity, one)| count(severity, one)).collect();
            let _ = writeln!(text, "{}; `wigwag check --explain RULE` says more", counts.join(", "));
        }
        text
    }

    fn shown(&self, finding: &Finding, renderer: &Renderer) -> String {
        let source = self.source(finding);
        let span = trimmed(source, &finding.span);
        let start = source.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        let rest = source.get(span.end..).unwrap_or_default();
        let end = span.end + rest.find('\n').unwrap_or(rest.len());
        let line = source.get(..start).unwrap_or_default().bytes().filter(|byte| *byte == b'\n').count() + 1;
        // Of the same length, so that the span stays right: the renderer would show the carriage return.
        let lines = source.get(start..end).unwrap_or_default().replace('\r', " ");
        let snippet = Snippet::source(lines)
            .line_start(line)
            .path(finding.file.as_str())
            .annotation(AnnotationKind::Primary.span(span.start - start..span.end - start));
        let level = match finding.rule.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let title = level.primary_title(finding.message.as_str()).id(finding.rule.id);
        renderer.render(&[title.element(snippet).element(Level::HELP.message(finding.help.as_str()))])
    }
}
