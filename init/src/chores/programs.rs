//! Programs are run one after the other, each to its end.

use alloc::{format, string::String, vec, vec::Vec};

use rustix::io::Errno;
use wigwag_core::{Outcome, Preparation, Signal, SignalSet, Step, config::Session, exit_code};

use super::{Chore, DONE, FAILED};
use crate::{
    report,
    sys::{
        error::sentence,
        file, process,
        signals::Mask,
        spawn::{self, ExecResult, Inheritance, Program, Work},
    },
    text::Text,
};

/// Whoever gets one of these is asked to end.
const ENDS: [Signal; 4] = [Signal::TERM, Signal::INT, Signal::QUIT, Signal::HUP];

impl Chore {
    /// The programs of a directory, in the order of their names.
    pub(super) fn programs(&self, path: &str) -> Result<Vec<Vec<Text>>, String> {
        let mut names = match file::entries(Text::from(path).as_c_str()) {
            Ok(names) => names,
            Err(Errno::NOENT) => {
                self.remark(|| format!("there is no directory `{}`: nothing to do", path.escape_debug()));
                return Ok(Vec::new());
            }
            Err(errno) => return Err(format!("cannot read `{}`: {}", path.escape_debug(), sentence(errno))),
        };
        names.sort_unstable();
        let whole = |name: Vec<u8>| Text::from([path.trim_end_matches('/').as_bytes(), b"/", &name].concat());
        let files = names.into_iter().map(whole).filter(|file| file::is_regular(file.as_c_str()));
        let (programs, others): (Vec<Text>, Vec<Text>) =
            files.partition(|file| file::is_executable(file.as_c_str()).is_ok());
        if !others.is_empty() {
            self.remark(|| {
                let names: Vec<String> =
                    others.iter().map(|file| format!("`{}`", file.as_bytes().escape_ascii())).collect();
                format!("not executable, and not run: {}", names.join(", "))
            });
        }
        Ok(programs.into_iter().map(|program| vec![program]).collect())
    }

    /// Runs them until one fails, or until we are asked to end: those that run are asked too, because they are of our process
    /// group, and we wait for them.
    pub(super) fn run_programs(&self, programs: Vec<Vec<Text>>, inheritance: Inheritance) -> u8 {
        Mask(SignalSet::ALL.bits()).set();
        for words in programs {
            let status = self.run_program(words, inheritance);
            if status != DONE {
                return status;
            }
            if let Some(signal) = process::pending(ENDS.into_iter()) {
                return exit_code::of_signal(signal);
            }
        }
        DONE
    }

    fn run_program(&self, words: Vec<Text>, inheritance: Inheritance) -> u8 {
        // Who asks us to end by SIGKILL means it too.
        let preparation = Preparation { steps: vec![Step::ParentDeathSignal(Signal::KILL)], ..Preparation::default() };
        let program = Program {
            work: Work::Execute(words),
            environment: self.environment.clone(),
            terminal: None,
            stdin: true,
            directory: Text::from(c"."),
            session: Session::Inherit,
            preparation,
            inherits: true,
            gets_listen_pid: false,
        };
        let shown = program.name().escape_ascii();
        let spawned = match spawn::spawn(&program, inheritance, &[]) {
            Ok(spawned) => spawned,
            Err(errno) => return self.fail(&format!("cannot start `{shown}`: {}", sentence(errno))),
        };
        let outcome = process::wait_for(spawned.pid());
        if let ExecResult::Failed(obstacle) = spawned.result() {
            self.journal.problem(&spawn::explain(&program, obstacle));
            return Outcome::NotStarted(obstacle.failure()).code();
        }
        match outcome {
            Some(outcome) if outcome.is_success() => DONE,
            Some(outcome) => {
                self.journal.problem(&format!("`{shown}` failed: {}", report::how(outcome)));
                outcome.code()
            }
            None => FAILED,
        }
    }
}
