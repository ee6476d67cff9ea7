//! A judge that finds nothing wrong is no judge: what was seen of a good round, spoilt in one place at a time.

use super::{Verdict, judge};
use crate::{
    journal,
    plan::{Output, Plan},
    round::{Hit, Seen},
    story,
};

const CONFIG: &str = r#"
version = 1
stop-signal = "SIGTERM"
grace-period = "3s"
leftover-timeout = "100ms"
service = [{ name = "s0", main = true, command = ["./s0"], stop-signal = "SIGTERM", stop-timeout = "1s" }]

[[hook]]
point = "pre-start"
command = ["./h0"]
on-failure = "abort"

[[hook]]
point = "pre-stop"
command = ["./h1"]
timeout = "100ms"
on-failure = "continue"

[[hook]]
point = "post-stop"
command = ["./h2"]
timeout = "100ms"
on-failure = "continue"
"#;

const STORY: &str = "\
1001 h0 2 start
1010 s0 3 start
2001 h1 4 start
2010 s0 3 exit 0
2020 h2 5 start
2020 h2 5 sees
";

const JOURNAL: &str = r#"
{"event":"started","process":"pre-start hook `./h0`","pid":2}
{"event":"ended","process":"pre-start hook `./h0`","status":0}
{"event":"started","process":"`s0`","pid":3}
{"event":"received","signal":"SIGTERM","reaction":"stop"}
{"event":"started","process":"pre-stop hook `./h1`","pid":4}
{"event":"ended","process":"pre-stop hook `./h1`","status":0}
{"event":"ended","process":"`s0`","status":0}
{"event":"started","process":"post-stop hook `./h2`","pid":5}
{"event":"ended","process":"post-stop hook `./h2`","status":0}
{"event":"stopped","milliseconds":30,"code":0}
"#;

fn plan() -> Plan {
    let config = wigwag_core::form::read(CONFIG).unwrap();
    Plan { config, output: Output::Witness, is_pid_1: true, faults: Vec::new(), stops: vec![1000] }
}

fn good() -> Seen {
    seen(STORY, JOURNAL)
}

fn seen(story: &str, journal: &str) -> Seen {
    Seen {
        listened: 1000,
        stop: Some(2000),
        ended: Some(2030),
        code: Some(0),
        memory: Some((90, 100)),
        story: story::parse(story),
        journal: Some(journal::parse(journal).0),
        ..Seen::default()
    }
}

fn without(text: &str, word: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.contains(word)).collect()
}

#[track_caller]
fn finds(seen: &Seen, expected: &str) {
    let Verdict { problems, .. } = judge(&plan(), seen);
    assert!(problems.iter().any(|problem| problem.contains(expected)), "`{expected}` is not among {problems:#?}");
}

#[test]
fn a_good_round_is_good() {
    let Verdict { problems, excused } = judge(&plan(), &good());
    assert_eq!((problems, excused), (Vec::new(), Vec::new()));
}

#[test]
fn a_stop_that_is_late() {
    finds(&Seen { ended: Some(5001), ..good() }, "took 3001 ms of 3000");
    finds(&Seen { ended: None, ..good() }, "did not end");
    finds(&seen(STORY, &JOURNAL.replace(":30,", ":3001,")), "the init says that the stop took 3001");
}

#[test]
fn a_machine_that_is_late_is_nobodys_mistake() {
    let late = Seen { ended: Some(5100), delay_of_stop: 200, ..good() };
    let Verdict { problems, excused } = judge(&plan(), &late);
    assert_eq!((problems.len(), excused.len()), (0, 1));
    finds(&Seen { ended: Some(5400), ..late }, "took 3400");
}

#[test]
fn a_post_stop_hook_that_did_not_run_as_it_should() {
    finds(&seen(&without(STORY, "h2"), JOURNAL), "h2 did not run");
    finds(&seen(STORY, &without(JOURNAL, "h2")), "h2 was not started");
    finds(&seen(&format!("{STORY}2021 h2 6 start\n"), JOURNAL), "started 2 times");
    finds(&seen(&STORY.replace("sees", "sees 9:S:./s0"), JOURNAL), "saw 9:S:./s0");
    finds(&seen(&format!("{STORY}2021 s0 9 was asked\n"), JOURNAL), "after a post-stop hook began");
}

#[test]
fn one_that_was_killed_before_it_told_did_run() {
    let story = without(STORY, "h2");
    let hit = Hit { at: 2020, pid: 5, label: "wigwag-init".into(), signal: wigwag_core::Signal::KILL };
    let seen = Seen { hits: vec![hit], ..seen(&story, JOURNAL) };
    assert_eq!(judge(&plan(), &seen).problems, Vec::<String>::new());
}

#[test]
fn hooks_at_the_wrong_time() {
    finds(
        &seen(&STORY.replace("1001 h0 2 start\n", "").replace("2001 h1", "1011 h0 2 start\n2001 h1"), JOURNAL),
        "h0 told after",
    );
    let no_main = JOURNAL.replace("\"started\",\"process\":\"`s0`\"", "\"x\",\"process\":\"`s0`\"");
    finds(&seen(STORY, &no_main), "without the main service");
    let no_stop = JOURNAL.replace("\"reaction\":\"stop\"", "\"reaction\":\"drop\"");
    finds(&seen(STORY, &no_stop), "without a stop");
    let no_hook = without(JOURNAL, "h1");
    finds(&seen(STORY, &no_hook), "no pre-stop hook ran");
}

#[test]
fn a_service_that_is_started_during_a_stop() {
    let again = "{\"event\":\"started\",\"process\":\"`s0`\",\"pid\":7}\n";
    finds(&seen(STORY, &format!("{JOURNAL}{again}")), "started after the stop began");
    finds(
        &seen(&STORY.replace("2020 h2 5 start", "2900 s0 7 start\n2910 h2 5 start"), JOURNAL),
        "900 ms after the stop signal",
    );
}

#[test]
fn an_exit_code_that_is_not_the_documented_one() {
    finds(&Seen { code: Some(3), ..good() }, "exit code Some(3), not 0");
    finds(&seen(&STORY.replace("exit 0", "exit 4"), JOURNAL), "told exit 4, the init says 0");
    // Who did its work is no success when the start had failed.
    let aborted = JOURNAL.replace(
        "{\"event\":\"received\",\"signal\":\"SIGTERM\",\"reaction\":\"stop\"}",
        "{\"event\":\"hook-failed\",\"process\":\"pre-start hook `./h0`\"}",
    );
    finds(&seen(STORY, &aborted), "not 125");
}

#[test]
fn an_init_that_does_not_live_well() {
    finds(&Seen { killed_by: Some(11), ..good() }, "killed by signal 11");
    finds(&Seen { others: vec!["wigwag-init: cannot go on: x".into()], ..good() }, "cannot go on");
    finds(&Seen { zombies: [(7, 1001)].into(), ..good() }, "7 was a zombie");
    finds(&Seen { memory: Some((90, 400)), ..good() }, "grew from 90 to 400");
    let left = Seen { story: story::parse(&format!("{STORY}2040 launcher 1 left 2 after 2000 ms\n")), ..good() };
    let problems = judge(&Plan { is_pid_1: false, ..plan() }, &left).problems;
    assert!(problems.iter().any(|problem| problem.contains("left 2")), "{problems:?}");
}
