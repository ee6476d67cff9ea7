//! YAML with the place of everything: several documents, anchors, merge keys.

use std::{collections::BTreeMap, ops::Range, rc::Rc};

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

/// How deep values may be nested. Manifests have some ten levels; more is an attack on whoever reads it.
const DEEPEST: usize = 100;

/// How many merge keys are followed for one mapping: lists of them can name the same one again and again.
const MOST_MERGED: usize = 1_000;

/// A value, and where it stands.
#[derive(Debug)]
pub struct Node {
    /// Where, in bytes.
    pub span: Range<usize>,
    /// What it is.
    pub value: Value,
    depth: usize,
}

/// What a value is.
#[derive(Debug)]
pub enum Value {
    /// A text, a number, anything that is written as one.
    Scalar(String),
    /// A list.
    Sequence(Vec<Rc<Node>>),
    /// Keys and values, in their order.
    Mapping(Vec<(Rc<Node>, Rc<Node>)>),
}

/// Why a text is no YAML, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotYaml {
    /// Why.
    pub message: String,
    /// Where.
    pub span: Range<usize>,
}

/// The documents of a text.
pub fn documents(text: &str) -> Result<Vec<Rc<Node>>, NotYaml> {
    let mut builder =
        Builder { places: Places::new(text), open: Vec::new(), anchors: BTreeMap::new(), done: Vec::new() };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let at = builder.places.byte(error.marker().index());
            NotYaml { message: error.info().to_string(), span: at..at }
        })?;
        builder.event(event, span)?;
    }
    Ok(builder.done)
}

impl Node {
    /// The text, if it is one; nothing for `null` and what is empty.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) if !["", "~", "null"].contains(&text.as_str()) => Some(text),
            Value::Scalar(_) | Value::Sequence(_) | Value::Mapping(_) => None,
        }
    }

    /// The items of a list.
    pub fn items(&self) -> &[Rc<Self>] {
        match &self.value {
            Value::Sequence(items) => items,
            Value::Scalar(_) | Value::Mapping(_) => &[],
        }
    }

    /// The keys and values, those of merge keys last.
    pub fn entries(&self) -> Vec<(&Rc<Self>, &Rc<Self>)> {
        let mut entries = Vec::new();
        self.collect(&mut entries, &mut { MOST_MERGED });
        entries
    }

    fn collect<'n>(&'n self, entries: &mut Vec<(&'n Rc<Self>, &'n Rc<Self>)>, merges: &mut usize) {
        let Value::Mapping(written) = &self.value else { return };
        let is_merge = |key: &Self| key.text() == Some("<<");
        entries.extend(written.iter().filter(|(key, _)| !is_merge(key)).map(|(key, value)| (key, value)));
        for (_, merged) in written.iter().filter(|(key, _)| is_merge(key)) {
            let several = merged.items().iter();
            for merged in several.chain([merged]) {
                let Some(left) = merges.checked_sub(1) else { return };
                *merges = left;
                merged.collect(entries, merges);
            }
        }
    }

    /// The value of a key; one of a merge key if there is no other.
    pub fn get(&self, name: &str) -> Option<&Rc<Self>> {
        self.entries().into_iter().find(|(key, _)| key.text() == Some(name)).map(|(_, value)| value)
    }

    /// The value at the end of a way of keys.
    pub fn at(&self, names: &[&str]) -> Option<&Rc<Self>> {
        let (first, rest) = names.split_first()?;
        let value = self.get(first)?;
        if rest.is_empty() { Some(value) } else { value.at(rest) }
    }
}

/// Bytes of characters: the parser counts these.
struct Places(Vec<usize>);

impl Places {
    fn new(text: &str) -> Self {
        Self(text.char_indices().map(|(at, _)| at).chain([text.len()]).collect())
    }

    fn byte(&self, character: usize) -> usize {
        self.0.get(character).or(self.0.last()).copied().unwrap_or_default()
    }

    fn range(&self, span: Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }
}

/// A list or mapping whose end has not come.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<Rc<Node>>,
}

struct Builder {
    places: Places,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Rc<Node>>,
    done: Vec<Rc<Node>>,
}

