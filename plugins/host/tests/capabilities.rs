//! What a plugin can reach when it is granted, and cannot when it is not.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod support;

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    os::{fd::AsRawFd as _, unix::fs::symlink},
    thread,
};

use nix::sys::stat::Mode;
use support::{
    Host, Loading,
    guest::{data, pre_start},
    store,
};
use wigwag_core::{
    Millis, Outcome, Signal,
    config::Command,
    plugin::message::{FaultKind, FromHost, Invocation, Level, Reply, ToHost},
};
use wigwag_host::clock;

/// A plugin that imports a function and calls it in `pre-start`.
fn plugin(import: &str, text: &str, body: &str) -> Loading {
    let (interface, rest) = import.split_once(' ').unwrap();
    let import = format!("(import \"wigwag:plugin/{interface}@0.1.0\" {rest})");
    // What is imported comes first, and texts need the memory.
    let code = pre_start(&import, body);
    let end = code.len() - 1;
    Loading::wat(&format!("{}{})", &code[..end], data(text)))
}

const LOG: &str = "log \"log\" (func $log (param i32 i32 i32))";

#[test]
fn lines_are_logged_up_to_a_number() {
    let body = "(loop $more
        (call $log (i32.const 2) (i32.const 0) (i32.const 5))
        (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 150))))
        (call $done)";
    let mut host = plugin(LOG, "a line", body).with(|plugin| plugin.allow.log = true).loaded();
    for _ in 0..2 {
        host.ask(Invocation::PreStart, 10_000);
        for _ in 0..100 {
            assert_eq!(host.receive(), FromHost::Log(Level::Warn, "a lin".into()));
        }
        let last = "it logged 100 lines in this call; the rest is left out";
        assert_eq!(host.receive(), FromHost::Log(Level::Warn, last.into()));
        assert_eq!(host.answer().result, Ok(Reply::Done));
    }
    let long = "(memory.fill (i32.const 8192) (i32.const 120) (i32.const 9000)) (call $log (i32.const 0) (i32.const 8192) (i32.const 9000)) (call $done)";
    let mut host = plugin(LOG, "", long).with(|plugin| plugin.allow.log = true).loaded();
    host.ask(Invocation::PreStart, 10_000);
    assert_eq!(host.receive(), FromHost::Log(Level::Debug, "x".repeat(1_000)));
}

#[test]
fn what_is_imported_and_not_granted_is_not_loaded() {
    let call = "(call $log (i32.const 2) (i32.const 0) (i32.const 5)) (call $done)";
    assert_eq!(plugin(LOG, "", call).refused(), "may not use `log`: it needs `log = true` in its `allow`");
    let other = pre_start("(import \"other:place/thing@1.0.0\" \"use-it\" (func $use))", "(call $use) (call $done)");
    let text = "it imports `other:place/thing@1.0.0`, which there is not: a plugin has `wigwag:plugin/…` only";
    assert_eq!(Loading::wat(&other).refused(), text);
}

#[test]
fn there_is_a_clock_and_a_sleep_that_the_deadline_ends() {
    let now = plugin(
        "clock \"now\" (func $now (result i64))",
        "",
        "(if (i64.lt_u (call $now) (local.get 0)) (then unreachable))
         (if (i64.gt_u (call $now) (local.get 1)) (then unreachable)) (call $done)",
    );
    assert_eq!(now.with(|plugin| plugin.allow.clock = true).loaded().call(Invocation::PreStart), Ok(Reply::Done));
    let sleep = |length: i64| {
        let body = format!("(call $sleep (i64.const {length})) (call $done)");
        plugin("clock \"sleep\" (func $sleep (param i64))", "", &body).with(|plugin| plugin.allow.clock = true).loaded()
    };
    let before = clock::now();
    assert_eq!(sleep(60).call(Invocation::PreStart), Ok(Reply::Done));
    assert!(clock::now().minus(before) >= Millis(60));
    for length in [60_000, -1] {
        let mut host = sleep(length);
        for _ in 0..2 {
            host.ask(Invocation::PreStart, 80);
            assert_eq!(host.answer().result.unwrap_err().kind, FaultKind::Timeout);
        }
    }
}

