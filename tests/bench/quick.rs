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
    let ours = table[0].iter().position(|column| column == "wigwag-init").expect(&stdout);
    for what in ROWS {
        let row = table.iter().find(|row| row[1].starts_with(what)).unwrap_or_else(|| panic!("no {what}:\n{stdout}"));
        assert!(!row[ours].is_empty(), "nothing about ours in {what}:\n{stdout}");
    }
    assert!(fs::read_to_string(json)?.contains("\"wigwag-init\": "));
    Ok(())
}