impl Builder {
    fn event(&mut self, event: Event, span: Span) -> Result<(), NotYaml> {
        let span = self.places.range(span);
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let text = if style == ScalarStyle::Plain { text.trim().to_string() } else { text.into_owned() };
                self.add(Node { span, value: Value::Scalar(text), depth: 0 }, anchor)
            }
            Event::Alias(anchor) => {
                // An anchor that is not closed yet would contain itself.
                let nothing = || Rc::new(Node { span: span.clone(), value: Value::Scalar(String::new()), depth: 0 });
                let node = self.anchors.get(&anchor).cloned().unwrap_or_else(nothing);
                self.put(node)
            }
            Event::SequenceStart(anchor, _) => self.begin(span, Value::Sequence(Vec::new()), anchor),
            Event::MappingStart(anchor, _) => self.begin(span, Value::Mapping(Vec::new()), anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { mut node, anchor, .. }) => {
                    node.span.end = node.span.end.max(span.start);
                    self.add(node, anchor)
                }
                None => Ok(()),
            },
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn begin(&mut self, span: Range<usize>, value: Value, anchor: usize) -> Result<(), NotYaml> {
        if self.open.len() >= DEEPEST {
            return Err(too_deep(span));
        }
        self.open.push(Open { node: Node { span, value, depth: 0 }, anchor, key: None });
        Ok(())
    }

    fn add(&mut self, node: Node, anchor: usize) -> Result<(), NotYaml> {
        let node = Rc::new(node);
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        self.put(node)
    }

    fn put(&mut self, node: Rc<Node>) -> Result<(), NotYaml> {
        let Some(open) = self.open.last_mut() else {
            self.done.push(node);
            return Ok(());
        };
        open.node.depth = open.node.depth.max(node.depth + 1);
        if open.node.depth > DEEPEST {
            return Err(too_deep(node.span.clone()));
        }
        match (&mut open.node.value, open.key.take()) {
            (Value::Sequence(items), _) => items.push(node),
            (Value::Mapping(entries), Some(key)) => entries.push((key, node)),
            (Value::Mapping(_), None) => open.key = Some(node),
            (Value::Scalar(_), _) => {}
        }
        Ok(())
    }
}

fn too_deep(span: Range<usize>) -> NotYaml {
    NotYaml { message: format!("values are nested in more than {DEEPEST} levels"), span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_places_anchors_and_merge_keys() {
        let text = "# ü\nbase: &b {a: 1, c: é}\n---\nx: 1\n";
        let documents_of = documents(text).unwrap();
        assert_eq!(documents_of.len(), 2);
        let c = documents_of[0].at(&["base", "c"]).unwrap();
        assert_eq!(&text[c.span.clone()], "é");
        let text = "base: &b {a: 1, c: 2}\nuse:\n  <<: *b\n  c: 3\n  d: [x, \"y\"]\n";
        let document = documents(text).unwrap().remove(0);
        assert_eq!(document.at(&["use", "a"]).unwrap().text(), Some("1"));
        assert_eq!(document.at(&["use", "c"]).unwrap().text(), Some("3"));
        let y = &document.at(&["use", "d"]).unwrap().items()[1];
        assert_eq!(&text[y.span.clone()], "\"y\"");
    }

    #[test]
    fn what_is_made_to_harm_is_refused() {
        assert!(documents(&"- ".repeat(100_000)).is_err());
        assert!(documents(&"[".repeat(200)).is_err());
        let chain = (1..200).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)).collect::<Vec<_>>().concat();
        assert!(documents(&format!("a0: &a0 1\n{chain}")).is_err());
        assert!(documents("a: &a [*a]\n").is_ok());
        assert_eq!(documents("a: b: c\n").unwrap_err().span, 4..4);
    }

    #[test]
    fn bombs_take_no_memory() {
        let levels = |n: usize| format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1);
        let levels = (1..60).map(levels).collect::<Vec<_>>().concat();
        assert!(documents(&format!("a0: &a0 1\n{levels}")).is_ok());
        let levels = |n: usize| format!("a{n}: &a{n} {{<<: [*a{0}, *a{0}]}}\n", n - 1);
        let levels = (1..40).map(levels).collect::<Vec<_>>().concat();
        let bomb = documents(&format!("a0: &a0 {{x: 1}}\n{levels}")).unwrap();
        assert!(bomb[0].at(&["a39", "y"]).is_none());
    }
}
