//! Where a program of an image is from: a file of the build context, or a text in the Dockerfile.

use std::ops::Range;

use super::image::{Copied, Image, Source, clean};
use crate::context::{File, Files};

/// Where Docker looks for a program if the image says nothing.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A program of an image that could be read.
#[derive(Clone, Debug)]
pub struct Located {
    /// Its absolute path in the image.
    pub path: String,
    /// What it is.
    pub text: String,
    /// Its name in the build context, or where it stands in the Dockerfile.
    pub origin: Origin,
    /// Whether it can be executed, if that is known.
    pub is_executable: Option<bool>,
}

/// Where a text is from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A file, by the name that messages have for it.
    File(String),
    /// The Dockerfile, between these bytes.
    Here(Range<usize>),
}

/// The program that a word starts in an image, if it was copied from what can be read.
pub fn locate(image: &Image, program: &str, files: Files) -> Option<Located> {
    if program.contains('/') {
        return at(image, &image.absolute(program)?, files);
    }
    let own = image.variables.get("PATH").unwrap_or_default();
    own.split(':')
        .chain(PATH.split(':'))
        .filter(|directory| directory.starts_with('/'))
        .find_map(|directory| at(image, &clean(&format!("{directory}/{program}")), files))
}

fn at(image: &Image, path: &str, files: Files) -> Option<Located> {
    for copied in image.copied.iter().rev() {
        for source in &copied.sources {
            if copied.is_foreign {
                // It may be there, but it cannot be read.
                if path.strip_prefix(copied.to.as_str()).is_some_and(str::is_empty) {
                    return None;
                }
                continue;
            }
            if let Some(located) = within(image, path, copied, source, files) {
                return Some(located);
            }
        }
    }
    None
}

fn within(image: &Image, path: &str, copied: &Copied, source: &Source, files: Files) -> Option<Located> {
    let source = match source {
        Source::Path(source) => source,
        Source::Text { value, span, .. } if copied.to == path => {
            return Some(Located {
                path: path.to_string(),
                text: value.clone(),
                origin: Origin::Here(span.clone()),
                // A file that is made of a text has the mode 0644.
                is_executable: mode(copied, image, path)
                    .or(Some(false))
                    .filter(|known| *known || !may_change(image, path)),
            });
        }
        Source::Text { .. } => return None,
    };
    let candidates = candidates(path, copied, source);
    let file: File = candidates.iter().find_map(|name| files(name))?;
    let known = mode(copied, image, path).or(file.is_executable);
    Some(Located {
        path: path.to_string(),
        text: file.text,
        origin: Origin::File(file.name),
        is_executable: known.filter(|known| *known || !may_change(image, path)),
    })
}

/// The names that the file may have in the build context.
fn candidates(path: &str, copied: &Copied, source: &str) -> Vec<String> {
    let source = clean(source.trim_start_matches('/'));
    let mut candidates = Vec::new();
    if copied.to == path && !source.contains('*') {
        candidates.push(source.clone());
    }
    let directory = format!("{}/", copied.to.trim_end_matches('/'));
    let Some(rest) = path.strip_prefix(&directory) else { return candidates };
    let (parent, name) = source.rsplit_once('/').map_or(("", source.as_str()), |(parent, name)| (parent, name));
    if let Some((before, after)) = name.split_once('*') {
        if rest.starts_with(before) && rest.ends_with(after) && !rest.contains('/') {
            candidates.push(clean(&format!("{parent}/{rest}")).trim_start_matches('/').to_string());
        }
    } else if name == rest {
        candidates.push(source.clone());
    }
    // A directory's content is copied, not the directory.
    candidates.push(clean(&format!("{source}/{rest}")).trim_start_matches('/').to_string());
    candidates
}

/// What is said of its mode where it is copied, and by commands that name it.
fn mode(copied: &Copied, image: &Image, path: &str) -> Option<bool> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let is_made_so = |command: &String| command.contains("chmod") && command.contains(name) && is_executing(command);
    if image.run.iter().any(is_made_so) {
        return Some(true);
    }
    let mode = copied.mode.as_deref()?;
    match u32::from_str_radix(mode, 8) {
        Ok(mode) => Some(mode & 0o111 != 0),
        Err(_) => mode.contains('x').then_some(true),
    }
}

/// Whether a command gives somebody the right to execute.
fn is_executing(command: &str) -> bool {
    command.split_ascii_whitespace().any(|word| {
        let odd = |digit: char| matches!(digit, '1' | '3' | '5' | '7');
        (word.contains(['+', '=']) && word.ends_with('x'))
            || (matches!(word.len(), 3 | 4) && word.chars().all(|c| c.is_digit(8)) && word.chars().any(odd))
    })
}

/// Whether some command may change its mode without naming it.
fn may_change(image: &Image, path: &str) -> bool {
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    image.run.iter().any(|command| {
        (command.contains("chmod") || command.contains("install "))
            && (command.contains('*')
                || command.contains("-R")
                || command.contains("find")
                || (!directory.is_empty() && command.contains(directory)))
    })
}
