//! What every section needs: the inits, what runs below them, the machine, and how much is to be measured.

use std::{env, ffi::OsString, time::Duration};

use scenarios::Result;

use crate::{
    container::{Container, Program},
    inits::Init,
    machine::Machine,
    options::Amount,
    payload::PAYLOAD,
    plugins::example::Example,
};

/// The longest that anything is waited for that must happen soon.
pub const SOON: Duration = Duration::from_mins(1);

pub struct Bench {
    pub inits: Vec<Init>,
    pub examples: Vec<Example>,
    pub machine: Machine,
    pub amount: Amount,
}

impl Bench {
    /// For each column, the payload below the init, with these words.
    pub fn programs(&self, words: &[&str]) -> Result<Vec<Program>> {
        let payload = payload(words)?;
        self.inits.iter().map(|init| Program::new(&init.command(&payload))).collect()
    }

    /// For each plugin, the payload below an init that has it.
    pub fn programs_with_plugins(&self, words: &[&str]) -> Result<Vec<Program>> {
        let payload = payload(words)?;
        self.examples.iter().map(|example| Program::new(&example.init()?.command(&payload))).collect()
    }

    /// Containers in which the payload is ready, one for each column that has an init.
    pub fn ready_containers(&self, words: &[&str]) -> Result<Vec<Option<Container>>> {
        let programs = self.programs(words)?;
        self.inits
            .iter()
            .zip(&programs)
            .map(|(init, program)| init.is_init().then(|| ready_container(program)).transpose())
            .collect()
    }

    /// Numbers of columns, beginning with another one each round, so that no init is always measured after the same.
    pub fn columns(&self, round: u32) -> impl Iterator<Item = usize> + use<> {
        let count = self.inits.len();
        let first = usize::try_from(round).unwrap_or_default();
        (0..count).map(move |column| (first + column) % count)
    }

    /// The same without the columns that have no init.
    pub fn init_columns(&self, round: u32) -> impl Iterator<Item = usize> {
        self.columns(round).filter(|column| self.inits.get(*column).is_some_and(Init::is_init))
    }

    /// An empty list of samples for each column.
    pub fn samples(&self) -> Vec<Vec<f64>> {
        vec![Vec::new(); self.inits.len()]
    }
}

/// What is executed for the payload.
fn payload(words: &[&str]) -> Result<Vec<OsString>> {
    let this = env::current_exe()?.into_os_string();
    Ok([this].into_iter().chain([PAYLOAD].iter().chain(words).map(OsString::from)).collect())
}

/// A container in which the payload is ready.
pub fn ready_container(program: &Program) -> Result<Container> {
    let mut container = Container::start(program)?;
    container.hear::<1>(SOON).map_err(|error| format!("{program}: {error}"))?;
    Ok(container)
}

pub fn microseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
