//! What must hold of findings.

use serde_json::Value as Json;
use wigwag_check::{Kind, Report, check, context::File, suppression};

/// What divides a file from the one that it names.
const DIVIDER: char = '\0';

/// Checks the text of a file of this kind. What stands behind a NUL is in every file that it names.
pub fn of(kind: Kind, name: &str, bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let (text, beside) = text.split_once(DIVIDER).map_or((text, None), |(text, beside)| (text, Some(beside)));
    let files = |name: &str| {
        beside.map(|text| File { name: format!("beside/{name}"), text: text.to_string(), is_executable: None })
    };
    let mut report = Report::default();
    check(kind, name, text, &files, &mut report);
    for finding in report.findings() {
        let source = if finding.file == name { text } else { beside.unwrap_or_default() };
        let (start, end) = (finding.span.start, finding.span.end);
        assert!(start <= end && end <= source.len(), "{start}..{end} of {}: {finding:?}", source.len());
        assert!(source.get(start..end).is_some(), "{start}..{end} is within a character: {finding:?}");
        assert!(!finding.message.is_empty() && !finding.help.is_empty(), "{finding:?}");
    }
    for suppression in suppression::all(text) {
        assert_eq!(text.get(suppression.span.clone()), Some(suppression.rule.as_str()));
        assert!(text.get(suppression.covers.clone()).is_some(), "{suppression:?}");
    }
    told(&report.allowing(&[]));
}

/// Every format can be made, and programs can read those that are for them.
fn told(report: &Report) {
    let text = report.text(false);
    assert_eq!(text.is_empty(), report.findings().is_empty());
    let count = report.findings().len();
    let json: Json = serde_json::from_str(&report.json()).expect("the report is JSON");
    assert_eq!(json["findings"].as_array().map(Vec::len), Some(count));
    // It has the documentation of every rule in it: for all it would take most of the time.
    if text.len().is_multiple_of(16) {
        let sarif: Json = serde_json::from_str(&report.sarif()).expect("the report is JSON");
        assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(count));
    }
}
