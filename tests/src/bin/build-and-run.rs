//! Builds our programs, then becomes `wigwag` with this program's arguments: what `cargo wigwag` runs.

use std::{env, os::unix::process::CommandExt, process::Command};

fn main() -> scenarios::Result<()> {
    let built = scenarios::built()?;
    Err(Command::new(&built.wigwag).args(env::args_os().skip(1)).exec().into())
}
