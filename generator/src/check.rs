//! `wigwag check`: specs, Dockerfiles, scripts and manifests that there are already.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use rayon::prelude::*;
use wigwag::{
    described::capital,
    source::{LIMIT, Source},
};
use wigwag_check::{Finding, Kind, Report, check, context::File, rules};

use crate::{
    checked,
    exit::{Exit, Failure},
    input, output,
    terminal::{self, Progress},
};

/// Say everything that is wrong with specs, Dockerfiles, entrypoint scripts, Compose files and Kubernetes manifests.
///
/// A comment `# wigwag: allow(RULE)` allows what is found in its line, or in the next one if it stands alone.
#[derive(Args)]
pub struct Check {
    /// What to check; `-` is standard input, and of a directory what in it can be checked.
    #[arg(default_value = checked::DEFAULT_SPEC, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the files are, where their names and texts do not tell.
    #[arg(long = "as", value_name = "KIND")]
    kind: Option<As>,
    /// Do not say what this rule finds.
    #[arg(long, value_name = "RULE")]
    allow: Vec<String>,
    /// How to say what is found, and the errors of specs.
    #[arg(long, visible_alias = "output", value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Print a rule's documentation, or without a name all rules.
    #[arg(long, value_name = "RULE", num_args = 0..=1, default_missing_value = "", exclusive = true)]
    explain: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum As {
    Spec,
    Dockerfile,
    Script,
    Compose,
    Kubernetes,
}

impl From<As> for Kind {
    fn from(kind: As) -> Self {
        match kind {
            As::Spec => Self::Spec,
            As::Dockerfile => Self::Dockerfile,
            As::Script => Self::Script,
            As::Compose => Self::Compose,
            As::Kubernetes => Self::Kubernetes,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Each finding with its line and what would be right.
    Text,
    /// For programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

impl Check {
    /// Does it: everything is checked, whatever is wrong with some of it.
    pub fn run(&self) -> Result<Exit, Failure> {
        if let Some(rule) = &self.explain {
            return output::print(&explanation(rule)?).map(|()| Exit::Ok);
        }
        for rule in &self.allow {
            known(rule)?;
        }
        let Checked { report, specs, failures } = self.checked();
        let allowed: Vec<_> = self.allow.iter().map(String::as_str).collect();
        let mut report = report.allowing(&allowed);
        if terminal::is_quiet() {
            report = report.without_notes();
        }
        let found = if report.is_bad() { Exit::Differs } else { Exit::Ok };
        // Nothing allows an error of a spec.
        let wrong = (!specs.findings().is_empty()).then_some(Exit::Spec);
        let report = report.and(specs);
        output::print(&match self.format {
            Format::Text => report.text(terminal::colour_of(&io::stdout())),
            Format::Json => report.json(),
            Format::Sarif => report.sarif(),
        })?;
        failures.iter().for_each(terminal::report);
        // What could not be checked is worse than what was found.
        let exits = failures.iter().map(|failure| failure.exit).chain(wrong);
        Ok(exits.max_by_key(|exit| *exit as u8).unwrap_or(found))
    }

    /// In parallel; but one file needs no threads.
    fn checked(&self) -> Checked {
        let (mut files, mut all) = (Vec::new(), Checked::default());
        for path in &self.files {
            match named(path) {
                Ok(named) => files.extend(named),
                Err(failure) => all.failures.push(failure),
            }
        }
        let one = |path: &PathBuf| {
            let mut checked = Checked::default();
            let failure = self.file(path, &mut checked).err();
            checked.failures.extend(failure);
            checked
        };
        let each: Vec<_> = match files.as_slice() {
            [only] => vec![one(only)],
            files => {
                let progress = Progress::new("checked", files.len());
                files.par_iter().map(one).inspect(|_| progress.step()).collect()
            }
        };
        for Checked { report, specs, failures } in each {
            all.report.merge(report);
            all.specs.merge(specs);
            all.failures.extend(failures);
        }
        all
    }

    fn file(&self, path: &Path, checked: &mut Checked) -> Result<(), Failure> {
        let source = input::spec(path)?;
        let read = || Kind::of(&source.name, &source.text);
        // A spec may begin with anything, and what is wrong with it says more than that it is none.
        let piped = (path == Path::new("-")).then_some(Kind::Spec);
        let kind = self.kind.map(Kind::from).or_else(read).or(piped);
        match kind {
            Some(Kind::Spec) => self.spec(path, &source, checked),
            Some(kind) => {
                let directory = path.parent().filter(|_| path != Path::new("-"));
                check(kind, &source.name, &source.text, &|name| beside(directory?, name), &mut checked.report);
                Ok(())
            }
            None => Err(Failure::usage(format!(
                "cannot tell what `{}` is\n  = help: say it: `--as dockerfile`, `script`, `compose`, `kubernetes` or `spec`",
                source.name
            ))),
        }
    }

    /// What is wrong with a spec is a text of its own for people, and for programs in one form with everything else.
    fn spec(&self, path: &Path, source: &Source, checked: &mut Checked) -> Result<(), Failure> {
        let problems = checked::problems(path, source);
        if self.format == Format::Text {
            return checked::refused(&problems, source);
        }
        checked.specs.checked(&source.name, &source.text);
        for problem in problems {
            checked.specs.add(Finding {
                rule: &rules::spec::RULE,
                file: source.name.clone(),
                span: problem.span,
                message: problem.message,
                help: problem.help.unwrap_or_default(),
            });
        }
        Ok(())
    }
}

/// What came of checking.
#[derive(Default)]
struct Checked {
    report: Report,
    /// The errors of specs, for programs.
    specs: Report,
    failures: Vec<Failure>,
}

/// The file, or those of the directory, that a word of the command line names.
fn named(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let files = beneath(path)?;
    if files.is_empty() {
        return Err(Failure::usage(format!("there is nothing to check in `{}`", path.display())));
    }
    Ok(files)
}

/// The files of a directory that can be checked, by name. Of YAML files, those that are neither for Compose nor for
/// Kubernetes are left out.
fn beneath(directory: &Path) -> Result<Vec<PathBuf>, Failure> {
    let cannot = |error: io::Error| Failure::io(format!("cannot read `{}`: {error}", directory.display()));
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_file() && Kind::may_be(&name) {
            let is_something = |source: Source| Kind::of(&name, &source.text).is_some();
            if input::spec(&path).map_or(true, is_something) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A text file that another one names.
pub fn beside(directory: &Path, name: &str) -> Option<File> {
    use std::os::unix::fs::PermissionsExt;
    let path: PathBuf = directory.join(name).components().collect();
    let metadata = fs::metadata(&path).ok()?;
    if !metadata.is_file() || metadata.len() > LIMIT as u64 {
        return None;
    }
    let shown = path.display().to_string();
    let source = Source::new(&shown, &fs::read(&path).ok()?).ok()?;
    let is_executable = metadata.permissions().mode() & 0o111 != 0;
    Some(File { name: shown, text: source.text, is_executable: Some(is_executable) })
}

/// A rule's documentation, or the list of rules.
fn explanation(rule: &str) -> Result<String, Failure> {
    if rule.is_empty() {
        let line =
            |rule: &&wigwag_check::Rule| format!("{:<28} {:<8} {}\n", rule.id, rule.severity.name(), rule.summary);
        return Ok(rules::all().iter().map(line).collect());
    }
    let rule = known(rule)?;
    Ok(format!("# {} ({})\n\n{}.\n\n{}", rule.id, rule.severity.name(), capital(rule.summary), rule.doc))
}

fn known(rule: &str) -> Result<&'static wigwag_check::Rule, Failure> {
    rules::by_id(rule).ok_or_else(|| {
        let help = rules::similar(rule).map_or("`wigwag check --explain` lists the rules".to_string(), |similar| {
            format!("did you mean `{similar}`?")
        });
        Failure::usage(format!("there is no rule `{}`\n  = help: {help}", rule.escape_debug()))
    })
}
