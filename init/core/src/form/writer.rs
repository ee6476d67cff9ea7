//! From values to a tree.

use super::{Fields, Form, Kind, Record, Value, tree::Table};

/// Makes a tree of a record.
#[derive(Default)]
pub struct Writer {
    table: Table,
    /// What the blank has; in the blank itself, nothing is left out.
    blank: Table,
}

impl Writer {
    pub fn write<T: Record>(mut record: T) -> Value {
        let mut blank = Self::default();
        T::default().fields(&mut blank);
        let mut writer = Self { table: Table::default(), blank: blank.table };
        record.fields(&mut writer);
        Value::new(Kind::Table(writer.table))
    }
}

impl Fields for Writer {
    fn required<T: Form>(&mut self, key: &'static str, field: &mut T) {
        if let Some(value) = field.write() {
            self.table.push(key, value);
        }
    }

    fn optional<T: Form>(&mut self, key: &'static str, field: &mut T) {
        let blank = self.blank.entries.get(key).map(|entry| &entry.value);
        if let Some(value) = field.write().filter(|value| Some(value) != blank) {
            self.table.push(key, value);
        }
    }
}
