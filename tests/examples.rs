//! The examples for authors of plugins, by their specs: containers that start, get their signals and stop, with the real host.
//! Their programs are stand-ins of the same names. `WIGWAG_EXAMPLES` names another directory to have the components from.

use std::{
    env, fs, io,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use scenarios::{DEADLINE, Output, Result, built, skip};
use tempfile::TempDir;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/examples");

/// A program that says what it gets; one of these ends it.
const LISTENER: &str = r#"#!/bin/sh
name=${0##*/}
for signal in HUP USR1 WINCH TERM; do trap "echo $name: $signal" $signal; done
trap "echo $name: $END; exit 0" $END
echo "$name: ready"
while :; do sleep 60 & wait $!; done
"#;

/// An application with an admin port, and three requests that end one by one.
const APPLICATION: &str = r#"#!/usr/bin/env python3
import http.server, os, signal, sys

class Admin(http.server.BaseHTTPRequestHandler):
    left = [0, 1, 2]

    def do_POST(self):
        self.answer("refuses", "")

    def do_GET(self):
        count = self.left.pop()
        self.answer(f"{count} in flight", str(count))

    def answer(self, said, body):
        print(f"app: {said}", flush=True)
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass

def end(*_):
    print("app: TERM", flush=True)
    os._exit(0)

signal.signal(signal.SIGTERM, end)
host, port = sys.argv[-1].split(":")
server = http.server.HTTPServer((host, int(port)), Admin)
print("app: ready", flush=True)
server.serve_forever()
"#;

fn components() -> PathBuf {
    env::var_os("WIGWAG_EXAMPLES").map_or_else(|| Path::new(EXAMPLES).join("prebuilt"), PathBuf::from)
}

/// A container of an example, in the place of a platform.
struct Container {
    child: Child,
    output: Output,
    _directory: TempDir,
}

impl Container {
    /// Starts the example with these programs. What is changed in its spec is what belongs to another machine; and times, since
    /// this one may be busy.
    fn start(
        example: &str,
        end: &str,
        directory: TempDir,
        programs: &[(&str, &str)],
        changes: &[(&str, &str)],
    ) -> Result<Self> {
        let bin = directory.path().join("bin");
        fs::create_dir(&bin)?;
        for (name, text) in programs {
            fs::write(bin.join(name), text)?;
            fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755))?;
        }
        let mut spec = fs::read_to_string(Path::new(EXAMPLES).join(example).join("wigwag.toml"))?;
        let components = format!("{}/", components().display());
        let times = [
            ("grace-period = \"30s\"", "grace-period = \"3h\""),
            ("stop-timeout = \"20s\"", "stop-timeout = \"1h\""),
            ("[[hook.on-signal]]", "[[hook.on-signal]]\ntimeout = \"30s\""),
        ];
        for (from, to) in [("../prebuilt/", components.as_str())].iter().chain(&times).chain(changes) {
            spec = spec.replace(from, to);
        }
        let path = directory.path().join("wigwag.toml");
        fs::write(&path, spec)?;
        let search =
            env::join_paths([bin].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())))?;
        let (reader, writer) = io::pipe()?;
        let mut command = Command::new(&built()?.wigwag);
        command.arg("run").arg(&path).env("PATH", search).env("END", end).stdin(Stdio::null());
        let child = command.stdout(writer.try_clone()?).stderr(writer).spawn()?;
        Ok(Self { child, output: Output::read(move || Ok(reader)), _directory: directory })
    }

    fn wait_for(&self, line: &str) -> Result<()> {
        let seen = self.output.wait_for(line, DEADLINE);
        seen.map_err(|error| format!("{error}; until now: {:#?}", self.output.so_far()).into())
    }

    fn send(&self, signal: Signal) -> Result<()> {
        Ok(kill(Pid::from_raw(self.child.id().try_into()?), signal)?)
    }

    /// Waits for its end: its exit code, and what it said.
    fn end(mut self) -> Result<(Option<i32>, Vec<String>)> {
        let lines = self.output.all()?;
        Ok((self.child.wait()?.code(), lines))
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // It has ended, unless the test has failed.
        let _ = self.child.kill();
    }
}

#[test]
fn specs_are_right() -> Result<()> {
    let mut count = 0;
    for entry in fs::read_dir(EXAMPLES)? {
        let spec = entry?.path().join("wigwag.toml");
        if !spec.is_file() {
            continue;
        }
        for command in [&["check"] as &[_], &["render", "init"], &["render", "dockerfile"]] {
            let output = Command::new(&built()?.wigwag).args(command).arg(&spec).output()?;
            assert!(output.status.success(), "{command:?} {}: {output:?}", spec.display());
        }
        count += 1;
    }
    assert!(count > 5, "these are not all: {count}");
    Ok(())
}

