//! A shell form under a `/bin/sh` that stays as PID 1.

use std::ops::Range;

use super::{right_by_luck, shell_c_forks, shell_form_by_luck, shell_form_unknown_shell};
use crate::{dockerfile::Sh, report::Report};

rule!(Error, "shell-form", "a shell form under a `/bin/sh` that stays as PID 1");

/// A shell form under dash.
pub fn find(keyword: &str, (file, span): (&str, &Range<usize>), report: &mut Report) {
    report.find(
        &RULE,
        (file, span),
        format!(
            "this image's `/bin/sh` starts what this {keyword} says as its child, and does not pass the stop signal on"
        ),
        format!("write it as a JSON array, `{keyword} [\"program\", \"argument\"]`, or begin it with `exec`"),
    );
}

/// Whether its shell was found to stay.
pub fn is_in(found: &Report) -> bool {
    found.findings().iter().any(|finding| finding.rule.id == shell_c_forks::RULE.id)
}

/// What was found in the command line that a shell form stands for: that its shell stays, or does not by luck, is told of the
/// form.
pub fn take(found: Report, sh: Sh, keyword: &str, place: (&str, &Range<usize>), report: &mut Report) {
    for finding in found.into_findings() {
        if finding.rule.id == right_by_luck::RULE.id {
            shell_form_by_luck::find(keyword, place, report);
        } else if finding.rule.id != shell_c_forks::RULE.id {
            report.add(finding);
        } else if sh == Sh::Unknown {
            shell_form_unknown_shell::find(keyword, place, report);
        } else {
            find(keyword, place, report);
        }
    }
}
