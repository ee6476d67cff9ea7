//! From a tree to values.

use alloc::{format, vec::Vec};

use super::{
    Fields, Form, Kind, Problems, Record, Value,
    similar::nearest,
    tree::{Table, quoted},
    writer::Writer,
};

/// Fills a blank in.
pub struct Reader<'r> {
    table: &'r Table,
    problems: &'r mut Problems,
    /// The keys that there are.
    known: Vec<&'static str>,
    /// Those that are required, and not there.
    missing: Vec<&'static str>,
}

impl Reader<'_> {
    /// Whether the key is there.
    fn field<T: Form>(&mut self, key: &'static str, field: &mut T) -> bool {
        self.known.push(key);
        let Some(entry) = self.table.entries.get(key) else { return false };
        if let Some(value) = T::read(&entry.value, self.problems) {
            *field = value;
        }
        true
    }

    /// Every key was asked for: what is left is not known, and what was not found is missing.
    fn end(mut self, at: usize) {
        for (key, entry) in &self.table.entries {
            if self.known.contains(&key.as_str()) {
                continue;
            }
            let shown = quoted(key);
            // What would have been meant takes its time to find out.
            if self.problems.is_full() {
                self.problems.say(entry.at, &shown);
                continue;
            }
            let help = if let Some(meant) = nearest(key, &self.known) {
                // Its absence follows from the slip.
                self.missing.retain(|missing| *missing != meant);
                format!("did you mean `{meant}`?")
            } else {
                format!("the keys are `{}`", self.known.join("`, `"))
            };
            self.problems.say(entry.at, &format_args!("there is no key `{shown}` here: {help}"));
        }
        for key in self.missing {
            self.problems.say(at, &format_args!("`{key}` is missing"));
        }
    }
}

impl Fields for Reader<'_> {
    fn required<T: Form>(&mut self, key: &'static str, field: &mut T) {
        if !self.field(key, field) {
            self.missing.push(key);
        }
    }

    fn optional<T: Form>(&mut self, key: &'static str, field: &mut T) {
        self.field(key, field);
    }
}

impl<T: Record> Form for T {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        let Kind::Table(table) = &value.kind else {
            problems.mismatch(value, "a table");
            return None;
        };
        let before = problems.count();
        let mut record = Self::default();
        let mut reader = Reader { table, problems, known: Vec::new(), missing: Vec::new() };
        record.fields(&mut reader);
        reader.end(value.at);
        (problems.count() == before).then_some(record)
    }

    fn write(&self) -> Option<Value> {
        Some(Writer::write(self.clone()))
    }
}
