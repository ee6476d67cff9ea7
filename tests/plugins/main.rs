//! Attacks that must fail: plugins that do harm, in a real host, under the real init. Every folder beside this file is a case.
//!
//! A case is one of `tests/init`, and its config is made of a `spec.toml` as `wigwag build` makes it. `module = "NAME.wasm"` is
//! made of `NAME.wat`, in the folder or beside it: fields of a module, to which `src/component/prelude.wat` is added. A plugin
//! with an `$attack` does that in every hook. `{directory}` is the working directory, in specs and in plugins. `prepare` may
//! do something to the config and to the native code.

use std::path::Path;

use libtest_mimic::{Arguments, Trial};
use scenarios::{Case, Init, Result};

/// Cases wait more than they compute.
const AT_ONCE: usize = 4;

fn main() -> Result<()> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let cases = Case::all(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/plugins")))?;
    let trials: Vec<Trial> = cases.into_iter().flat_map(trials).collect();
    if !arguments.list
        && let Some(obstacle) = scenarios::obstacle()?
    {
        return scenarios::skip(trials.len(), &obstacle);
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// As PID 1, and perhaps as another process.
fn trials(case: Case) -> Vec<Trial> {
    let (name, below) = (case.name(), case.also_not_pid_1.then(|| case.clone()));
    let skipped = case.is_skipped(&Init::Ours);
    let mut trials = vec![Trial::test(name.clone(), move || Ok(case.run(&Init::Ours)?))];
    trials.extend(below.map(|case| Trial::test(format!("{name}-not-pid-1"), move || Ok(case.run_below(&Init::Ours)?))));
    trials.into_iter().map(|trial| trial.with_ignored_flag(skipped)).collect()
}
