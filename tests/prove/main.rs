//! `wigwag prove` by running it: the ways to start a program in `patterns/`, of each of which it must say what is written
//! there; the cases beside this file; and what it does when it is itself stopped.

mod case;
mod example;
mod pattern;
mod proof;
mod stopped;

use std::path::Path;

use libtest_mimic::{Arguments, Trial};
use scenarios::{Result, obstacle, skip};

/// They wait more than they compute, but for the very start.
const AT_ONCE: usize = 8;

fn main() -> Result<()> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut trials: Vec<Trial> = pattern::trials(&here.join("patterns"))?;
    trials.extend(case::trials(&here.join("prove"))?);
    trials.extend(example::trials());
    trials.extend(stopped::trials());
    if !arguments.list
        && let Some(obstacle) = obstacle()?
    {
        return skip(trials.len(), &obstacle);
    }
    libtest_mimic::run(&arguments, trials).exit();
}
