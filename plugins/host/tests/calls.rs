//! What comes of calls: answers, errors, and everything that a plugin can do wrong.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod support;

use support::{
    Loading,
    guest::{on_signal, pre_start},
};
use wigwag_core::{
    Signal, Source,
    config::Instance,
    plugin::{
        message::{Cause, FaultKind, Incoming, Invocation, Reply},
        proposal::Proposal,
    },
};

fn signal(signal: Signal) -> Invocation {
    Invocation::OnSignal(Incoming { signal, source: Source::Process, sender: Some((7, 0)), asks_for_stop: true })
}

/// One that counts its calls, and says how many there were.
const COUNTS: &str = "
    (i32.store (i32.const 100) (i32.add (i32.load (i32.const 100)) (i32.const 1)))
    (i32.store8 (i32.const 200) (i32.add (i32.const 48) (i32.load (i32.const 100))))
    (call $say (i32.const 200) (i32.const 1))";

#[test]
fn a_plugin_decides() {
    let mut host = Loading::wat(&on_signal(
        "(i32.store8 (i32.const 3000) (i32.const 0))
         (i32.store8 (i32.const 3004) (i32.const 2))
         (i32.store8 (i32.const 3008) (i32.add (local.get $signal) (i32.const 1)))
         (i32.const 3000)",
    ))
    .loaded();
    assert_eq!(host.call(signal(Signal::HUP)), Ok(Reply::Decided(Proposal::Rewrite(Signal::INT))));
    assert_eq!(host.call(signal(Signal::INT)), Ok(Reply::Decided(Proposal::Rewrite(Signal::QUIT))));
    let fault = host.call(signal(Signal::new(64).unwrap())).unwrap_err();
    assert_eq!((fault.kind, &*fault.text), (FaultKind::Error, "65 is not the number of a signal, 1 to 64"));
    let fault = host.call(Invocation::PreStop(Cause::Aborted)).unwrap_err();
    assert_eq!((fault.kind, &*fault.text), (FaultKind::Error, "it does not implement `pre-stop`"));
    assert!(host.end().success());
}

#[test]
fn an_instance_is_kept_or_is_not() {
    let code = pre_start("", COUNTS);
    let mut kept = Loading::wat(&code).loaded();
    assert_eq!([kept.says(), kept.says(), kept.says()], ["1", "2", "3"]);
    let mut per_call = Loading::wat(&code).with(|plugin| plugin.instance = Instance::PerCall).loaded();
    assert_eq!([per_call.says(), per_call.says(), per_call.says()], ["1", "1", "1"]);
}

/// The third call of it does something bad.
fn third(bad: &str) -> String {
    let first = "(i32.store (i32.const 100) (i32.add (i32.load (i32.const 100)) (i32.const 1)))
         (i32.store8 (i32.const 200) (i32.add (i32.const 48) (i32.load (i32.const 100))))";
    pre_start(
        "",
        &format!(
            "{first} (if (i32.eq (i32.load (i32.const 100)) (i32.const 3)) (then {bad})) (call $say (i32.const 200) (i32.const 1))"
        ),
    )
}

#[test]
fn after_a_trap_there_is_a_new_instance() {
    for (bad, kind, text) in [
        ("unreachable", FaultKind::Trap, "unreachable"),
        ("(drop (i32.load (i32.const -1)))", FaultKind::Trap, "out of bounds memory access"),
        ("(drop (i32.div_u (i32.const 1) (i32.const 0)))", FaultKind::Trap, "integer divide by zero"),
        ("(return (i32.const -4))", FaultKind::Trap, ""),
        ("(return (call $say (i32.const 0) (i32.const -1)))", FaultKind::Trap, ""),
        ("(loop $for_ever (br $for_ever))", FaultKind::Timeout, "it was interrupted"),
    ] {
        let mut host = Loading::wat(&third(bad)).loaded();
        assert_eq!([host.says(), host.says()], ["1", "2"]);
        host.ask(Invocation::PreStart, 300);
        let fault = host.answer().result.unwrap_err();
        assert_eq!(fault.kind, kind, "{bad}: {}", fault.text);
        assert!(fault.text.contains(text), "{bad}: {}", fault.text);
        assert_eq!([host.says(), host.says()], ["1", "2"], "{bad}");
        assert!(host.end().success());
    }
}

#[test]
fn a_recursion_without_end_ends() {
    let code = r#"(module
      (memory (export "memory") 1)
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
      (func $deeper (param i64 i64 i64 i64) (result i64)
        (i64.add (call $deeper (local.get 3) (local.get 0) (local.get 1) (local.get 2)) (local.get 0)))
      (func (export "wigwag:plugin/pre-start@0.1.0#run") (param i64 i64 i64 i32 i32 i64 i32 i32) (result i32)
        (i32.wrap_i64 (call $deeper (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)))))"#;
    let mut host = Loading::wat(code).loaded();
    for _ in 0..3 {
        let fault = host.call(Invocation::PreStart).unwrap_err();
        assert_eq!((fault.kind, &*fault.text), (FaultKind::Trap, "call stack exhausted"));
    }
}

