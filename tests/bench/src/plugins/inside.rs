//! The same plugin in this process: what its code and the engine take, without another process.

use std::collections::BTreeMap;

use scenarios::Result;
use wigwag_core::{Millis, Signal, plugin::message::Level};
use wigwag_host::{Alarm, Code, Interrupted, Output, Plugin, Roots, Store, Supervisor, Surroundings, code};

use super::{
    example::Example,
    host::{call, decided},
};

/// It is not needed: the examples do as they are told.
struct Nobody;

impl Alarm for Nobody {
    fn set(&mut self, _at: Millis) {}
}

impl Supervisor for Nobody {
    fn log(&mut self, _level: Level, _text: String) -> std::result::Result<(), Interrupted> {
        Ok(())
    }

    fn signal(
        &mut self,
        _service: &str,
        _signal: Signal,
        _end: Millis,
    ) -> std::result::Result<std::result::Result<(), String>, Interrupted> {
        Ok(Err("there is nobody".to_string()))
    }

    fn run(
        &mut self,
        _command: &str,
        _arguments: Vec<String>,
        _until: Millis,
        _end: Millis,
    ) -> std::result::Result<std::result::Result<Output, String>, Interrupted> {
        Ok(Err("there is nobody".to_string()))
    }
}

pub struct Inside {
    plugin: Plugin,
    calls: u32,
}

impl Inside {
    pub fn new(example: &Example) -> Result<Self> {
        let code = Code::read(&example.plugin)?;
        let component = code.component(&code::engine()?)?;
        let surroundings = Surroundings {
            supervisor: Box::new(Nobody),
            alarm: Box::new(Nobody),
            env: BTreeMap::new(),
            files: Roots::open(&example.plugin.allow),
            store: Store::in_memory(),
        };
        Ok(Self { plugin: Plugin::new(&component, &example.plugin, surroundings)?, calls: 0 })
    }

    pub fn decide(&mut self) -> Result<()> {
        self.calls += 1;
        decided(&self.plugin.call(&call(self.calls)?))
    }
}