#[test]
fn variables_are_those_that_are_granted() {
    let get = |name: &str| {
        let body = format!(
            "(call $get (i32.const 0) (i32.const {}) (i32.const 1024))
             (if (i32.load8_u (i32.const 1024)) (then (return (call $text (i32.const 1028)))))
             (if (i32.load8_u (i32.const 1028)) (then (return (call $text (i32.const 1032)))))
             (call $done)",
            name.len()
        );
        let mut loading = plugin("env \"get\" (func $get (param i32 i32 i32))", name, &body);
        loading.env = vec![("SHOWN".into(), "value".into()), ("HIDDEN".into(), "secret".into())];
        loading.with(|plugin| plugin.allow.env = vec!["SHOWN".into(), "UNSET".into()]).loaded()
    };
    assert_eq!(get("SHOWN").says(), "value");
    assert_eq!(get("UNSET").call(Invocation::PreStart), Ok(Reply::Done));
    assert_eq!(
        get("HIDDEN").says(),
        "may not read the variable `HIDDEN`: it needs `env = [\"HIDDEN\"]` in its `allow`"
    );
}

#[test]
fn signals_are_sent_by_the_init() {
    let send = |number: u8| {
        let body = format!(
            "(call $send (i32.const 0) (i32.const 3) (i32.const {number}) (i32.const 1024))
             (if (i32.load8_u (i32.const 1024)) (then (return (call $text (i32.const 1028)))))
             (call $done)"
        );
        plugin("signals \"send\" (func $send (param i32 i32 i32 i32))", "webdb", &body)
    };
    let mut host = send(10).with(|plugin| plugin.allow.signals = vec!["web".into()]).loaded();
    for (reply, result) in [(Ok(()), None), (Err("gone".to_string()), Some("gone"))] {
        host.ask(Invocation::PreStart, 10_000);
        assert_eq!(host.receive(), FromHost::Signal("web".into(), Signal::new(10).unwrap()));
        host.send(&ToHost::Sent(reply));
        assert_eq!(host.answer().result.err().map(|fault| fault.text).as_deref(), result);
    }
    // One that is not answered in time, and then is: the next call is not confused.
    host.ask(Invocation::PreStart, 50);
    assert!(matches!(host.receive(), FromHost::Signal(..)));
    assert_eq!(host.answer().result.unwrap_err().kind, FaultKind::Timeout);
    host.send(&ToHost::Sent(Ok(())));
    host.ask(Invocation::PreStart, 10_000);
    assert!(matches!(host.receive(), FromHost::Signal(..)));
    host.send(&ToHost::Sent(Ok(())));
    assert_eq!(host.answer().result, Ok(Reply::Done));
    let mut other = send(10).with(|plugin| plugin.allow.signals = vec!["db".into()]).loaded();
    assert_eq!(other.says(), "may not send signals to `web`: it needs `signals = [\"web\"]` in its `allow`");
    let mut none = send(65).with(|plugin| plugin.allow.signals = vec!["web".into()]).loaded();
    assert_eq!(none.says(), "65 is not the number of a signal, 1 to 64");
}

#[test]
fn nothing_is_asked_for_before_a_hook_is_called() {
    let code = r#"(module
      (import "wigwag:plugin/signals@0.1.0" "send" (func $send (param i32 i32 i32 i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "web")
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8192))
      (func (export "wigwag:plugin/lifecycle@0.1.0#init") (param i32 i32) (result i32)
        (call $send (i32.const 0) (i32.const 3) (i32.const 15) (i32.const 1024))
        (i32.const 1024)))"#;
    let text = Loading::wat(code).with(|plugin| plugin.allow.signals = vec!["web".into()]).refused();
    assert_eq!(text, "it does not start: nothing can be asked for before a hook is called");
}

/// It runs `ls` and returns what that wrote, or `killed`, or why it did not run.
fn runs(arguments: u32, timeout: &str) -> Loading {
    let body = format!(
        "(i32.store (i32.const 500) (i32.const 0)) (i32.store (i32.const 504) (i32.const 2))
         (call $run (i32.const 0) (i32.const 2) (i32.const 500) (i32.const {arguments}) {timeout} (i32.const 1024))
         (if (i32.load8_u (i32.const 1024)) (then (return (call $text (i32.const 1028)))))
         (if (i32.eq (i32.load8_u (i32.const 1028)) (i32.const 1)) (then (return (call $say (i32.const 2) (i32.const 6)))))
         (if (i32.load8_u (i32.const 1048)) (then (return (call $say (i32.load (i32.const 1032)) (i32.const 20)))))
         (call $text (i32.const 1032))"
    );
    let command = Command { command: vec!["ls".into()], arguments: false };
    plugin("run \"run\" (func $run (param i32 i32 i32 i32 i32 i64 i32))", "lskilled", &body)
        .with(|plugin| drop(plugin.allow.commands.insert("ls".into(), command)))
}

