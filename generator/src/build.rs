//! `wigwag build`: everything that an image build needs.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::Args;
use rayon::prelude::*;
use wigwag::image::{self, File};

use crate::{
    checked::{Checked, DEFAULT_SPEC, Specs},
    exit::{Exit, Failure},
    input::Programs,
    output,
    supplies::Real,
    targets::{self, Extra},
    terminal::Progress,
};

/// Write everything that an image build needs.
///
/// The Dockerfile gives an existing image, its build argument BASE, a correct entrypoint.
///
/// What platforms are told is written only with `--with`: people have it elsewhere, or not at all.
///
/// Of several specs, each has a directory of its own below DIR: it is called as the spec is, without `.toml`; a `wigwag.toml` as
/// the directory that it is in. If one of them is wrong, nothing is written.
#[derive(Args)]
#[command(
    after_help = "Example:\n  wigwag build -o out && docker build --build-arg BASE=myimage --tag myimage-that-stops out"
)]
pub struct Build {
    #[command(flatten)]
    specs: Specs,
    /// The directory to write to; it is made when it is missing.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Write nothing; compare with what is there, and end with 1 if it differs.
    #[arg(long)]
    check: bool,
    /// Write this, too.
    #[arg(long, value_name = "TARGET", value_delimiter = ',')]
    with: Vec<Extra>,
    /// The image's name in compose.yaml and kubernetes.yaml.
    #[arg(long, requires = "with")]
    image: Option<String>,
    #[command(flatten)]
    programs: Programs,
}

impl Build {
    pub fn run(&self) -> Result<Exit, Failure> {
        let models = self.specs.models()?;
        let lines: Vec<_> = match models.as_slice() {
            [only] => vec![self.build(only, &self.output)],
            models => {
                let directories = self.directories(models)?;
                let progress = Progress::new("built", models.len());
                let built = models.par_iter().zip(directories);
                let built = built.map(|(checked, directory)| self.build(checked, &directory));
                built.inspect(|_| progress.step()).collect()
            }
        };
        let (mut differences, mut failures) = (Vec::new(), Vec::new());
        for built in lines {
            match built {
                Ok(lines) => differences.extend(lines),
                Err(failure) => failures.push(failure),
            }
        }
        if let Some(failure) = Failure::all(failures) {
            return Err(failure);
        }
        for line in &differences {
            output::print(&format!("{line}\n"))?;
        }
        Ok(if differences.is_empty() { Exit::Ok } else { Exit::Differs })
    }

    /// Writes the files, or says what differs from them.
    fn build(&self, checked: &Checked, directory: &Path) -> Result<Vec<String>, Failure> {
        let Checked { source, model, .. } = checked;
        let extras = targets::extras(&self.with, model, source, self.image.as_deref())?;
        let files: Vec<File> = image::files(model, &Real(&self.programs))?.into_iter().chain(extras).collect();
        if self.check {
            output::differences(directory, &files)
        } else {
            output::write(directory, &files).map(|()| Vec::new())
        }
    }

    /// Where each of several goes.
    fn directories(&self, models: &[Checked]) -> Result<Vec<PathBuf>, Failure> {
        let mut names: BTreeMap<String, &Path> = BTreeMap::new();
        let mut directories = Vec::new();
        for Checked { path: spec, .. } in models {
            let name = name(spec)?;
            directories.push(self.output.join(&name));
            if let Some(first) = names.insert(name, spec) {
                let (first, second) = (first.display(), spec.display());
                return Err(Failure::usage(format!("`{first}` and `{second}` would be written to the same directory")));
            }
        }
        Ok(directories)
    }
}

fn name(spec: &Path) -> Result<String, Failure> {
    let nameless = || Failure::usage(format!("`{}` has no name to call a directory by", spec.display()));
    let named = if spec.file_name().is_some_and(|name| name == DEFAULT_SPEC) {
        // Of a bare name, the parent is empty.
        let directory = spec.canonicalize().map_err(|_| nameless())?.parent().ok_or_else(nameless)?.to_path_buf();
        directory.file_name().map(ToOwned::to_owned)
    } else {
        spec.file_stem().map(ToOwned::to_owned)
    };
    named.and_then(|name| name.into_string().ok()).filter(|name| name != "-").ok_or_else(nameless)
}
