//! For programs. What is here stays: keys may be added, none changes its meaning.

use serde::Serialize;

use super::{Report, place::Place};
use crate::{Finding, Severity};

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'r> {
    /// Changes when something is taken away or means something else.
    version: u8,
    findings: Vec<Entry<'r>>,
    errors: usize,
    warnings: usize,
    notes: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Entry<'r> {
    rule: &'r str,
    severity: &'r str,
    file: &'r str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    message: &'r str,
    help: &'r str,
}

impl<'r> Entry<'r> {
    fn new(finding: &'r Finding, (start, end): (Place, Place)) -> Self {
        Self {
            rule: finding.rule.id,
            severity: finding.rule.severity.name(),
            file: &finding.file,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            message: &finding.message,
            help: &finding.help,
        }
    }
}

impl Report {
    /// As JSON.
    pub fn json(&self) -> String {
        let document = Document {
            version: 1,
            findings: self.placed().map(|(finding, places)| Entry::new(finding, places)).collect(),
            errors: self.count(Severity::Error),
            warnings: self.count(Severity::Warning),
            notes: self.count(Severity::Note),
        };
        serde_json::to_string_pretty(&document).map_or_else(|error| error.to_string(), |text| text + "\n")
    }
}
