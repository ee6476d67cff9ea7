//! A round, for the person who reads why it failed.

use std::fmt::Write;

use crate::{judge::Verdict, plan::Plan, round::Seen};

pub fn plan(plan: &Plan) -> String {
    let config = wigwag_core::form::write(&plan.config);
    let place = if plan.is_pid_1 { "PID 1" } else { "not PID 1, but a subreaper" };
    let mut text = format!("the init is {place}, its output: {:?}\n{config}\n", plan.output);
    let _ = writeln!(text, "{} at {:?} ms; faults:", plan.stop_signal(), plan.stops);
    for timed in &plan.faults {
        let _ = writeln!(text, "  {:>6} {:?}", timed.at, timed.fault);
    }
    text
}

pub fn seen(seen: &Seen) -> String {
    let since = |time: u64| i128::from(time) - i128::from(seen.listened);
    let mut text = String::new();
    let _ = writeln!(text, "stop asked for at {:?} ms, ended at {:?}", seen.stop.map(since), seen.ended.map(since));
    let _ = writeln!(text, "exit code {:?}, memory {:?} KiB", seen.code, seen.memory);
    let _ = writeln!(text, "the machine was late by {} ms, its pressure {}%", seen.delay, seen.pressure);
    for hit in &seen.hits {
        let _ = writeln!(text, "  {:>6} {} to {} ({})", since(hit.at), hit.signal, hit.pid, hit.label);
    }
    let _ = writeln!(text, "told:");
    for line in &seen.story {
        let _ = writeln!(text, "  {:>6} {} {} {}", since(line.at), line.label, line.pid, line.text);
    }
    let _ = writeln!(text, "the init said:");
    for event in seen.journal.iter().flatten() {
        let time = event.get("time").split('T').nth(1).unwrap_or_default();
        let _ = writeln!(text, "  {time} {}: {}", event.get("event"), event.get("message"));
    }
    for line in &seen.others {
        let _ = writeln!(text, "  {line}");
    }
    for line in &seen.picture {
        let _ = writeln!(text, "still there: {line}");
    }
    text
}

pub fn verdict(verdict: &Verdict) -> String {
    let problems = verdict.problems.iter().map(|problem| format!("WRONG: {problem}\n"));
    problems.chain(verdict.excused.iter().map(|excused| format!("excused: {excused}\n"))).collect()
}
