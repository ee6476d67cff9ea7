//! The cases of an init: every folder beside this file is one. `INIT_UNDER_TEST=tini` (or another peer) runs them
//! against that.

mod comparison;

use std::path::Path;

use libtest_mimic::{Arguments, Trial};
use scenarios::{Case, Init, Result};

/// Cases wait more than they compute.
const AT_ONCE: usize = 6;

fn main() -> Result<()> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let init = Init::under_test()?;
    let cases = Case::all(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/init")))?;
    let comparison = comparison::compare(&cases);
    let mut trials: Vec<Trial> = cases.into_iter().map(|case| trial(case, &init)).collect();
    trials.push(Trial::test("comparison", || Ok(comparison?)));
    if !arguments.list
        && let Some(obstacle) = scenarios::obstacle()?
    {
        return scenarios::skip(trials.len(), &obstacle);
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn trial(case: Case, init: &Init) -> Trial {
    let skipped = case.is_skipped(init);
    let init = init.clone();
    Trial::test(case.name(), move || Ok(case.run(&init)?)).with_ignored_flag(skipped)
}
