//! An alarm for a program that has threads, such as a test of plugins.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::Duration,
};

use wasmtime::Engine;
use wigwag_core::Millis;

use super::Alarm;
use crate::clock;

/// A thread that waits for the moment.
pub struct Watch(Sender<Millis>);

impl Watch {
    /// One for the plugins of this engine. Plugins that are called at the same time need an engine each.
    pub fn new(engine: &Engine) -> Self {
        let (sender, receiver) = channel();
        let engine = engine.clone();
        std::thread::spawn(move || watch(&receiver, &engine));
        Self(sender)
    }
}

impl Alarm for Watch {
    fn set(&mut self, at: Millis) {
        // It only ends when nobody can set it any more.
        let _ = self.0.send(at);
    }
}

fn watch(moments: &Receiver<Millis>, engine: &Engine) {
    let mut at = clock::NEVER;
    loop {
        let left = Duration::from_millis(at.minus(clock::now()).0);
        match moments.recv_timeout(left.min(Duration::from_hours(1))) {
            Ok(moment) => at = moment,
            Err(RecvTimeoutError::Timeout) if at <= clock::now() => {
                engine.increment_epoch();
                at = clock::NEVER;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
