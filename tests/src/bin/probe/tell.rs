//! How the probe speaks: whole lines, in one write each, so that those of several processes do not mix.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
};

use scenarios::Result;

#[derive(Default)]
pub struct Teller {
    prefix: String,
    log: Option<File>,
}

impl Teller {
    pub fn name(&mut self, name: &str) {
        self.prefix = format!("{name}: ");
    }

    pub fn log(&mut self) -> Result<()> {
        self.log = Some(OpenOptions::new().append(true).open("log")?);
        Ok(())
    }

    pub fn is_log(&self) -> bool {
        self.log.is_some()
    }

    pub fn tell(&self, text: &str) -> Result<()> {
        let line = format!("{}{text}\n", self.prefix);
        match &self.log {
            Some(log) => (&*log).write_all(line.as_bytes())?,
            None => io::stdout().write_all(line.as_bytes())?,
        }
        Ok(())
    }
}
