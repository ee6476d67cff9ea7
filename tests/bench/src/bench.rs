//! What every section needs: the inits, what runs below them, the machine, and how much is to be measured.

use std::{env, ffi::OsString, time::Duration};

use scenarios::Result;

use crate::{
    container::{Container, Program},
    inits::Init,
    machine::Machine,
    options::Amount,
    payload::PAYLOAD,
};

/// The longest that anything is waited for that must happen soon.
pub const SOON: Duration = Duration::from_mins(1);

pub struct Bench {
    pub inits: Vec<Init>,
    pub machine: Machine,
    pub amount: Amount,
}

impl Bench {
    /// For each column, the payload below the init, with these words.
    pub fn programs(&self, words: &[&str]) -> Result<Vec<Program>> {
        let this = env::current_exe()?.into_os_string();
        let words = [PAYLOAD].iter().chain(words).map(OsString::from);
        let payload: Vec<OsString> = [this].into_iter().chain(words).collect();
        self.inits.iter().map(|init| Program::new(&init.command(&payload))).collect()
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

/// A container in which the payload is ready.
pub fn ready_container(program: &Program) -> Result<Container> {
    let mut container = Container::start(program)?;
    container.hear::<1>(SOON).map_err(|error| format!("{program}: {error}"))?;
    Ok(container)
}

pub fn microseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
