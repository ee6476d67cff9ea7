//! What is told of a config that is wrong, and what is written of one that is not.

mod beside_toml;
mod corpus;

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use super::{Problems, Value, parser, read, write};
use crate::Config;

fn tree(text: &str) -> Result<Value, String> {
    let mut problems = Problems::default();
    parser::parse(text, &mut problems).ok_or_else(|| problems.shown(text)[0].to_string())
}

#[test]
fn depth_is_bounded() {
    for (begin, end) in [("[", "]"), ("{ a = ", "}"), ("[{ a.b = ", "}]")] {
        let deep = |depth| format!("a = {}1{}", begin.repeat(depth), end.repeat(depth));
        assert!(tree(&deep(7)).is_ok());
        assert!(tree(&deep(1_000_000)).unwrap_err().contains("more than 16"));
        assert!(tree(&format!("a = {}", begin.repeat(1_000_000))).unwrap_err().contains("more than 16"));
    }
    assert!(tree(&format!("{}a = 1", "a.".repeat(1_000_000))).unwrap_err().contains("more than 16"));
    assert!(tree(&format!("[{}a]", "a.".repeat(1_000_000))).unwrap_err().contains("more than 16"));
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let text = "version = 1\nstop-signal = \"SIGTREM\"\ngrace-preiod = \"10s\"\nleftover-timeout = 5\n\n\
        [[service]]\nname = \"web\"\ncommand = \"httpd\"\nstop-signal = \"SIGTERM\"\n  kill-mode = \"grup\"\n\n\
        [service.execution]\nwork = \"/\"\n\n[signals]\nHUP = \"drop\"\nSIGHUP = 'drop'\nx = { ttty = \"drop\" }\n";
    let problems = read::<Config>(text).unwrap_err();
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let expected = [
        ":2:15: `SIGTREM` is not a signal\n  stop-signal = \"SIGTREM\"\n                ^",
        ":4:20: expected a duration, such as \"1m30s\", found a number\n  leftover-timeout = 5\n                     ^",
        ":17:1: `SIGHUP` is here twice, by two names\n  SIGHUP = 'drop'\n  ^",
        ":18:7: there is no key `ttty` here: did you mean `tty`?\n  x = { ttty = \"drop\" }\n        ^",
        ":18:1: `x` is not a signal\n  x = { ttty = \"drop\" }\n  ^",
        ":8:11: expected a list, found \"httpd\"\n  command = \"httpd\"\n            ^",
        ":10:15: expected one of \"mixed\", \"process\", \"group\", found \"grup\"\n    kill-mode = \"grup\"\n                ^",
        ":13:1: there is no key `work` here: the keys are `user`, `group`, `supplementary-groups`, `working-dir`, `umask`, \
            `no-new-privs`, `parent-death-signal`, `session`, `limits`\n  work = \"/\"\n  ^",
        ":3:1: there is no key `grace-preiod` here: did you mean `grace-period`?\n  grace-preiod = \"10s\"\n  ^",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn problems_are_bounded() {
    let lines: Vec<String> = (0..100_000).map(|at| format!("x{at} = 1")).collect();
    let text = lines.join("\n");
    let problems = read::<Config>(&text).unwrap_err();
    assert_eq!(problems.len(), 21);
    assert_eq!(problems[20].to_string(), ": and 99984 more");
    let long = format!("a = [{}x", "1, ".repeat(100_000));
    let shown = tree(&long).unwrap_err();
    assert!(shown.starts_with(":1:300006: `x` is no value"), "{shown}");
    assert!(shown.len() < 500, "{shown}");
    assert!(shown.ends_with(&format!("\n  {}^", " ".repeat(100))), "{shown}");
}

#[test]
fn what_is_missing_is_told_where_it_should_be() {
    let problems = read::<Config>("[[service]]\nname = 'web'\n[[hook]]\npoint = 'pre-stop'\n").unwrap_err();
    let shown: Vec<String> =
        problems.iter().map(|problem| problem.to_string().lines().next().unwrap_or_default().to_string()).collect();
    let expected = vec![
        ":1:1: `command` is missing",
        ":1:1: `stop-signal` is missing",
        ":3:1: `on-failure` is missing",
        ":1:1: `version` is missing",
        ":1:1: `grace-period` is missing",
        ":1:1: `leftover-timeout` is missing",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn what_is_as_in_a_blank_is_not_written() {
    let config = Config::plain();
    let text = write(&config);
    let expected = "version = 1\nstop-signal = \"SIGTERM\"\ngrace-period = \"10s\"\nleftover-timeout = \"500ms\"\n\n\
        [[service]]\nname = \"main\"\nmain = true\ncommand = []\nstop-signal = \"SIGTERM\"\n";
    assert_eq!(text, expected);
    assert_eq!(read(&text), Ok(config));
}
