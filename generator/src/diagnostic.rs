//! What is wrong with a spec, where, and what would be right.

use std::{fmt::Write as _, ops::Range};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::source::Source;

/// How many are shown: a file that is no spec at all has one for every line.
const SHOWN: usize = 50;

/// One error in a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where, in bytes of the source.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// Other places that have to do with it, and what is there.
    pub related: Vec<(Range<usize>, String)>,
    /// What would be right.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), related: Vec::new(), help: None }
    }

    /// What would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Another place, and what is there.
    #[must_use]
    pub fn related(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    fn render(&self, source: &Source, renderer: &Renderer) -> String {
        let spans = std::iter::once(&self.span).chain(self.related.iter().map(|(span, _)| span));
        let lines = Lines::around(source, spans);
        let primary = AnnotationKind::Primary.span(lines.within(source, &self.span));
        let related = self
            .related
            .iter()
            .map(|(span, label)| AnnotationKind::Context.span(lines.within(source, span)).label(label.as_str()));
        // Of the same length, so that the spans stay right: the renderer would show the carriage return.
        let snippet = Snippet::source(lines.text.replace('\r', " "))
            .line_start(lines.first)
            .path(source.name.as_str())
            .annotation(primary)
            .annotations(related);
        let help = self.help.as_deref().map(|help| Level::HELP.message(help));
        renderer.render(&[Level::ERROR.primary_title(self.message.as_str()).element(snippet).elements(help)])
    }
}

/// The whole lines that a message is about: the renderer needs no more of a long spec.
struct Lines<'a> {
    text: &'a str,
    start: usize,
    first: usize,
}

impl<'a> Lines<'a> {
    fn around<'s>(source: &'a Source, spans: impl Iterator<Item = &'s Range<usize>>) -> Self {
        let (start, end) = spans
            .map(|span| source.clamp(span))
            .fold((source.text.len(), 0), |(start, end), span| (start.min(span.start), end.max(span.end)));
        let before = source.text.get(..start).unwrap_or_default();
        let after = source.text.get(end..).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let end = after.find('\n').map_or(source.text.len(), |newline| end + newline);
        let first = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let text = source.text.get(start..end.max(start)).unwrap_or_default();
        Self { text: text.strip_suffix('\r').unwrap_or(text), start, first }
    }

    fn within(&self, source: &Source, span: &Range<usize>) -> Range<usize> {
        let span = source.clamp(span);
        let within = |at: usize| at.saturating_sub(self.start).min(self.text.len());
        within(span.start)..within(span.end)
    }
}

/// All of them as text, in the order of their places.
pub fn render(diagnostics: &[Diagnostic], source: &Source, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut sorted: Vec<_> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| diagnostic.span.start);
    let mut text = String::new();
    for diagnostic in sorted.iter().take(SHOWN) {
        text.push_str(&diagnostic.render(source, &renderer));
        text.push_str("\n\n");
    }
    if let Some(more @ 1..) = sorted.len().checked_sub(SHOWN) {
        let _ = writeln!(text, "{more} more errors are not shown\n");
    }
    text
}

#[cfg(test)]
mod tests;
