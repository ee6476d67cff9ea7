//! Configs with plugins.

use super::{configs::*, *};
use crate::{Decision, Delivered, Deliveries, FailureCause, PluginId, plugin::proposal::Urgency};

const MAIN: ServiceId = ServiceId(0);
const HOST: Process = Process::Host(PluginId(0));

fn one(hooks: Vec<Hook>, decisions: &[Decision]) -> Case {
    let mut case = Case::of(vec![service("main")]).plugins(&["a"], decisions);
    for signal in hooks.iter().filter_map(|hook| hook.signal) {
        case.config.signals.insert(signal, SignalRule::always(Reaction::Hook));
    }
    case.hooks(hooks).outcomes(&[Outcome::Exited(0)])
}

fn later(signal: Signal) -> Decision {
    let mut list = Deliveries::default();
    assert!(list.push(Delivered { service: MAIN, signal, after: Millis(100) }));
    Decision::Deliver(list)
}

#[test]
fn a_plugin_decides_about_the_stop_signal() {
    for (decision, seen) in [
        (Decision::Pass, Seen::Call(HookId(0))),
        (Decision::Drop, Seen::Note(Note::FinalSignal(MAIN))),
        (Decision::Rewrite(USR1), Seen::Call(HookId(0))),
        (later(USR2), Seen::Later(MAIN, USR2)),
        (Decision::Stop(Urgency::Orderly), Seen::Call(HookId(0))),
        (Decision::Stop(Urgency::Now), Seen::Call(HookId(0))),
    ] {
        let case = one(vec![decides(TERM, "a", OnFailure::Default)], &[decision]).signals(&[TERM, HUP]);
        let what = explore(&case, Friendly);
        assert_seen(&what, &[seen, Seen::Start(HOST), Seen::Exit(0), Seen::Queued(TERM), Seen::Forward(MAIN, HUP)]);
    }
}

#[test]
fn a_plugin_decides_about_another_signal() {
    let decisions = [
        Decision::Drop,
        Decision::Rewrite(USR1),
        later(USR2),
        Decision::Stop(Urgency::Orderly),
        Decision::Stop(Urgency::Now),
    ];
    for decision in decisions {
        let case = one(vec![decides(HUP, "a", OnFailure::Drop)], &[Decision::Pass, decision]);
        let what = explore(&case, Friendly);
        assert_seen(&what, &[Seen::Call(HookId(0)), Seen::Forward(MAIN, HUP), Seen::Queued(HUP)]);
        for cause in [FailureCause::Error, FailureCause::Timeout, FailureCause::Lost] {
            assert_seen(&what, &[Seen::Note(Note::CallFailed(HookId(0), cause))]);
        }
    }
}

#[test]
fn a_stop_does_not_wait_for_what_is_decided_about_another_signal() {
    let within = |time, hook| Hook { timeout: Some(Millis(time)), ..hook };
    for other in ["a", "b"] {
        let hooks = vec![
            within(200, decides(TERM, "a", OnFailure::Default)),
            within(200, decides(HUP, other, OnFailure::Default)),
        ];
        let names = if other == "a" { &["a"][..] } else { &["a", "b"] };
        let mut case = one(hooks, &[]).plugins(names, &[Decision::Rewrite(USR1)]);
        // With their ends and pauses besides, it is more than can be gone through.
        case.hosts_end = false;
        let what = explore(&case, Friendly);
        let late = Seen::Note(Note::CallFailed(HookId(1), FailureCause::Timeout));
        assert_seen(&what, &[Seen::Call(HookId(0)), Seen::Call(HookId(1)), late]);
    }
}

#[test]
fn a_plugin_works_at_every_point() {
    let hooks = vec![
        call(HookPoint::PreStart, "a", 100),
        call(HookPoint::PostStart, "a", 100),
        call(HookPoint::PreStop, "a", 200),
        hook(HookPoint::PreStop, Some(100), OnFailure::Continue),
        call(HookPoint::PostStop, "a", 100),
        call(HookPoint::PostStop, "a", 200),
    ];
    for nature in [Friendly, Stubborn, Undead] {
        let what = explore(&one(hooks.clone(), &[]).signals(&[TERM]), nature);
        let calls = [0, 4, 5].map(|at| Seen::Call(HookId(at)));
        assert_seen(&what, &calls);
    }
}

#[test]
fn a_plugin_that_decides_and_works() {
    let hooks = vec![
        decides(TERM, "a", OnFailure::Default),
        call(HookPoint::PostStart, "a", 200),
        call(HookPoint::PreStop, "a", 100),
        call(HookPoint::PostStop, "a", 100),
    ];
    for nature in [Friendly, Stubborn] {
        let case = one(hooks.clone(), &[Decision::Pass]).signals(&[TERM]);
        let what = explore(&case, nature);
        assert_seen(&what, &[Seen::Call(HookId(0)), Seen::Call(HookId(1)), Seen::Call(HookId(3))]);
        assert_seen(&what, &[Seen::Note(Note::CallFailed(HookId(0), FailureCause::Lost))]);
    }
}

#[test]
fn a_hook_waits_for_a_decision_of_its_plugin() {
    let hooks = vec![decides(HUP, "a", OnFailure::Drop), call(HookPoint::PostStart, "a", 300)];
    let what = explore(&one(hooks, &[Decision::Rewrite(USR1)]), Friendly);
    assert_seen(&what, &[Seen::Call(HookId(1)), Seen::Note(Note::CallFailed(HookId(0), FailureCause::Timeout))]);
}

#[test]
fn a_failed_plugin_aborts_the_start() {
    let abort = Hook { on_failure: OnFailure::Abort, ..call(HookPoint::PreStart, "a", 100) };
    let what = explore(&one(vec![abort, call(HookPoint::PostStop, "a", 100)], &[]).signals(&[TERM]), Friendly);
    assert_seen(&what, &[Seen::Exit(125), Seen::Exit(0)]);
}

#[test]
fn a_failure_can_have_a_policy_by_its_cause() {
    let causes = [(FailureCause::Lost, OnFailure::Abort)].into();
    let abort = Hook { on_failure_of: causes, ..call(HookPoint::PostStart, "a", 100) };
    let what = explore(&one(vec![abort], &[]).signals(&[TERM]), Friendly);
    assert_seen(&what, &[Seen::Exit(125), Seen::Note(Note::CallFailed(HookId(0), FailureCause::Error))]);
}

#[test]
fn plugins_do_not_wait_for_each_other() {
    let hooks = vec![
        call(HookPoint::PreStop, "a", 100),
        call(HookPoint::PreStop, "b", 100),
        call(HookPoint::PostStop, "a", 100),
    ];
    let mut case = one(hooks, &[]).plugins(&["a", "b"], &[]);
    // Two that fail by themselves, each with its pauses, are more than can be gone through.
    case.hosts_end = false;
    let what = explore(&case, Friendly);
    assert_seen(&what, &[0, 1, 2].map(|at| Seen::Call(HookId(at))));
}

#[test]
fn leftovers_are_looked_for_when_the_hosts_are_gone() {
    let hooks = vec![decides(TERM, "a", OnFailure::Default), call(HookPoint::PostStop, "a", 100)];
    for nature in [Friendly, Stubborn, Undead] {
        let what = explore(&one(hooks.clone(), &[Decision::Rewrite(USR1)]).signals(&[TERM]).with_descendants(), nature);
        assert_seen(&what, &[Seen::LeftoversAsked(INT)]);
    }
}