const NO_TIMEOUT: &str = "(i32.const 0) (i64.const 0)";

fn running(host: &mut Host) -> [std::io::PipeWriter; 2] {
    assert_eq!(host.receive(), FromHost::Run("ls".into(), vec![]));
    let (out, out_writer) = std::io::pipe().unwrap();
    let (err, err_writer) = std::io::pipe().unwrap();
    host.send_with(&ToHost::Running, &[out.as_raw_fd(), err.as_raw_fd()]);
    [out_writer, err_writer]
}

#[test]
fn commands_are_run_by_the_init() {
    let mut host = runs(0, NO_TIMEOUT).loaded();
    host.ask(Invocation::PreStart, 10_000);
    let [mut out, mut err] = running(&mut host);
    out.write_all(b"one ").unwrap();
    err.write_all(b"noise").unwrap();
    out.write_all(b"two").unwrap();
    // Somebody else has the pipes still.
    host.send(&ToHost::Ended(Outcome::Exited(0)));
    assert_eq!(host.answer().result.unwrap_err().text, "one two");
    drop((out, err));

    host.ask(Invocation::PreStart, 10_000);
    assert_eq!(host.receive(), FromHost::Run("ls".into(), vec![]));
    host.send(&ToHost::NotRunning("no such program".into()));
    assert_eq!(host.answer().result.unwrap_err().text, "no such program");

    let mut added = runs(1, NO_TIMEOUT).loaded();
    assert!(added.says().starts_with("may not add arguments to the command `ls`"));
    let mut other = runs(0, NO_TIMEOUT).with(|plugin| {
        let command = plugin.allow.commands.remove("ls").unwrap();
        plugin.allow.commands.insert("other".into(), command);
    });
    other.plugin.allow.log = true;
    assert!(other.loaded().says().starts_with("may not run the command `ls`"));
}

#[test]
fn a_command_that_writes_much_is_read_to_its_end() {
    let mut host = runs(0, NO_TIMEOUT).loaded();
    host.ask(Invocation::PreStart, 10_000);
    let [mut out, _err] = running(&mut host);
    // More than a pipe takes, so that it is read meanwhile.
    out.write_all(&vec![b'x'; 1 << 20]).unwrap();
    drop(out);
    host.send(&ToHost::Ended(Outcome::Exited(0)));
    assert_eq!(host.answer().result.unwrap_err().text, "x".repeat(20));
}

#[test]
fn a_command_that_takes_too_long_is_killed() {
    let mut host = runs(0, "(i32.const 1) (i64.const 50)").loaded();
    host.ask(Invocation::PreStart, 10_000);
    let pipes = running(&mut host);
    assert_eq!(host.receive(), FromHost::Kill);
    host.send(&ToHost::Ended(Outcome::Killed(Signal::KILL)));
    assert_eq!(host.answer().result.unwrap_err().text, "killed");
    drop(pipes);
    // The call ends before the command.
    let mut host = runs(0, NO_TIMEOUT).loaded();
    host.ask(Invocation::PreStart, 80);
    let _pipes = running(&mut host);
    assert_eq!(host.receive(), FromHost::Kill);
    assert_eq!(host.answer().result.unwrap_err().kind, FaultKind::Timeout);
}

