//! The tables of a spec, and where they stand.

use crate::spec::{Shape, Spec, Table, Value as _};

/// A table, and where it can stand.
pub struct Section {
    /// The table.
    pub table: Table,
    /// As headers: `[service.NAME]`.
    places: Vec<String>,
}

impl Section {
    /// Its places, as a heading.
    pub fn heading(&self) -> String {
        if self.places.iter().all(String::is_empty) {
            return "Above all tables".into();
        }
        self.places.iter().map(|place| format!("`{place}`")).collect::<Vec<_>>().join(", ")
    }

    /// What a link to the heading has after its `#`.
    pub fn anchor(&self) -> String {
        let kept = self.heading().to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()
    }

    /// Whether a value of this shape is this table, or has it in it.
    pub fn is_value_of(&self, shape: &Shape) -> bool {
        match shape {
            Shape::Table(table) => table.name == self.table.name,
            Shape::List(item) => self.is_value_of(&item()),
            Shape::Named { value, .. } => self.is_value_of(&value()),
            Shape::Any(shapes) => shapes.iter().any(|shape| self.is_value_of(shape)),
            Shape::Common(_, shape) => self.is_value_of(&shape()),
            Shape::Text | Shape::Pattern(_) | Shape::Word(_) | Shape::Integer(_) | Shape::Number | Shape::Boolean => {
                false
            }
        }
    }
}

/// Every table, each before those in it.
pub fn sections() -> Vec<Section> {
    let mut sections = Vec::new();
    collect(&Spec::shape(), "", false, &mut sections);
    sections
}

fn collect(shape: &Shape, path: &str, is_list: bool, sections: &mut Vec<Section>) {
    match shape {
        Shape::Table(table) => {
            let place = match (path, is_list) {
                ("", _) => String::new(),
                (path, true) => format!("[[{path}]]"),
                (path, false) => format!("[{path}]"),
            };
            if let Some(known) = sections.iter_mut().find(|section| section.table.name == table.name) {
                known.places.push(place);
                return;
            }
            sections.push(Section { table: *table, places: vec![place] });
            for key in (table.keys)() {
                collect(&(key.shape)(), &below(path, key.name), false, sections);
            }
        }
        Shape::List(item) => collect(&item(), path, true, sections),
        Shape::Named { value, .. } => collect(&value(), &below(path, "NAME"), false, sections),
        Shape::Any(shapes) => shapes.iter().for_each(|shape| collect(shape, path, is_list, sections)),
        Shape::Common(_, shape) => collect(&shape(), path, is_list, sections),
        Shape::Text | Shape::Pattern(_) | Shape::Word(_) | Shape::Integer(_) | Shape::Number | Shape::Boolean => {}
    }
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.into() } else { format!("{path}.{key}") }
}
