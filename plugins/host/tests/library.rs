//! The library in a process of its own choice: how a test of a plugin calls it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod support;

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use support::guest::{compile, component, digest, pre_start};
use wigwag_core::{
    Millis, Outcome, Signal,
    config::{self, Artifact},
    plugin::message::{Call, Context, FaultKind, Invocation, Level, Phase, Reply},
};
use wigwag_engine::{ENGINE, Platform};
use wigwag_host::{
    Code, Interrupted, Output, Plugin, Roots, Store, Supervisor, Surroundings, alarm::Watch, clock, code,
};

/// Writes down what it is asked.
#[derive(Clone, Default)]
struct Recorder(Rc<RefCell<Vec<String>>>);

impl Supervisor for Recorder {
    fn log(&mut self, level: Level, text: String) -> Result<(), Interrupted> {
        self.0.borrow_mut().push(format!("{level:?} {text}"));
        Ok(())
    }

    fn signal(&mut self, service: &str, signal: Signal, _end: Millis) -> Result<Result<(), String>, Interrupted> {
        self.0.borrow_mut().push(format!("{signal} to {service}"));
        Ok(Ok(()))
    }

    fn run(
        &mut self,
        command: &str,
        arguments: Vec<String>,
        _until: Millis,
        _end: Millis,
    ) -> Result<Result<Output, String>, Interrupted> {
        self.0.borrow_mut().push(format!("{command} {arguments:?}"));
        Ok(Ok(Output { outcome: Outcome::Exited(0), stdout: vec![], stderr: vec![], truncated: false }))
    }
}

fn call(id: u32, timeout: u64) -> Call {
    let now = clock::now();
    let deadline = now.plus(Millis(timeout));
    let context = Context { now, deadline, uptime: Millis(0), phase: Phase::Starting, budget: None, services: vec![] };
    Call { id, context, hook: Invocation::PreStart }
}

#[test]
fn a_plugin_is_called_without_the_program() {
    let import = "(import \"wigwag:plugin/log@0.1.0\" \"log\" (func $log (param i32 i32 i32)))";
    let body = "(call $log (i32.const 1) (i32.const 0) (i32.const 0))
        (if (i32.load (i32.const 100)) (then (loop $for_ever (br $for_ever))))
        (i32.store (i32.const 100) (i32.const 1))
        (call $done)";
    let bytes = compile(&component(&pre_start(import, body)));
    let platform = Platform::native().unwrap().to_string();
    let artifact = Artifact { platform, engine: ENGINE.into(), file: "test".into(), sha256: digest(&bytes) };
    let mut plugin = config::Plugin { name: "test".into(), ..config::Plugin::default() };
    plugin.allow.log = true;

    let engine = code::engine().unwrap();
    let recorder = Recorder::default();
    let surroundings = Surroundings {
        supervisor: Box::new(recorder.clone()),
        alarm: Box::new(Watch::new(&engine)),
        env: BTreeMap::new(),
        files: Roots::open(&plugin.allow),
        store: Store::in_memory(),
    };
    let component = Code::checked(bytes, &artifact).unwrap().component(&engine).unwrap();
    let mut plugin = Plugin::new(&component, &plugin, surroundings).unwrap_or_else(|text| panic!("{text}"));

    let answer = plugin.call(&call(1, 10_000));
    assert_eq!((answer.id, answer.result), (1, Ok(Reply::Done)));
    assert!(answer.memory >= 2 << 16);
    let answer = plugin.call(&call(2, 100));
    assert_eq!(answer.result.unwrap_err().kind, FaultKind::Timeout);
    assert_eq!(plugin.call(&call(3, 10_000)).result, Ok(Reply::Done));
    assert_eq!(*recorder.0.borrow(), ["Info ", "Info ", "Info "]);
}
