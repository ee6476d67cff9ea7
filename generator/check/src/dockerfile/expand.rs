//! Variables in a Dockerfile: what `ARG` and `ENV` say, and what `$NAME` becomes.

use std::{collections::BTreeMap, ops::Range};

/// The longest text that is known: every line can double the variable of the line before.
pub const LONGEST: usize = 1 << 14;

/// The variables at a place; one whose value only the build knows has none.
#[derive(Clone, Debug, Default)]
pub struct Variables(BTreeMap<String, Option<String>>);

impl Variables {
    /// A variable's value, if it is known.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_deref()
    }

    /// Takes what `ARG` says: `NAME`, `NAME=default`, several of them. One without a default has that of `global`.
    pub fn arg(&mut self, arguments: &str, global: Option<&Self>) {
        for word in words(arguments) {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, self.expand(value)),
                None => (word.as_str(), global.and_then(|global| global.get(&word)).map(str::to_string)),
            };
            self.0.insert(name.to_string(), value);
        }
    }

    /// Takes what `ENV` says: `NAME=value NAME="value"`, or `NAME value`.
    pub fn env(&mut self, arguments: &str) {
        let first = arguments.split_ascii_whitespace().next().unwrap_or_default();
        if !first.contains('=') {
            let value = self.expand(arguments.trim_start().get(first.len()..).unwrap_or_default().trim());
            self.0.insert(first.to_string(), value);
            return;
        }
        // What is set here is seen from the next instruction on.
        let before = self.clone();
        for word in words(arguments) {
            if let Some((name, value)) = word.split_once('=') {
                self.0.insert(name.to_string(), before.expand(value));
            }
        }
    }

    /// The text with variables replaced, if all of them are known. What is not there at all is nothing, as for the builder.
    pub fn expand(&self, text: &str) -> Option<String> {
        let mut expanded = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['$', '\\']) {
            let (before, from) = rest.split_at(at);
            expanded.push_str(before);
            let mut after = from.chars();
            let special = after.next();
            rest = after.as_str();
            if special == Some('\\') {
                expanded.extend(after.next());
                rest = after.as_str();
                continue;
            }
            let (value, left) = self.reference(rest)?;
            expanded.push_str(&value);
            if expanded.len() > LONGEST {
                return None;
            }
            rest = left;
        }
        expanded.push_str(rest);
        Some(expanded)
    }

    /// A text between `<<EOF` and `EOF` as the builder writes it, line by line, so that each stays at its place. A line with a
    /// value that is not known, or that is several lines, stays as it is.
    pub fn here_document(&self, text: &str) -> String {
        let line = |line: &str| {
            let kept = without_parameters(line);
            let expanded = self.expand(&kept).filter(|expanded| !expanded.trim_end().contains('\n'));
            expanded.unwrap_or_else(|| line.to_string())
        };
        text.split_inclusive('\n').map(line).collect()
    }

    /// What stands for a reference after its `$`, and what follows it.
    fn reference<'t>(&self, text: &'t str) -> Option<(String, &'t str)> {
        let Some(braced) = text.strip_prefix('{') else {
            let name = name(text);
            let rest = text.get(name.len()..)?;
            return if name.is_empty() { Some(("$".to_string(), rest)) } else { Some((self.value(name)?, rest)) };
        };
        let (inside, rest) = braced.split_once('}')?;
        let name = name(inside);
        let (colon, modifier) = match inside.get(name.len()..)? {
            "" => return Some((self.value(name)?, rest)),
            modifier => (modifier.starts_with(':'), modifier.trim_start_matches(':')),
        };
        let is_set = match self.0.get(name) {
            None => false,
            Some(None) => return None,
            Some(Some(value)) => !(colon && value.is_empty()),
        };
        let word = modifier.get(1..)?;
        let value = match modifier.chars().next()? {
            '-' if is_set => self.value(name)?,
            '-' => self.expand(word)?,
            '+' if is_set => self.expand(word)?,
            '+' => String::new(),
            _ => return None,
        };
        Some((value, rest))
    }

    fn value(&self, name: &str) -> Option<String> {
        match self.0.get(name) {
            None => Some(String::new()),
            Some(value) => value.clone(),
        }
    }
}

/// Where a text has the first `$@`, `$1` or the like, which is nothing for the builder.
pub fn parameter(text: &str) -> Option<Range<usize>> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        let next = text.get(at + 1..).and_then(|rest| rest.chars().next());
        if c == '$' && !escaped && next.is_some_and(|next| next.is_ascii_digit() || "@*#?-$!".contains(next)) {
            return Some(at..at + 2);
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

fn without_parameters(text: &str) -> String {
    let (mut kept, mut rest) = (String::new(), text);
    while let Some(found) = parameter(rest) {
        kept.push_str(rest.get(..found.start).unwrap_or_default());
        rest = rest.get(found.end..).unwrap_or_default();
    }
    kept + rest
}

/// The name that the text begins with, which may be empty.
fn name(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let name = text.get(..end).unwrap_or_default();
    if name.starts_with(|c: char| c.is_ascii_digit()) { "" } else { name }
}

/// Words as the builder divides them: quotes keep blanks, and are taken away.
fn words(text: &str) -> Vec<String> {
    shlex::split(text).unwrap_or_else(|| text.split_ascii_whitespace().map(str::to_string).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_here_document_is_what_the_builder_writes() {
        let mut variables = Variables::default();
        variables.env("APP=server");
        variables.arg("OTHER", None);
        for (text, written) in [
            ("exec $APP \"\\$@\"\n", "exec server \"$@\"\n"),
            ("exec $APP \"$@\"\n\\\n\\\\\n", "exec server \"\"\n\n\\\n"),
            ("echo '$NONE' $(date)\n", "echo '' $(date)\n"),
            ("$OTHER \"\\$@\"\n$APP", "$OTHER \"\\$@\"\nserver"),
        ] {
            assert_eq!(variables.here_document(text), written);
        }
    }

    #[test]
    fn references_are_replaced_if_they_are_known() {
        let mut variables = Variables::default();
        variables.arg("TAG=3.12 OTHER", None);
        variables.env("HOME=\"/srv/my app\" BIN=$TAG/bin");
        variables.env("OLD a value");
        for (text, expanded) in [
            ("python:$TAG-slim", Some("python:3.12-slim")),
            ("python:${TAG}-slim", Some("python:3.12-slim")),
            ("${NONE:-alpine}", Some("alpine")),
            ("${NONE-alpine}", Some("alpine")),
            ("${TAG:+yes}$NONE", Some("yes")),
            ("$OTHER", None),
            ("${OTHER:-x}", None),
            ("$HOME/$BIN", Some("/srv/my app/3.12/bin")),
            ("$OLD", Some("a value")),
            ("\\$TAG$", Some("$TAG$")),
            ("${TAG", None),
            ("${TAG#3}", None),
        ] {
            assert_eq!(variables.expand(text).as_deref(), expanded, "{text}");
        }
    }

    #[test]
    fn what_doubles_line_by_line_is_not_known() {
        let mut variables = Variables::default();
        variables.arg("A0=aa", None);
        for line in 1..100 {
            variables.arg(&format!("A{line}=$A{0}$A{0}", line - 1), None);
        }
        assert_eq!(variables.expand("$A2").as_deref(), Some("aaaaaaaa"));
        assert_eq!(variables.expand("$A99"), None);
    }
}
