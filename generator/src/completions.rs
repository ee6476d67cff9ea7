//! `wigwag completions`: what a shell completes.

use clap::Args;
use clap_complete::{Shell, generate};

use crate::{
    cli,
    exit::{Exit, Failure},
    output,
};

/// Print the completions for a shell.
#[derive(Args)]
#[command(after_help = "Example:\n  wigwag completions bash > ~/.local/share/bash-completion/completions/wigwag")]
pub struct Completions {
    shell: Shell,
}

impl Completions {
    pub fn run(&self) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut cli::command(), "wigwag", &mut script);
        output::print(&String::from_utf8_lossy(&script)).map(|()| Exit::Ok)
    }
}
