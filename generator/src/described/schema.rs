//! The JSON Schema of a spec: what editors complete and check it by.

use serde_json::{Map, Value, json};

use super::doc;
use crate::spec::{Key, Shape, Spec, Table, Value as _};

/// The schema, in the draft that editors' TOML plugins read.
pub fn schema() -> Value {
    let mut definitions = Definitions::default();
    let Shape::Table(spec) = Spec::shape() else { return Value::Null };
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": concat!("A spec of wigwag ", env!("CARGO_PKG_VERSION")),
    });
    merge(&mut schema, definitions.table(spec));
    merge(&mut schema, json!({ "definitions": definitions.0 }));
    schema
}

/// As it is printed.
pub fn text() -> String {
    format!("{:#}\n", schema())
}

/// What is referred to by name.
#[derive(Default)]
struct Definitions(Map<String, Value>);

impl Definitions {
    fn refer(&mut self, name: &str, define: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.0.contains_key(name) {
            // Its place is taken first, so that they stand in the order in which they are met.
            self.0.insert(name.into(), Value::Null);
            let definition = define(self);
            self.0.insert(name.into(), definition);
        }
        json!({ "$ref": format!("#/definitions/{name}") })
    }

    fn shape(&mut self, shape: &Shape) -> Value {
        match shape {
            Shape::Text => json!({ "type": "string" }),
            Shape::Pattern(pattern) => json!({ "type": "string", "pattern": pattern }),
            Shape::Word(words) => json!({ "type": "string", "enum": words }),
            Shape::Integer(range) if range.start() == range.end() => {
                json!({ "type": "integer", "const": range.start() })
            }
            Shape::Integer(range) if *range.end() == i64::MAX => json!({ "type": "integer", "minimum": range.start() }),
            Shape::Integer(range) => {
                json!({ "type": "integer", "minimum": range.start(), "maximum": range.end() })
            }
            Shape::Number => json!({ "type": "number" }),
            Shape::Boolean => json!({ "type": "boolean" }),
            Shape::List(item) => json!({ "type": "array", "items": self.shape(&item()) }),
            Shape::Named { name, value } => {
                let value = self.shape(&value());
                named(name, &value)
            }
            Shape::Table(table) => {
                let table = *table;
                self.refer(&table.name.to_lowercase(), |definitions| definitions.table(table))
            }
            Shape::Any(shapes) => json!({ "anyOf": self.alternatives(shapes) }),
            Shape::Common(name, define) => self.refer(name, |definitions| definitions.shape(&define())),
        }
    }

    fn alternatives(&mut self, shapes: &[Shape]) -> Vec<Value> {
        let mut alternatives = Vec::new();
        for shape in shapes {
            if let Shape::Any(shapes) = shape {
                alternatives.extend(self.alternatives(shapes));
            } else {
                alternatives.push(self.shape(shape));
            }
        }
        alternatives
    }

    fn table(&mut self, table: Table) -> Value {
        let keys = (table.keys)();
        let required: Vec<_> = keys.iter().filter(|key| doc::is_required(key.doc)).map(|key| key.name).collect();
        let properties: Map<String, Value> = keys.iter().map(|key| (key.name.into(), self.key(key))).collect();
        let mut schema = json!({
            "description": doc::line(table.doc),
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        });
        if !required.is_empty() {
            merge(&mut schema, json!({ "required": required }));
        }
        schema
    }

    fn key(&mut self, key: &Key) -> Value {
        let mut schema = json!({ "description": doc::line(key.doc) });
        if let Some(default) = doc::default(key.doc) {
            merge(&mut schema, json!({ "default": default }));
        }
        let shape = self.shape(&(key.shape)());
        // What stands beside a reference is not read.
        let shape = if shape.get("$ref").is_some() { json!({ "allOf": [shape] }) } else { shape };
        merge(&mut schema, shape);
        schema
    }
}

/// A table whose keys are names.
fn named(name: &Shape, value: &Value) -> Value {
    let mut names = Names::default();
    names.take(name);
    let properties: Map<String, Value> = names.words.into_iter().map(|word| (word, value.clone())).collect();
    let patterns: Map<String, Value> = names.patterns.into_iter().map(|pattern| (pattern, value.clone())).collect();
    let is_closed = !properties.is_empty() || !patterns.is_empty();
    let mut schema = json!({ "type": "object" });
    if !properties.is_empty() {
        merge(&mut schema, json!({ "properties": properties }));
    }
    if !patterns.is_empty() {
        merge(&mut schema, json!({ "patternProperties": patterns }));
    }
    merge(&mut schema, json!({ "additionalProperties": if is_closed { Value::Bool(false) } else { value.clone() } }));
    schema
}

/// What a name can be: one of the words, which are completed, or what matches one of the patterns.
#[derive(Default)]
struct Names {
    words: Vec<String>,
    patterns: Vec<String>,
}

impl Names {
    fn take(&mut self, shape: &Shape) {
        match shape {
            Shape::Word(words) => self.words.extend(words.iter().cloned()),
            Shape::Pattern(pattern) => self.patterns.push(pattern.clone()),
            Shape::Any(shapes) => shapes.iter().for_each(|shape| self.take(shape)),
            Shape::Common(_, shape) => self.take(&shape()),
            // Any name.
            Shape::Text
            | Shape::Integer(_)
            | Shape::Number
            | Shape::Boolean
            | Shape::List(_)
            | Shape::Named { .. }
            | Shape::Table(_) => {}
        }
    }
}

/// Adds the members of an object to another.
fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}
