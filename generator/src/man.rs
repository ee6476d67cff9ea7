//! `wigwag man`: the manual pages.

use std::{fs, path::PathBuf};

use clap::Args;

use crate::{
    cli,
    exit::{Exit, Failure},
};

/// Write the manual pages, one for each command, to a directory.
#[derive(Args)]
#[command(after_help = "Example:\n  wigwag man ~/.local/share/man/man1")]
pub struct Man {
    /// It is made when it is missing.
    directory: PathBuf,
}

impl Man {
    pub fn run(&self) -> Result<Exit, Failure> {
        let directory = &self.directory;
        let written = fs::create_dir_all(directory).and_then(|()| clap_mangen::generate_to(cli::command(), directory));
        written
            .map(|()| Exit::Ok)
            .map_err(|error| Failure::io(format!("cannot write to `{}`: {error}", directory.display())))
    }
}
