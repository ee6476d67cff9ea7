//! An example of each key: the first that `docs/spec-examples.md` has.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use crate::spec::{Shape, Spec, Table, Value as _};

const DOCUMENT: &str = include_str!("../../../docs/spec-examples.md");

/// How a value is written, by the name of its table and its key.
#[derive(Default)]
pub struct Examples(BTreeMap<(&'static str, &'static str), String>);

impl Examples {
    /// Those of the document.
    pub fn read() -> Self {
        let mut examples = Self::default();
        // Between two fences is what begins with a language and ends with a line.
        let specs = DOCUMENT.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("toml\n"));
        for spec in specs {
            let (table, _) = DeTable::parse_recoverable(spec);
            examples.take(&Spec::shape(), &DeValue::Table(table.into_inner()), spec);
        }
        examples
    }

    /// How the key is written: `wait = "all"`. What several tables have may be written in another one.
    pub fn of(&self, table: Table, key: &'static str) -> Option<String> {
        let elsewhere = || self.0.iter().find(|((_, other), _)| *other == key).map(|(_, value)| value);
        self.0.get(&(table.name, key)).or_else(elsewhere).map(|value| format!("{key} = {value}"))
    }

    fn take(&mut self, shape: &Shape, value: &DeValue, text: &str) {
        match (shape, value) {
            (Shape::Table(table), DeValue::Table(values)) => {
                for key in (table.keys)() {
                    let Some(value) = values.get(key.name) else { continue };
                    let written = text.get(value.span()).unwrap_or_default();
                    if is_inline(value.get_ref(), written) {
                        self.0.entry((table.name, key.name)).or_insert_with(|| written.into());
                    }
                    self.take(&(key.shape)(), value.get_ref(), text);
                }
            }
            (Shape::Named { value: shape, .. }, DeValue::Table(values)) => {
                values.iter().for_each(|(_, value)| self.take(&shape(), value.get_ref(), text));
            }
            (Shape::List(shape), DeValue::Array(items)) => {
                items.iter().for_each(|item| self.take(&shape(), item.get_ref(), text));
            }
            (Shape::Any(shapes), value) => shapes.iter().for_each(|shape| self.take(shape, value, text)),
            (Shape::Common(_, shape), value) => self.take(&shape(), value, text),
            _ => {}
        }
    }
}

/// Whether it stands behind its key, and not below it.
fn is_inline(value: &DeValue, written: &str) -> bool {
    match value {
        DeValue::Table(_) => written.starts_with('{'),
        DeValue::Array(_) => written.starts_with('[') && !written.starts_with("[["),
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            true
        }
    }
}
