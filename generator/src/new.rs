//! `wigwag new`: a spec to begin with.

use std::path::{Path, PathBuf};

use clap::Args;
use wigwag::draft::{Draft, of_dockerfile};
use wigwag_check::{Kind, Report, check};

use crate::{
    check::beside,
    checked::DEFAULT_SPEC,
    exit::{Exit, Failure},
    input, output,
    preset::find,
    terminal,
};

/// Write a spec to begin with, of a preset, or of what a Dockerfile says.
///
/// What it is about the Dockerfile that keeps a container from stopping is said on standard error, and in the comments of the spec.
#[derive(Args)]
#[command(after_help = "Example:\n  wigwag new --from Dockerfile && wigwag check && wigwag build -o out")]
pub struct New {
    /// The program that it is for: `wigwag preset list` prints those that are known.
    #[arg(long, value_name = "NAME", conflicts_with = "from")]
    preset: Option<String>,
    /// The Dockerfile of the image; `-` is standard input.
    #[arg(long, value_name = "DOCKERFILE")]
    from: Option<PathBuf>,
    /// Where the spec is written; `-` is standard output.
    #[arg(short, long, value_name = "FILE", default_value = DEFAULT_SPEC)]
    output: PathBuf,
    /// Write over a file that is there.
    #[arg(long)]
    force: bool,
}

impl New {
    pub fn run(&self) -> Result<Exit, Failure> {
        let (draft, said) = match (&self.preset, &self.from) {
            (Some(name), _) => (Draft::of_preset(find(name)?), None),
            (None, Some(path)) => {
                let (draft, report) = dockerfile(path)?;
                (draft, Some(report))
            }
            (None, None) => (Draft::of_nothing(), None),
        };
        output::one(&self.output, &draft.spec(), self.force)?;
        for note in &draft.notes {
            terminal::note(note);
        }
        if let Some(report) = said.filter(|report| !report.is_empty() && !terminal::is_quiet()) {
            terminal::say(report.trim_end());
        }
        if self.output != Path::new("-") {
            let file = self.output.display();
            terminal::tell(&format!("`{file}` is written; next: `wigwag check {file}`, `wigwag build -o out {file}`"));
        }
        Ok(Exit::Ok)
    }
}

/// The draft, and what is wrong with the Dockerfile.
fn dockerfile(path: &Path) -> Result<(Draft, String), Failure> {
    let source = input::spec(path)?;
    let mut report = Report::default();
    let directory = path.parent().filter(|_| path != Path::new("-"));
    check(Kind::Dockerfile, &source.name, &source.text, &|name| beside(directory?, name), &mut report);
    // The Dockerfile, and a script.
    let is_script_read = report.files() > 1;
    let report = report.allowing(&[]).text(terminal::colour());
    let draft = of_dockerfile(&source.text, is_script_read).map_err(|_| Failure::spec(&report))?;
    Ok((draft, report))
}
