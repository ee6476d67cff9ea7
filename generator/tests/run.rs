//! `wigwag run`: this program as the platform.

#![cfg(test)]

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, Read},
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use tempfile::TempDir;

/// A shell that says `ready` and then what it gets, and ends at the end of its standard input.
const LISTENER: &str = "for signal in HUP INT QUIT USR1 USR2 WINCH TERM; do trap \"echo $signal\" $signal; done; \
                        trap 'echo INT; exit 7' INT; echo ready; while read -r line; do echo \"$line\"; done; \
                        while :; do sleep 60 & wait $!; done";

struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    _directory: TempDir,
}

impl Running {
    fn new(container: &str, args: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let spec = format!(
            "version = 1\n[container]\n{container}\n[service.x]\ncommand = [\"/bin/sh\", \"-c\"]\nargs = ['''{LISTENER}''']\n"
        );
        fs::write(directory.path().join("wigwag.toml"), spec).unwrap();
        let mut child = wigwag(directory.path()).args(["--"]).args(args).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout, _directory: directory }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().to_string()
    }

    fn kill(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
    }

    fn code(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

fn wigwag(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"));
    command.arg("run").current_dir(directory).stdin(Stdio::null()).stderr(Stdio::null());
    command
}

const SCRIPT: &str = "entrypoint = \"script\"";

#[test]
fn the_end_is_that_of_the_entrypoint() {
    for code in [0, 1, 42, 255] {
        assert_eq!(Running::new(SCRIPT, &["/bin/sh", "-c", &format!("exit {code}")]).code(), Some(code));
    }
    assert_eq!(Running::new(SCRIPT, &["/no/such/program"]).code(), Some(127));
}

#[test]
fn a_stop_is_the_containers_stop_signal_and_other_signals_are_passed_on() {
    let mut running = Running::new("entrypoint = \"script\"\nstop-signal = \"SIGINT\"\ngrace-period = \"60s\"", &[]);
    assert_eq!(running.line(), "ready");
    for signal in ["HUP", "USR1", "USR2", "WINCH", "QUIT"] {
        running.kill(signal);
        assert_eq!(running.line(), signal);
    }
    running.kill("TERM");
    assert_eq!(running.line(), "INT");
    assert_eq!(running.code(), Some(7));
}

#[test]
fn the_end_of_the_grace_period_is_sigkill() {
    let mut running = Running::new("entrypoint = \"script\"\ngrace-period = \"100ms\"", &[]);
    assert_eq!(running.line(), "ready");
    running.kill("TERM");
    assert_eq!(running.line(), "TERM");
    assert_eq!(running.code(), Some(137));
    // Nobody is left who holds the other end.
    assert_eq!(running.stdout.read_to_end(&mut Vec::new()).unwrap(), 0);
}

#[test]
fn arguments_arrive_byte_for_byte() {
    let directory = tempfile::tempdir().unwrap();
    let spec = "version = 1\n[container]\nentrypoint = \"script\"\n[service.x]\ncommand = [\"x\"]\n";
    fs::write(directory.path().join("wigwag.toml"), spec).unwrap();
    let hostile = OsStr::from_bytes(b"\xff '\"$(x)\n");
    let output =
        wigwag(directory.path()).args(["--", "printf", "%s,"]).args([hostile, OsStr::new("")]).output().unwrap();
    assert_eq!(output.stdout, b"\xff '\"$(x)\n,,");
}

#[test]
fn the_init_is_started_with_its_config_and_the_containers_arguments() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("wigwag.toml"), "version = 1\n[service.x]\ncommand = [\"x\"]\n").unwrap();
    let init = directory.path().join("init");
    fs::write(&init, "#!/bin/sh\ngrep ^name \"$2\"\nshift 2\necho \"$*\"\nexit 3\n").unwrap();
    fs::set_permissions(&init, fs::Permissions::from_mode(0o755)).unwrap();
    let output = wigwag(directory.path()).args(["--init", "init", "--", "-a", "b"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "name = \"x\"\n-- -a b\n");
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn what_cannot_be_started_is_125() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("wigwag.toml"), "version = 1\n[service.x]\ncommand = [\"x\"]\n").unwrap();
    assert_eq!(wigwag(directory.path()).args(["--init", "/no/such/init"]).status().unwrap().code(), Some(125));
    fs::write(directory.path().join("wigwag.toml"), "version = 1\n").unwrap();
    assert_eq!(wigwag(directory.path()).status().unwrap().code(), Some(125));
}

#[test]
fn it_is_a_group_of_its_own_so_that_an_interrupt_comes_once() {
    let mut running = Running::new(SCRIPT, &["/bin/sh", "-c", "read -r stat < /proc/self/stat; set -- $stat; echo $5"]);
    // In a namespace the group is 1, without one it is not the test's.
    assert_ne!(running.line(), nix::unistd::getpgrp().to_string());
}