/// What a function of `files` has to say about a path: `ok`, a text, or which failure it is.
fn file(function: &str, path: &str, directory: &tempfile::TempDir) -> Loading {
    let path = path.replace("DIR", directory.path().to_str().unwrap());
    let parameters = if function == "write" { "i32 i32 i32 i32 i32" } else { "i32 i32 i32" };
    let content = if function == "write" { "(i32.const 900) (i32.const 3)" } else { "" };
    // Of each failure there is a letter; `denied` and `failed` have a text.
    let ok = match function {
        "read" => "(return (call $text (i32.const 1028)))",
        "entries" => {
            "(i32.store8 (i32.const 900) (i32.add (i32.const 48) (i32.load (i32.const 1032)))) (return (call $say (i32.const 900) (i32.const 1)))"
        }
        _ => "(return (call $done))",
    };
    let body = format!(
        "(i32.store (i32.const 900) (i32.const 0x77656e))
         (call $it (i32.const 0) (i32.const {}) {content} (i32.const 1024))
         (if (i32.eqz (i32.load8_u (i32.const 1024))) (then {ok}))
         (i32.store (i32.const 910) (i32.const 0x4c4e))
         (if (i32.eq (i32.load8_u (i32.const 1028)) (i32.const 1)) (then (return (call $say (i32.const 910) (i32.const 1)))))
         (if (i32.eq (i32.load8_u (i32.const 1028)) (i32.const 2)) (then (return (call $say (i32.const 911) (i32.const 1)))))
         (call $text (i32.const 1032))",
        path.len()
    );
    let root = directory.path().to_str().unwrap().to_string();
    plugin(&format!("files \"{function}\" (func $it (param {parameters}))"), &path, &body).with(|plugin| {
        plugin.allow.read = vec![format!("{root}/read"), format!("{root}/single"), format!("{root}/gone/away")];
        plugin.allow.write = vec![format!("{root}/write"), format!("{root}/one")];
    })
}

fn says(function: &str, path: &str, directory: &tempfile::TempDir) -> String {
    match file(function, path, directory).loaded().call(Invocation::PreStart) {
        Ok(_) => "ok".to_string(),
        Err(fault) => {
            assert_eq!(fault.kind, FaultKind::Error, "{}", fault.text);
            fault.text
        }
    }
}

