//! What a hook does.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

use crate::{
    FileMode, Millis,
    form::{Fields, Form, Kind, Problems, Record, Value},
    remote::{Remote, Url},
};

/// What a hook does. All but [`Task::Command`] and [`Task::Plugin`] the init does itself, in a process of the hook's own, so
/// that it works without a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Program and arguments.
    Command(Vec<String>),
    /// The plugin of this name is called. At [`HookPoint::OnSignal`](super::HookPoint::OnSignal) it decides what the signal
    /// does.
    Plugin(String),
    /// Every regular file in this directory that can be executed, in byte order of their names, until one fails. A directory
    /// that is not there has none.
    Directory(String),
    /// A file is written from a template.
    Template(Template),
    /// It is waited for this.
    WaitFor(Goal),
    /// It is waited for so long.
    Sleep(Millis),
    /// A server is asked for this; an answer from 200 to 299 is success.
    HttpGet(Url),
}

impl Default for Task {
    fn default() -> Self {
        Self::Command(Vec::new())
    }
}

impl Task {
    /// What it is known by in messages.
    pub fn name(&self) -> String {
        match self {
            Self::Command(command) => command.first().cloned().unwrap_or_default(),
            Self::Plugin(name) => name.clone(),
            Self::Directory(path) => path.clone(),
            Self::Template(template) => template.to.clone(),
            Self::WaitFor(goal) => format!("wait-for {goal}"),
            Self::Sleep(length) => format!("sleep {length}"),
            Self::HttpGet(url) => url.to_string(),
        }
    }
}

/// How a file is written from a template: `${NAME}` becomes the value of the variable, for those that are named. All else stays
/// as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// The template.
    pub from: String,
    /// The file that is written. It is there as a whole or not at all.
    pub to: String,
    /// Its permissions, whatever the umask is.
    pub mode: FileMode,
    /// The variables. One that the template has and that is not set is an error.
    pub variables: Vec<String>,
}

impl Record for Template {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.required("from", &mut self.from);
        fields.required("to", &mut self.to);
        fields.optional("mode", &mut self.mode);
        fields.required("variables", &mut self.variables);
    }
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// A TCP port that takes connections.
    Tcp(Remote),
    /// A file that is there, whatever it is.
    File(String),
}

impl core::fmt::Display for Goal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Tcp(remote) => write!(f, "{remote}"),
            Self::File(path) => write!(f, "{path}"),
        }
    }
}

/// A goal as it is written; one of them is given.
#[derive(Clone, Default)]
struct Written {
    tcp: Option<Remote>,
    file: Option<String>,
}

impl Record for Written {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.optional("tcp", &mut self.tcp);
        fields.optional("file", &mut self.file);
    }
}

impl Form for Goal {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        if matches!(value.kind, Kind::Table(_)) {
            match Form::read(value, problems)? {
                Written { tcp: Some(remote), file: None } => return Some(Self::Tcp(remote)),
                Written { tcp: None, file: Some(path) } => return Some(Self::File(path)),
                Written { .. } => {}
            }
        }
        problems.mismatch(value, "a table with one of `tcp` and `file`");
        None
    }

    fn write(&self) -> Option<Value> {
        match self.clone() {
            Self::Tcp(remote) => Written { tcp: Some(remote), file: None }.write(),
            Self::File(path) => Written { tcp: None, file: Some(path) }.write(),
        }
    }
}
