//! Work of hooks that needs no program: the init does it in a child of its own, where it may block, and the exit status says
//! whether it was done. What went wrong is said in one line.

mod filling;
mod programs;
mod waiting;

use alloc::{boxed::Box, format, string::String, vec, vec::Vec};

use wigwag_core::{
    Millis, Signal, SignalSet,
    config::{Goal, Hook, Task},
};

use crate::{
    journal::{Entry, Journal, Level},
    sys::{
        error::sentence,
        file,
        signals::Mask,
        spawn::{Inheritance, Work},
    },
    text::Text,
};

const DONE: u8 = 0;
const FAILED: u8 = 1;

/// What a hook does, and what it needs for that.
struct Chore {
    task: Task,
    once: Option<Text>,
    timeout: Option<Millis>,
    /// `NAME=value` entries.
    environment: Vec<Text>,
    journal: Journal,
}

/// The work of a hook, if it is more than to execute a program.
#[inline(never)] // link.ld
pub fn work(hook: &Hook, environment: &[Text], journal: Journal) -> Option<Work> {
    if hook.once.is_none() && matches!(hook.task, Task::Command(_)) || hook.plugin().is_some() {
        return None;
    }
    let chore = Chore {
        task: hook.task.clone(),
        once: hook.once.as_deref().map(Text::from),
        timeout: hook.timeout,
        environment: environment.to_vec(),
        journal,
    };
    Some(Work::Do(Box::new(move |inheritance| chore.run(inheritance))))
}

impl Chore {
    /// In the child; its exit status.
    #[inline(never)] // link.ld
    fn run(&self, inheritance: Inheritance) -> u8 {
        // Nobody may read what we say. What asks us to end does.
        let mut blocked = SignalSet::default();
        blocked.insert(Signal::PIPE);
        Mask(blocked.bits()).set();
        if let Some(path) = &self.once
            && file::is_there(path.as_c_str())
        {
            self.remark(|| format!("this was done before: `{}` is there", path.as_bytes().escape_ascii()));
            return DONE;
        }
        let done = self.work(inheritance);
        match &self.once {
            Some(path) if done == DONE => self.remember(path),
            Some(_) | None => done,
        }
    }

    fn work(&self, inheritance: Inheritance) -> u8 {
        match &self.task {
            Task::Command(command) => {
                let words = command.iter().map(|word| Text::from(word.as_str())).collect();
                self.run_programs(vec![words], inheritance)
            }
            Task::Directory(path) => match self.programs(path) {
                Ok(programs) => self.run_programs(programs, inheritance),
                Err(problem) => self.fail(&problem),
            },
            Task::Template(template) => self.result(self.fill(template)),
            Task::WaitFor(Goal::Tcp(remote)) => self.result(self.wait_for_port(remote)),
            Task::WaitFor(Goal::File(path)) => self.result(self.wait_for_file(path)),
            Task::Sleep(length) => {
                waiting::sleep(*length);
                DONE
            }
            Task::HttpGet(url) => self.result(self.ask(url)),
            // That is not done in a child of its own.
            Task::Plugin(_) => FAILED,
        }
    }

    fn remember(&self, path: &Text) -> u8 {
        match file::make(path.as_c_str()) {
            Ok(()) => DONE,
            Err(errno) => self.fail(&format!(
                "cannot make `{}`, which would say that this was done: {}",
                path.as_bytes().escape_ascii(),
                sentence(errno)
            )),
        }
    }

    fn result(&self, result: Result<(), String>) -> u8 {
        match result {
            Ok(()) => DONE,
            Err(problem) => self.fail(&problem),
        }
    }

    fn fail(&self, problem: &str) -> u8 {
        self.journal.problem(problem);
        FAILED
    }

    /// Says something to who wants to know what happens.
    fn remark(&self, text: impl FnOnce() -> String) {
        self.journal.say(Level::Events, || Entry::new("hook", text()));
    }
}
