//! What a stage of a Dockerfile makes: an image, and what it starts.

use std::ops::Range;

use super::{
    base::{Base, Sh},
    expand::Variables,
};

/// A word, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What it says.
    pub value: String,
    /// Where, in bytes of the Dockerfile.
    pub span: Range<usize>,
}

/// An ENTRYPOINT or CMD.
#[derive(Clone, Debug)]
pub struct Start {
    /// Where it stands, with its keyword.
    pub span: Range<usize>,
    /// How it is written.
    pub form: Form,
}

/// How an ENTRYPOINT or CMD is written.
#[derive(Clone, Debug)]
pub enum Form {
    /// As a JSON array.
    Exec(Vec<Word>),
    /// As a text for the shell. Escapes and comments of the Dockerfile are those of a shell, at the same places.
    Shell(Word),
}

/// What a COPY or ADD brings into the image.
#[derive(Clone, Debug)]
pub struct Copied {
    /// What is copied.
    pub sources: Vec<Source>,
    /// To where, as an absolute path; with a slash at its end if it must be a directory.
    pub to: String,
    /// `--chmod`.
    pub mode: Option<String>,
    /// Whether it is from another stage or image, of which nothing is known.
    pub is_foreign: bool,
}

/// What is copied.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file or directory of the build context.
    Path(String),
    /// A text in the Dockerfile itself, and where it stands there.
    Text {
        /// What it says.
        value: String,
        /// Where, in bytes of the Dockerfile.
        span: Range<usize>,
        /// Where the builder takes a script's parameter away.
        lost: Option<Range<usize>>,
    },
}

/// An image, as far as its Dockerfile tells.
#[derive(Clone, Debug)]
pub struct Image {
    /// The stage's name.
    pub stage: Option<String>,
    /// The name of the image that it begins with, if it is known.
    pub from: Option<String>,
    /// What that name tells.
    pub base: Base,
    /// Its ENTRYPOINT.
    pub entrypoint: Option<Start>,
    /// Whether the base image's ENTRYPOINT is taken away.
    pub has_own_entrypoint: bool,
    /// Its CMD.
    pub cmd: Option<Start>,
    /// Its STOPSIGNAL.
    pub stop_signal: Option<Word>,
    /// Its USER.
    pub user: Option<String>,
    /// Its SHELL.
    pub shell: Option<Vec<String>>,
    /// Its working directory, if it is known.
    pub workdir: Option<String>,
    /// Its variables.
    pub variables: Variables,
    /// What was copied into it, in this order.
    pub copied: Vec<Copied>,
    /// The commands that made it.
    pub run: Vec<String>,
    /// Instructions without effect, because the same instruction follows, and where that is.
    pub repeated: Vec<(Range<usize>, Range<usize>)>,
}

impl Image {
    /// An image that has nothing but its base.
    pub fn new(from: Option<String>) -> Self {
        Self {
            stage: None,
            base: from.as_deref().map_or(Base::UNKNOWN, Base::of),
            from,
            entrypoint: None,
            has_own_entrypoint: false,
            cmd: None,
            stop_signal: None,
            user: None,
            shell: None,
            workdir: Some("/".to_string()),
            variables: Variables::default(),
            copied: Vec::new(),
            run: Vec::new(),
            repeated: Vec::new(),
        }
    }

    /// The shell that reads the shell form.
    pub fn sh(&self) -> Sh {
        let Some(program) = self.shell.as_ref().and_then(|shell| shell.first()) else {
            return self.bin_sh();
        };
        match program.rsplit('/').next().unwrap_or_default() {
            "bash" => Sh::Bash,
            "ash" | "busybox" => Sh::Busybox,
            "dash" => Sh::Dash,
            "sh" => self.bin_sh(),
            _ => Sh::Unknown,
        }
    }

    /// The image's `/bin/sh`.
    pub fn bin_sh(&self) -> Sh {
        let may_bring_one = |copied: &Copied| copied.to == "/" || copied.to.starts_with("/bin");
        if self.base.sh == Sh::Missing && self.copied.iter().any(may_bring_one) {
            return Sh::Unknown;
        }
        self.base.sh
    }

    /// A path in the image as an absolute one.
    pub fn absolute(&self, path: &str) -> Option<String> {
        let joined =
            if path.starts_with('/') { path.to_string() } else { format!("{}/{path}", self.workdir.as_ref()?) };
        Some(clean(&joined))
    }
}

/// The path without `.`, `..` and double slashes; a slash at its end stays.
pub fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    let is_directory = path.ends_with('/') || path.ends_with("/.");
    let mut clean = if path.starts_with('/') { "/".to_string() } else { String::new() };
    clean.push_str(&parts.join("/"));
    if is_directory && !parts.is_empty() {
        clean.push('/');
    }
    clean
}
