//! For code scanning: SARIF 2.1.0.

use serde_json::{Value, json};

use super::Report;
use crate::{Rule, Severity, rules};

impl Report {
    /// As SARIF, with every rule and its documentation.
    pub fn sarif(&self) -> String {
        let results: Vec<_> = self
            .placed()
            .map(|(finding, (start, end))| {
                json!({
                    "ruleId": finding.rule.id,
                    "ruleIndex": rules::all().iter().position(|rule| rule.id == finding.rule.id),
                    "level": finding.rule.severity.name(),
                    "message": { "text": format!("{}: {}", finding.message, finding.help) },
                    "locations": [{ "physicalLocation": {
                        "artifactLocation": { "uri": uri(&finding.file) },
                        "region": {
                            "startLine": start.line, "startColumn": start.column,
                            "endLine": end.line, "endColumn": end.column,
                        },
                    } }],
                })
            })
            .collect();
        let log = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "wigwag check",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules::all().iter().map(|rule| described(rule)).collect::<Vec<_>>(),
                } },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }],
        });
        serde_json::to_string_pretty(&log).map_or_else(|error| error.to_string(), |text| text + "\n")
    }
}

fn described(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.summary },
        "help": { "text": rule.doc, "markdown": rule.doc },
        "defaultConfiguration": { "level": rule.severity.name() },
    })
}

/// A name as a relative reference: what is no plain character is written by its bytes.
fn uri(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let written = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    name.trim_start_matches("./").bytes().map(written).collect()
}

impl Severity {
    /// Its name, in SARIF too.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}