#[test]
fn memory_and_tables_have_a_limit() {
    let grow = "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (if (i32.eqz (i32.load (i32.const 100))) (then unreachable))";
    let mut host = Loading::wat(&pre_start("", &format!("{grow} (call $done)"))).loaded();
    host.ask(Invocation::PreStart, 20_000);
    let answer = host.answer();
    let fault = answer.result.unwrap_err();
    assert_eq!(fault.text, "wasm `unreachable` instruction executed; it wanted more memory than its `memory` allows");
    assert_eq!(answer.memory, 16 << 20);
    let table = "(table $table 1 funcref)";
    let body = "(if (i32.ne (table.grow $table (ref.null func) (i32.const 100000)) (i32.const -1)) (then unreachable)) (call $done)";
    let small = Loading::wat(&pre_start(table, body)).with(|plugin| plugin.memory = 512 << 10);
    assert_eq!(small.loaded().call(Invocation::PreStart), Ok(Reply::Done));
    let text = Loading::wat(&pre_start("", "(call $done)")).with(|plugin| plugin.memory = 64 << 10).refused();
    assert!(text.starts_with("it does not start: ") && text.ends_with("than its `memory` allows"), "{text}");
}

#[test]
fn an_error_may_be_long_and_an_answer_may_not() {
    let mut host = Loading::wat(&pre_start("", "(memory.fill (i32.const 8192) (i32.const 120) (i32.const 100000)) (call $say (i32.const 8192) (i32.const 100000))")).loaded();
    assert_eq!(host.says(), "x".repeat(1_000));
    // A list of deliveries, each with the same long name.
    let code = on_signal(
        "(memory.fill (i32.const 40000) (i32.const 120) (i32.const 50000))
         (loop $next
           (i32.store (i32.add (i32.const 8192) (local.get $i)) (i32.const 40000))
           (i32.store offset=4 (i32.add (i32.const 8192) (local.get $i)) (i32.const 50000))
           (i32.store8 offset=8 (i32.add (i32.const 8192) (local.get $i)) (i32.const 15))
           (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 24))) (i32.const 24000))))
         (i32.store8 (i32.const 3004) (i32.const 3))
         (i32.store (i32.const 3008) (i32.const 8192))
         (i32.store (i32.const 3012) (COUNT))
         (i32.const 3000)",
    );
    let count = |count: u32| Loading::wat(&code.replace("(COUNT)", &format!("(i32.const {count})"))).loaded();
    assert!(
        matches!(count(1).call(signal(Signal::TERM)), Ok(Reply::Decided(Proposal::Deliver(list))) if list.len() == 1)
    );
    let fault = count(2).call(signal(Signal::TERM)).unwrap_err();
    assert_eq!((fault.kind, &*fault.text), (FaultKind::Error, "its answer has 100043 bytes, 65536 at most"));
    // That would be 50 MB in the host.
    let fault = count(1_000).call(signal(Signal::TERM)).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Trap, "{}", fault.text);
}

#[test]
fn settings_are_taken_or_the_plugin_is_refused() {
    // It says how many settings there are, or that there are too many.
    let code = r#"(module
      (memory (export "memory") 1)
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8192))
      (func (export "wigwag:plugin/lifecycle@0.1.0#init") (param i32 i32) (result i32)
        (i32.store8 (i32.const 200) (i32.add (i32.const 48) (local.get 1)))
        (i32.store (i32.const 2004) (i32.const 200))
        (i32.store (i32.const 2008) (i32.const 1))
        (i32.store8 (i32.const 2000) (i32.gt_u (local.get 1) (i32.const 1)))
        (i32.const 2000))
      (func (export "wigwag:plugin/pre-start@0.1.0#run") (param i64 i64 i64 i32 i32 i64 i32 i32) (result i32)
        (i32.store8 (i32.const 2000) (i32.const 1))
        (i32.const 2000)))"#;
    let settings = |names: &[&str]| {
        let settings = names.iter().map(|name| (name.to_string(), String::new())).collect();
        Loading::wat(code).with(|plugin| plugin.settings = settings)
    };
    assert_eq!(settings(&["a"]).loaded().says(), "1");
    assert_eq!(settings(&[]).loaded().says(), "0");
    assert_eq!(settings(&["a", "b"]).refused(), "it does not start: 2");
}

#[test]
fn signals_to_everybody_do_not_end_it() {
    use nix::{sys::signal::kill, unistd::Pid};
    let mut host = Loading::wat(&pre_start("", COUNTS)).loaded();
    let pid = Pid::from_raw(i32::try_from(host.child.id()).unwrap());
    for signal in nix::sys::signal::Signal::iterator() {
        use nix::sys::signal::Signal as S;
        let is_fault = matches!(signal, S::SIGSEGV | S::SIGBUS | S::SIGILL | S::SIGFPE | S::SIGTRAP);
        if !is_fault && !matches!(signal, S::SIGKILL | S::SIGSTOP | S::SIGCONT) {
            kill(pid, signal).unwrap();
        }
    }
    assert_eq!([host.says(), host.says()], ["1", "2"]);
}
