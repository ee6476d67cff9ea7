//! What a host for tests has.

use std::{
    boxed::Box,
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt,
    string::String,
    vec::Vec,
};

use wigwag_core::config::Allow;

use crate::{
    Millis, Signal,
    http::{Failure, Request, Response},
    run::Output,
};

type Command = Box<dyn FnMut(&[&str]) -> Output>;
type Port = Box<dyn FnMut(&Request) -> Result<Response, Failure>>;

/// What a host for tests has.
#[derive(Default)]
pub(super) struct World {
    pub(super) allow: RefCell<Allow>,
    pub(super) now: Cell<Millis>,
    pub(super) lines: RefCell<Vec<String>>,
    pub(super) sent: RefCell<Vec<(String, Signal)>>,
    pub(super) env: RefCell<BTreeMap<String, String>>,
    pub(super) commands: RefCell<BTreeMap<String, Command>>,
    pub(super) ports: RefCell<Vec<(String, Port)>>,
    pub(super) files: RefCell<BTreeMap<String, Vec<u8>>>,
    pub(super) state: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl World {
    pub(super) fn advance(&self, time: Millis) {
        self.now.set(self.now.get().plus(time));
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("now", &self.now).field("lines", &self.lines).finish_non_exhaustive()
    }
}