fn tree() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    fs::create_dir_all(root.join("read/below")).unwrap();
    fs::create_dir(root.join("write")).unwrap();
    fs::write(root.join("secret"), "secret").unwrap();
    fs::write(root.join("single"), "single").unwrap();
    fs::write(root.join("one"), "one").unwrap();
    fs::write(root.join("read/file"), "content").unwrap();
    fs::write(root.join("read/below/file"), "below").unwrap();
    fs::write(root.join("read/large"), vec![b'x'; (1 << 20) + 1]).unwrap();
    symlink("file", root.join("read/inside")).unwrap();
    symlink("../secret", root.join("read/outside")).unwrap();
    symlink(root.join("read/file"), root.join("read/absolute")).unwrap();
    symlink("/proc/self/environ", root.join("read/proc")).unwrap();
    symlink("..", root.join("write/up")).unwrap();
    symlink("../secret", root.join("write/link")).unwrap();
    nix::unistd::mkfifo(&root.join("read/fifo"), Mode::from_bits_truncate(0o644)).unwrap();
    // The host is another user.
    let open = |path: &str, mode| {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(root.join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    open("", 0o777);
    open("write", 0o777);
    directory
}

#[test]
fn files_are_read_below_what_is_granted() {
    let directory = tree();
    let out = "it leads out of what is granted";
    for (path, answer) in [
        ("DIR/read/file", "content"),
        ("DIR/read/below/file", "below"),
        ("DIR/single", "single"),
        ("DIR/one", "one"),
        ("DIR/read/inside", "content"),
        ("DIR/read/nothing", "N"),
        ("DIR/gone/away", "N"),
        ("DIR/read/large", "L"),
        ("DIR/read/outside", out),
        ("DIR/read/absolute", out),
        ("DIR/read/proc", out),
        ("DIR/read/fifo", "it is not a file"),
        ("DIR/read/below", "it is not a file"),
        ("DIR/write/up/secret", out),
    ] {
        assert_eq!(says("read", path, &directory), answer, "{path}");
    }
    for path in [
        "DIR/secret",
        "DIR/read/../secret",
        "DIR/singles",
        "read/file",
        "/proc/self/environ",
        "/etc/passwd",
        "DIR/read//file",
        "",
    ] {
        let answer = says("read", path, &directory);
        assert!(answer.starts_with("may not read `"), "{path}: {answer}");
    }
}

#[test]
fn files_are_written_as_a_whole_or_not_at_all() {
    let directory = tree();
    let content = |name: &str| fs::read_to_string(directory.path().join(name)).unwrap();
    for (path, answer) in [
        ("DIR/write/new", "ok"),
        ("DIR/write/new", "ok"),
        ("DIR/one", "ok"),
        ("DIR/write/link", "ok"),
        ("DIR/write/no/file", "N"),
        ("DIR/write", "it is a directory"),
        ("DIR/write/up/secret", "it leads out of what is granted"),
    ] {
        assert_eq!(says("write", path, &directory), answer, "{path}");
    }
    assert_eq!(
        [content("write/new"), content("one"), content("write/link"), content("secret")],
        ["new", "new", "new", "secret"]
    );
    for path in ["DIR/read/file", "DIR/single", "DIR/secret", "DIR/write/../secret", "DIR/ones"] {
        let answer = says("write", path, &directory);
        assert!(answer.starts_with("may not write `"), "{path}: {answer}");
    }
    assert_eq!(says("entries", "DIR/write", &directory), "3");
    assert_eq!(says("entries", "DIR/read", &directory), "8");
    assert_eq!(says("entries", "DIR/nowhere", &directory).get(..16), Some("may not read `/t"));
    assert_eq!(says("remove", "DIR/write/new", &directory), "ok");
    assert_eq!(says("remove", "DIR/write/new", &directory), "N");
    assert!(says("remove", "DIR/read/file", &directory).starts_with("may not write `"));
    assert_eq!(content("read/file"), "content");
}

#[test]
fn a_store_outlives_the_host() {
    // It counts in the store, and says how far it is.
    let import = "(import \"wigwag:plugin/state@0.1.0\" \"get\" (func $get (param i32 i32 i32)))
        (import \"wigwag:plugin/state@0.1.0\" \"set\" (func $set (param i32 i32 i32 i32 i32 i32)))";
    let body = "(call $get (i32.const 300) (i32.const 3) (i32.const 1024))
        (i32.store8 (i32.const 200) (i32.const 48))
        (if (i32.load8_u (i32.const 1024)) (then (i32.store8 (i32.const 200) (i32.load8_u (i32.load (i32.const 1028))))))
        (i32.store8 (i32.const 200) (i32.add (i32.const 1) (i32.load8_u (i32.const 200))))
        (call $set (i32.const 300) (i32.const 3) (i32.const 1) (i32.const 200) (i32.const 1) (i32.const 1040))
        (if (i32.load8_u (i32.const 1040)) (then (return (call $text (i32.const 1044)))))
        (call $say (i32.const 200) (i32.const 1))";
    let mut loading = Loading::wat(&pre_start(import, body)).with(|plugin| plugin.allow.state = true);
    loading.store = Some(store());
    let mut host = loading.loaded();
    assert_eq!([host.says(), host.says()], ["1", "2"]);
    let mut again = host.kill().loaded();
    assert_eq!([again.says(), again.says()], ["3", "4"]);
}

#[test]
fn http_goes_to_the_granted_port() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n").unwrap();
        String::from_utf8(head).unwrap()
    });
    let authority = format!("localhost:{port}");
    // Method, authority, path, headers, body, timeout.
    let body = format!(
        "(call $send (i32.const 0) (i32.const 3) (i32.const 5) (i32.const {}) (i32.const 3) (i32.const 2)
           (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 1024))
         (if (i32.eqz (i32.load8_u (i32.const 1024))) (then (return (call $text (i32.const 1040)))))
         (i32.store8 (i32.const 600) (i32.add (i32.const 48) (i32.load8_u (i32.const 1028))))
         (call $say (i32.const 600) (i32.const 1))",
        authority.len()
    );
    let import = "http \"send\" (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i32))";
    let text = format!("GET/d{authority}");
    let send = |granted: String| plugin(import, &text, &body).with(|plugin| plugin.allow.http = vec![granted]).loaded();
    assert_eq!(send(format!("127.0.0.1:{port}")).says(), "abc");
    assert_eq!(server.join().unwrap().lines().next(), Some("GET /d HTTP/1.1"));
    // `refused`, and `denied`.
    assert_eq!(send(format!("127.0.0.1:{port}")).says(), "2");
    assert_eq!(send(format!("127.0.0.2:{port}")).says(), "0");
}
