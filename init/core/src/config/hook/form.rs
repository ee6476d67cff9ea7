//! How a hook is written: what it does is one of several keys.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use super::{Goal, Hook, HookPoint, Occasion, OnFailure, Task, Template};
use crate::{
    FailureCause, Millis, Signal,
    config::Execution,
    form::{Fields, Form, Problems, Record, Value},
    remote::Url,
};

/// A hook as it is written.
#[derive(Clone, Default)]
struct Written {
    point: HookPoint,
    signal: Option<Signal>,
    tasks: Tasks,
    once: Option<String>,
    when: Occasion,
    timeout: Option<Millis>,
    on_failure: OnFailure,
    on_failure_of: BTreeMap<FailureCause, OnFailure>,
    execution: Execution,
}

/// What it does; one of them is given.
#[derive(Clone, Default)]
struct Tasks {
    command: Option<Vec<String>>,
    plugin: Option<String>,
    directory: Option<String>,
    template: Option<Template>,
    wait_for: Option<Goal>,
    sleep: Option<Millis>,
    http_get: Option<Url>,
}

impl Record for Written {
    fn fields(&mut self, fields: &mut impl Fields) {
        fields.required("point", &mut self.point);
        fields.optional("signal", &mut self.signal);
        fields.optional("command", &mut self.tasks.command);
        fields.optional("plugin", &mut self.tasks.plugin);
        fields.optional("directory", &mut self.tasks.directory);
        fields.optional("template", &mut self.tasks.template);
        fields.optional("wait-for", &mut self.tasks.wait_for);
        fields.optional("sleep", &mut self.tasks.sleep);
        fields.optional("http-get", &mut self.tasks.http_get);
        fields.optional("once", &mut self.once);
        fields.optional("when", &mut self.when);
        fields.optional("timeout", &mut self.timeout);
        fields.required("on-failure", &mut self.on_failure);
        fields.optional("on-failure-of", &mut self.on_failure_of);
        fields.optional("execution", &mut self.execution);
    }
}

impl Tasks {
    /// The one that is given, or how many are.
    fn one(self) -> Result<Task, usize> {
        let given = [
            self.command.map(Task::Command),
            self.plugin.map(Task::Plugin),
            self.directory.map(Task::Directory),
            self.template.map(Task::Template),
            self.wait_for.map(Task::WaitFor),
            self.sleep.map(Task::Sleep),
            self.http_get.map(Task::HttpGet),
        ];
        let given: Vec<Task> = given.into_iter().flatten().collect();
        <[Task; 1]>::try_from(given).map(|[task]| task).map_err(|given| given.len())
    }
}

impl From<Task> for Tasks {
    fn from(task: Task) -> Self {
        let none = Self::default();
        match task {
            Task::Command(command) => Self { command: Some(command), ..none },
            Task::Plugin(name) => Self { plugin: Some(name), ..none },
            Task::Directory(path) => Self { directory: Some(path), ..none },
            Task::Template(template) => Self { template: Some(template), ..none },
            Task::WaitFor(goal) => Self { wait_for: Some(goal), ..none },
            Task::Sleep(length) => Self { sleep: Some(length), ..none },
            Task::HttpGet(url) => Self { http_get: Some(url), ..none },
        }
    }
}

impl Form for Hook {
    fn read(value: &Value, problems: &mut Problems) -> Option<Self> {
        let Written { point, signal, tasks, once, when, timeout, on_failure, on_failure_of, execution } =
            Form::read(value, problems)?;
        let task = tasks.one().map_err(|given| {
            let what = if given == 0 { "nothing says what the hook does" } else { "a hook does one thing" };
            let keys = "`command`, `plugin`, `directory`, `template`, `wait-for`, `sleep`, `http-get`";
            problems.say(value.at, &format_args!("{what}: it has exactly one of {keys}"));
        });
        Some(Self { point, signal, task: task.ok()?, once, when, timeout, on_failure, on_failure_of, execution })
    }

    fn write(&self) -> Option<Value> {
        let Self { point, signal, task, once, when, timeout, on_failure, on_failure_of, execution } = self.clone();
        let tasks = task.into();
        Written { point, signal, tasks, once, when, timeout, on_failure, on_failure_of, execution }.write()
    }
}
