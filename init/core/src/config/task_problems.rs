//! What can be wrong with what a hook does.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

use super::{Goal, Hook, HookPoint, Occasion, Task};
use crate::environment;

impl Hook {
    /// Everything that is wrong with what it does, and whether.
    pub(super) fn task_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        match &self.task {
            Task::Command(command) if command.is_empty() => problems.push("`command` is empty".to_string()),
            Task::Template(template) => {
                let names = template.variables.iter().filter(|name| !environment::is_name(name));
                problems.extend(
                    names.map(|name| format!("`template`: `{}` is not a variable's name", name.escape_debug())),
                );
            }
            Task::Command(_)
            | Task::Plugin(_)
            | Task::Directory(_)
            | Task::WaitFor(_)
            | Task::Sleep(_)
            | Task::HttpGet(_) => {}
        }
        let relative = self.paths().filter(|path| !path.starts_with('/'));
        problems.extend(relative.map(|path| format!("`{}` does not start with `/`", path.escape_debug())));
        if self.once.is_some() && !(self.point.is_at_start() && self.task.can_be_once()) {
            problems.push("`once` is for commands and directories at a start".to_string());
        }
        if self.when != Occasion::Always && self.point != HookPoint::PostStop {
            problems.push("`when` means nothing here".to_string());
        }
        problems
    }

    /// The files and directories that it names.
    fn paths(&self) -> impl Iterator<Item = &String> {
        let paths = match &self.task {
            Task::Directory(path) | Task::WaitFor(Goal::File(path)) => [Some(path), None],
            Task::Template(template) => [Some(&template.from), Some(&template.to)],
            Task::Command(_) | Task::Plugin(_) | Task::WaitFor(Goal::Tcp(_)) | Task::Sleep(_) | Task::HttpGet(_) => {
                [None, None]
            }
        };
        paths.into_iter().flatten().chain(&self.once)
    }

    /// Every text that is passed to the kernel.
    pub(super) fn strings(&self) -> impl Iterator<Item = &String> {
        self.command().unwrap_or_default().iter().chain(self.paths()).chain(self.execution.strings())
    }
}

impl Task {
    /// Whether a file can say that it was done: what is done by somebody else than the init, who may need it once only.
    pub const fn can_be_once(&self) -> bool {
        matches!(self, Self::Command(_) | Self::Directory(_))
    }
}
