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

/// A blank of whatever type. Through it, a key of a record is one call, and how it is read stands in the program once for
/// each type, not for each key.
trait Blank {
    fn fill(&mut self, value: &Value, problems: &mut Problems);
}

impl<T: Form> Blank for T {
    fn fill(&mut self, value: &Value, problems: &mut Problems) {
        if let Some(value) = T::read(value, problems) {
            *self = value;
        }
    }
}

impl Reader<'_> {
    /// Fills in what is there.
    #[inline(never)]
    fn field(&mut self, key: &'static str, blank: &mut dyn Blank, is_required: bool) {
        self.known.push(key);
        match self.table.entries.get(key) {
            Some(entry) => blank.fill(&entry.value, self.problems),
            None if is_required => self.missing.push(key),
            None => {}
        }
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
        self.field(key, field, true);
    }

    fn optional<T: Form>(&mut self, key: &'static str, field: &mut T) {
        self.field(key, field, false);
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
