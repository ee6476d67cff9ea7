//! The cases of an init: every folder beside this file is one. `INIT_UNDER_TEST=tini` (or another peer) runs them
//! against that.

mod case;
mod comparison;
mod expectation;
mod run;

use std::{fs, path::Path, process::Command};

use case::Case;
use libtest_mimic::{Arguments, Trial};
use scenarios::{Init, Result, built};

/// Cases wait more than they compute.
const AT_ONCE: usize = 6;

fn main() -> Result<()> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let init = Init::under_test()?;
    let cases = cases(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/init")))?;
    let comparison = comparison::compare(&cases);
    let mut trials: Vec<Trial> = cases.into_iter().map(|case| trial(case, &init)).collect();
    trials.push(Trial::test("comparison", || Ok(comparison?)));
    if !arguments.list
        && let Some(obstacle) = obstacle()?
    {
        return scenarios::skip(trials.len(), &obstacle);
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// Why nothing can be PID 1 here.
fn obstacle() -> Result<Option<String>> {
    let output = Command::new(&built()?.wigwag).args(["pid1", "--", "/bin/true"]).output()?;
    Ok((!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).trim().to_string()))
}

fn cases(directory: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(directory)? {
        let folder = entry?.path();
        if folder.is_dir() {
            cases.push(Case::read(&folder)?);
        }
    }
    cases.sort_by_key(Case::name);
    Ok(cases)
}

fn trial(case: Case, init: &Init) -> Trial {
    let skipped = case.is_skipped(init);
    let init = init.clone();
    Trial::test(case.name(), move || Ok(case.run(&init)?)).with_ignored_flag(skipped)
}
