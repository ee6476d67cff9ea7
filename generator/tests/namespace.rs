//! `wigwag pid1`: the command is PID 1, and the end is the command's.

#![cfg(test)]

use std::{
    os::unix::process::ExitStatusExt,
    process::{Command, Output},
};

fn pid1(command: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wigwag")).args(["pid1", "--"]).args(command).output().unwrap()
}

fn sh(script: &str) -> Output {
    pid1(&["/bin/sh", "-c", script])
}

/// Says why when it is not; in CI that is a failure.
fn is_permitted() -> bool {
    let output = pid1(&["/bin/true"]);
    let is_permitted = output.status.success();
    if !is_permitted {
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{why}");
        eprintln!("skipped: {why}");
    }
    is_permitted
}

#[test]
fn the_command_is_pid_1_and_sees_its_own_proc() {
    if is_permitted() {
        let output = sh("echo $$; read -r stat < /proc/self/stat; echo ${stat%% *}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "1\n1\n");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

#[test]
fn the_command_keeps_its_user() {
    if is_permitted() {
        let id = Command::new("id").arg("-u").output().unwrap().stdout;
        assert_eq!(pid1(&["id", "-u"]).stdout, id);
    }
}

#[test]
fn every_exit_code_is_the_commands() {
    if is_permitted() {
        for code in [0, 1, 2, 125, 126, 127, 143, 255] {
            assert_eq!(sh(&format!("exit {code}")).status.code(), Some(code));
        }
    }
}

#[test]
fn a_death_by_signal_is_passed_on_as_one() {
    if is_permitted() {
        // PID 1 dies of SIGKILL from outside only; its pid there is in the /proc of the outside.
        let mut child = Command::new(env!("CARGO_BIN_EXE_wigwag")).args(["pid1", "--", "sleep", "60"]).spawn().unwrap();
        let children = format!("/proc/{0}/task/{0}/children", child.id());
        let inside = loop {
            if let Some(pid) = std::fs::read_to_string(&children).unwrap().split_whitespace().next() {
                break pid.to_string();
            }
            std::thread::yield_now();
        };
        assert!(Command::new("kill").args(["-s", "KILL", &inside]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().signal(), Some(9));
    }
}

#[test]
fn the_command_dies_with_the_process_outside() {
    if is_permitted() {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wigwag"))
            .args(["pid1", "--", "/bin/sh", "-c", "echo ready; exec sleep 60"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        std::io::Read::read_exact(&mut stdout, &mut [0; 6]).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        // The end of the stream is the end of the last process that holds it.
        assert_eq!(std::io::Read::read_to_end(&mut stdout, &mut Vec::new()).unwrap(), 0);
    }
}

#[test]
fn a_command_that_cannot_be_executed_is_named() {
    if is_permitted() {
        let output = pid1(&["/nonexistent/program"]);
        assert_eq!(output.status.code(), Some(127));
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "wigwag: `/nonexistent/program` cannot be executed: No such file or directory\n"
        );
        assert_eq!(pid1(&["/"]).status.code(), Some(126));
    }
}