#[test]
fn rewrite_stops_apache_gracefully_in_rust_and_in_c() -> Result<()> {
    for example in ["rewrite", "rewrite-c"] {
        let container = Container::start(example, "WINCH", tempfile::tempdir()?, &[("httpd", LISTENER)], &[])?;
        container.wait_for("httpd: ready")?;
        container.send(Signal::SIGTERM)?;
        let (code, lines) = container.end()?;
        assert_eq!(
            (code, &lines[..2]),
            (Some(0), &["httpd: ready", "httpd: WINCH"].map(String::from)[..]),
            "{lines:#?}"
        );
    }
    Ok(())
}

#[test]
fn double_term_stops_at_once() -> Result<()> {
    // It would have an hour.
    let changes = [("\"3s\"", "\"1h\"")];
    let container = Container::start("double-term", "USR2", tempfile::tempdir()?, &[("worker", LISTENER)], &changes)?;
    container.wait_for("worker: ready")?;
    container.send(Signal::SIGTERM)?;
    container.wait_for("worker: TERM")?;
    container.send(Signal::SIGTERM)?;
    let (code, lines) = container.end()?;
    assert_eq!(code, Some(137), "{lines:#?}");
    assert_eq!(lines.iter().filter(|line| *line == "worker: TERM").count(), 1, "{lines:#?}");
    Ok(())
}

#[test]
fn drain_waits_for_the_last_request() -> Result<()> {
    if Command::new("python3").arg("--version").stdout(Stdio::null()).status().is_err() {
        return skip(1, "drain needs python3, as its application");
    }
    let admin = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let changes = [("127.0.0.1:8080", admin.as_str())];
    let container = Container::start("drain", "TERM", tempfile::tempdir()?, &[("app", APPLICATION)], &changes)?;
    container.wait_for("app: ready")?;
    container.send(Signal::SIGTERM)?;
    let (code, lines) = container.end()?;
    assert_eq!(code, Some(0), "{lines:#?}");
    let said: Vec<_> = lines.iter().filter_map(|line| line.strip_prefix("app: ")).collect();
    assert_eq!(said, ["ready", "refuses", "2 in flight", "1 in flight", "0 in flight", "TERM"], "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("drain") && line.contains("nothing is in flight")), "{lines:#?}");
    Ok(())
}

#[test]
fn unmount_closes_the_device_when_nobody_holds_it() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let calls = directory.path().join("calls");
    // Busy twice.
    let cryptsetup = format!("#!/bin/sh\necho \"$*\" >>{0}\n[ \"$(wc -l <{0})\" -ge 3 ] || exit 5\n", calls.display());
    let programs = [("ceph-osd", LISTENER), ("cryptsetup", &cryptsetup)];
    let container = Container::start("unmount", "TERM", directory, &programs, &[])?;
    container.wait_for("ceph-osd: ready")?;
    assert!(!calls.exists(), "before the stop");
    container.send(Signal::SIGTERM)?;
    container.wait_for("*closed at attempt 3")?;
    assert_eq!(fs::read_to_string(&calls)?, "luksClose osd\n".repeat(3));
    let (code, lines) = container.end()?;
    assert_eq!(code, Some(0), "{lines:#?}");
    Ok(())
}

#[test]
fn reload_reloads_each_service_in_its_own_way() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let app = directory.path().join("app");
    fs::create_dir(&app)?;
    fs::write(app.join("reload"), "web SIGHUP\nworker SIGUSR1\n")?;
    let app = app.display().to_string();
    let programs = [("nginx", LISTENER), ("worker", LISTENER)];
    let container = Container::start("reload", "TERM", directory, &programs, &[("/etc/app", &app)])?;
    for line in ["nginx: ready", "worker: ready"] {
        container.wait_for(line)?;
    }
    container.send(Signal::SIGHUP)?;
    for line in ["nginx: HUP", "worker: USR1"] {
        container.wait_for(line)?;
    }
    container.send(Signal::SIGTERM)?;
    let (code, lines) = container.end()?;
    assert_eq!(code, Some(0), "{lines:#?}");
    assert!(!lines.iter().any(|line| line == "worker: HUP"), "{lines:#?}");
    Ok(())
}
