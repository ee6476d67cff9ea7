use super::*;
use crate::{Kind, check};

fn of(text: &str) -> Report {
    let mut report = Report::default();
    check(Kind::Dockerfile, "a b/Dockerfile", text, &|_| None, &mut report);
    report
}

fn rules(report: &Report) -> Vec<&str> {
    report.findings().iter().map(|finding| finding.rule.id).collect()
}

#[test]
fn what_is_allowed_is_not_found() {
    let text = "FROM debian\n# wigwag: allow(shell-form)\nCMD ./a\n";
    assert_eq!(rules(&of(text).allowing(&[])), [""; 0]);
    assert_eq!(rules(&of("FROM debian\nCMD ./a\n").allowing(&["shell-form"])), [""; 0]);
    assert_eq!(
        rules(&of("# wigwag: allow(shel-form, no-shell)\nFROM debian\n").allowing(&[])),
        ["unknown-suppression", "unused-suppression"]
    );
    let notes = of("FROM alpine\nCMD ./a\n").allowing(&[]);
    assert!(!notes.is_bad() && of("FROM debian\nCMD ./a\n").allowing(&[]).is_bad());
    assert_eq!(rules(&notes), ["shell-form-by-luck"]);
}

#[test]
fn many_findings_take_no_longer_each() {
    let text =
        format!("# wigwag: allow(x)\nFROM debian\n{}", "# wigwag: allow(shell-form)\nCMD [\"a\"]\n".repeat(10_000));
    let report = of(&text).allowing(&[]);
    let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(json["findings"].as_array().unwrap().len(), report.findings().len());
    assert_eq!(json["findings"][1]["line"], 3);
    assert_eq!(json["findings"].as_array().unwrap().last().unwrap()["line"], 20_001);
}

#[test]
fn a_finding_is_told_in_three_ways() {
    let report = of("FROM debian\nSTOPSIGNAL \u{fc}\r\nCMD [\"a\"]\n").allowing(&[]);
    assert_eq!(
        report.text(false),
        "error[stop-signal-invalid]: `ü` is not a signal\n --> a b/Dockerfile:2:12\n  |\n2 | STOPSIGNAL ü \n  |            ^\n  |\n  = help: the signal that the program takes for a stop, `SIGTERM` for most; `wigwag preset list` has others\n\n1 error; `wigwag check --explain RULE` says more\n"
    );
    let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(json["findings"][0]["line"], 2);
    assert_eq!(json["findings"][0]["end-column"], 13);
    assert_eq!(json["errors"], 1);
    let sarif: serde_json::Value = serde_json::from_str(&report.sarif()).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a%20b/Dockerfile");
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"][index]["id"], "stop-signal-invalid");
}
