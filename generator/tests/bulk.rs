//! Many specs in one call take much less than each in a call of its own.

#![cfg(test)]

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

const MANY: u32 = 1000;
const SOME: u32 = 20;

/// A script, a preset, several services, and hooks, in turn.
fn spec(number: u32) -> String {
    let what = match number % 4 {
        0 => format!(
            "[container]\nentrypoint = \"script\"\n[env]\nPORT = \"{number}\"\n[service.a{number}]\ncommand = [\"/bin/a\"]\n"
        ),
        1 => format!("[service.web{number}]\npreset = \"{}\"\n", ["httpd", "nginx", "redis"][number as usize / 4 % 3]),
        2 => format!(
            "[service.a{number}]\ncommand = [\"/bin/a\"]\nmain = true\n[service.b]\ncommand = [\"/bin/b\"]\nafter = [\"a{number}\"]\n"
        ),
        _ => format!(
            "[container]\ngrace-period = \"30s\"\n[service.a]\ncommand = [\"/bin/a\"]\n\
             [[hook.pre-start]]\ncommand = [\"/bin/migrate\", \"{number}\"]\n\
             [[hook.pre-stop]]\ncommand = [\"/bin/drain\"]\ntimeout = \"5s\"\n"
        ),
    };
    format!("version = 1\n{what}")
}

fn took(directory: &Path, args: &[&str], specs: &[String]) -> Duration {
    let start = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_wigwag")).args(args).args(specs).current_dir(directory).status();
    assert!(status.unwrap().success());
    start.elapsed()
}

#[test]
fn what_is_done_once_is_not_done_for_each() {
    let directory = tempfile::tempdir().unwrap();
    let specs: Vec<_> = (0..MANY).map(|number| format!("s{number}.toml")).collect();
    for (number, name) in (0..).zip(&specs) {
        fs::write(directory.path().join(name), spec(number)).unwrap();
    }
    // As much of an ELF program as is looked at.
    let mut init = b"\x7fELF\x02\x01".to_vec();
    init.resize(400 << 10, 0);
    (init[32], init[54], init[56], init[64]) = (64, 56, 1, 1);
    fs::write(directory.path().join("init"), init).unwrap();
    // What is written is written for each: a busy disk takes its time in any case.
    for (args, times) in [(&["check"][..], 10), (&["build", "--init", "init", "-o", "out"], 4)] {
        let each: Duration =
            specs.iter().take(SOME as usize).map(|one| took(directory.path(), args, std::slice::from_ref(one))).sum();
        let all = took(directory.path(), args, &specs);
        let apart = each / SOME * MANY;
        assert!(all * times < apart, "{args:?}: {all:?} in one call, {apart:?} in {MANY}");
    }
    assert_eq!(
        fs::read_dir(directory.path().join("out"))
            .unwrap()
            .flatten()
            .filter(|entry| entry.path().join("Dockerfile").exists())
            .count(),
        MANY as usize
    );
}
