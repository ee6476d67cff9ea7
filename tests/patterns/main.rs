//! What `wigwag check` says of the patterns in this folder, without running them. README.md says what is in one.
//!
//! `docs/check-comparison.md` is made of that, and of what other tools say of the same; `UPDATE=1` writes it anew.

mod dockerfiles;
mod pattern;
mod peers;
mod table;

use std::error::Error;
use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};
use wigwag_check::Severity;

use self::pattern::{Expected, found};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let patterns = pattern::all(&root.join("tests/patterns"))?;
    let dockerfiles = dockerfiles::all(&root)?;
    let mut trials = peers::trials(&root, &patterns, &dockerfiles)?;
    trials.push(table::trial(&root, &patterns, &dockerfiles)?);
    for (name, pattern) in &patterns {
        for (shell, expected) in &pattern.shell {
            let (expected, found) = (expected.clone(), found(pattern, *shell));
            trials.push(Trial::test(format!("{name}::{shell:?}").to_lowercase(), move || judge(&expected, &found)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

fn judge(expected: &Expected, found: &[(&str, Severity)]) -> Result<(), Failed> {
    let (rule, is_note) = match expected {
        Expected::Right { finding } => (finding.as_deref(), true),
        Expected::Wrong { finding, .. } => (Some(finding.as_str()), false),
    };
    let is_as_expected = match (rule, found) {
        (None, []) => true,
        (Some(rule), [(found, severity)]) => rule == *found && is_note == (*severity == Severity::Note),
        _ => false,
    };
    if is_as_expected { Ok(()) } else { Err(format!("expected {rule:?}, found {found:?}").into()) }
}
