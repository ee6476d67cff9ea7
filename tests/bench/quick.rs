//! The bench still measures, and says what it measured.

use std::{fs, process::Command};

use scenarios::{Result, skip};

/// How it ends when there can be no PID namespace.
const NOT_POSSIBLE: i32 = 77;

const ROWS: [&str; 14] = [
    "file, ",
    "static",
    "start to end",
    "of these added",
    "memory, RSS",
    "signal, 1 processor, median",
    "system calls per signal",
    "CPU per orphan, 1 processor",
    "zombies left of 1000",
    "idle, wake-ups",
    "idle, CPU",
    "TERM lost",
    "RSS after 1000 ",
    "RSS after 10000",
];

/// In the table of plugins.
const OF_PLUGINS: [&str; 14] = [
    "native code for linux/amd64",
    "native code for linux/arm64",
    "wigwag-host, bytes",
    "start of the host to its first decision",
    "start to end of /bin/true",
    "decision, 1 processor, median",
    "CPU of the host per decision, 1 processor",
    "decision, every 10 ms, 1 processor",
    "the same call in this process",
    "system calls of the host per decision",
    "host killed in a call: until the signal is sent on",
    "host killed in a call: until the next decision",
    "memory of the host, PSS",
    "idle, wake-ups of the host",
];

#[test]
fn a_quick_run_measures_everything() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let json = directory.path().join("figures.json");
    let output =
        Command::new(env!("CARGO_BIN_EXE_bench")).args(["--quick", "--growth", "--json"]).arg(&json).output()?;
    let (stdout, stderr) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
    if output.status.code() == Some(NOT_POSSIBLE) {
        return skip(1, stderr.trim());
    }
    assert!(output.status.success(), "{stdout}{stderr}");
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_string()).collect::<Vec<_>>();
    let table: Vec<_> = stdout.lines().filter(|line| line.starts_with('|')).map(cells).collect();
    for (column, rows) in [("wigwag-init", ROWS), ("wigwag-init + plugin", ROWS), ("rewrite, kept", OF_PLUGINS)] {
        let begin = table.iter().position(|row| row.iter().any(|cell| cell == column)).expect(&stdout);
        let column = table[begin].iter().position(|cell| cell == column).expect(&stdout);
        for what in rows {
            let row = table[begin..].iter().find(|row| row[1].starts_with(what));
            let row = row.unwrap_or_else(|| panic!("no {what}:\n{stdout}"));
            assert!(!row[column].is_empty(), "nothing about ours in {what}:\n{stdout}");
        }
    }
    let json = fs::read_to_string(json)?;
    assert!(json.contains("\"wigwag-init\": ") && json.contains("\"rewrite, kept\": "));
    Ok(())
}
