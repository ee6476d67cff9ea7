//! The examples for authors of plugins, as they are in the repository, in a real host.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod support;

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    os::fd::AsRawFd as _,
    thread,
};

use nix::unistd::pipe;
use support::{Host, Loading, guest};
use wigwag_core::{
    Millis, Outcome, Signal, Source,
    config::{Allow, Command},
    plugin::{
        message::{
            Answer, Call, Cause, Context, Fault, FromHost, Incoming, Invocation, Level, Phase, Reply, ServiceInfo,
            ServiceStatus, Summary, ToHost,
        },
        proposal::{Proposal, Urgency, Wanted},
    },
};
use wit_component::ComponentEncoder;

fn example(name: &str, settings: &[(&str, &str)], allow: Allow) -> Loading {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/prebuilt");
    let directory = std::env::var("WIGWAG_EXAMPLES").unwrap_or(own.into());
    let module = fs::read(format!("{directory}/{name}.wasm")).unwrap();
    let component = ComponentEncoder::default().module(&module).unwrap().encode().unwrap();
    Loading::of(&guest::compile(&component)).with(|plugin| {
        plugin.settings = settings.iter().map(|&(key, value)| (key.into(), value.into())).collect();
        plugin.allow = allow;
    })
}

fn signal(signal: Signal) -> Invocation {
    Invocation::OnSignal(Incoming { signal, source: Source::Process, sender: Some((0, 0)), asks_for_stop: true })
}

fn decides(host: &mut Host, incoming: Signal) -> Proposal {
    let Reply::Decided(proposal) = host.call(signal(incoming)).unwrap() else { panic!("no decision") };
    proposal
}

#[test]
fn rewrite_is_the_same_in_rust_and_in_c() {
    for name in ["rewrite", "rewrite-c"] {
        let mut host = example(name, &[("SIGTERM", "SIGWINCH"), ("SIGHUP", "SIGUSR1")], Allow::default()).loaded();
        for _ in 0..1_000 {
            assert_eq!(decides(&mut host, Signal::TERM), Proposal::Rewrite(Signal::WINCH), "{name}");
            assert_eq!(decides(&mut host, Signal::HUP), Proposal::Rewrite(Signal::USR1), "{name}");
            assert_eq!(decides(&mut host, Signal::RTMAX), Proposal::Pass, "{name}");
        }
        assert!(host.end().success());
        let refused = example(name, &[("SIGTERM", "SIGWICH")], Allow::default()).refused();
        assert!(refused.contains("signal"), "{name}: {refused}");
    }
}

#[test]
fn double_term_stops_at_the_second_one() {
    let mut host = example("double-term", &[("within", "1h")], Allow::default()).loaded();
    assert_eq!(decides(&mut host, Signal::TERM), Proposal::Pass);
    assert_eq!(decides(&mut host, Signal::TERM), Proposal::Stop(Urgency::Now));
    let refused = example("double-term", &[("widthin", "1h")], Allow::default()).refused();
    assert!(refused.ends_with("`widthin` is no setting of this plugin"), "{refused}");
}

#[test]
fn drain_waits_until_nothing_is_in_flight() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let admin = listener.local_addr().unwrap().to_string();
    let application = thread::spawn(move || {
        let mut asked = Vec::new();
        for body in ["", "2", "1", "0"] {
            let mut stream = listener.accept().unwrap().0;
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
            asked.push(lines.next().unwrap());
            lines.find(String::is_empty).unwrap();
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
        asked
    });
    let allow = Allow { log: true, clock: true, http: vec![admin.clone()], ..Allow::default() };
    let mut host = example("drain", &[("admin", &admin), ("every", "10ms")], allow).loaded();
    host.ask(Invocation::PreStop(Cause::Asked(Signal::TERM)), 20_000);
    let FromHost::Log(Level::Info, line) = host.receive() else { panic!("no line") };
    assert!(line.starts_with("nothing is in flight after "), "{line}");
    assert_eq!(host.answer().result, Ok(Reply::Done));
    let get = "GET /in-flight HTTP/1.1";
    assert_eq!(application.join().unwrap(), ["POST /drain HTTP/1.1", get, get, get]);
    let fault = host.call(Invocation::PreStop(Cause::Asked(Signal::TERM))).unwrap_err();
    assert_eq!(fault.text, format!("POST {admin}/drain: nobody listens there"));
}

#[test]
fn reload_reads_its_file_each_time() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("reload");
    let path = file.to_str().unwrap();
    let allow = Allow { read: vec![directory.path().to_str().unwrap().into()], ..Allow::default() };
    let mut host = example("reload", &[("file", path)], allow).loaded();
    let mut ask = || -> Result<Reply, Fault> {
        let service = |name: &str, pid| {
            let state = ServiceStatus::Ready;
            ServiceInfo { name: name.into(), main: false, state, pid, outcome: Some(Outcome::Exited(1)) }
        };
        let context = Context {
            now: Millis(1),
            deadline: Millis(u64::MAX),
            uptime: Millis(1),
            phase: Phase::Running,
            budget: Some(Millis(5)),
            services: vec![service("web", Some(7)), service("once", None)],
        };
        host.send(&ToHost::Call(Call { id: 5, context, hook: signal(Signal::HUP) }));
        let FromHost::Answer(Answer { id: 5, result, .. }) = host.receive() else { panic!("no answer") };
        result
    };
    assert_eq!(ask().unwrap_err().text, format!("{path}: there is no such file"));
    for (text, wanted) in [("web SIGHUP\nonce SIGHUP\n", Signal::HUP), ("web USR2", Signal::USR2)] {
        fs::write(&file, text).unwrap();
        let wanted = Wanted { service: "web".into(), signal: wanted, after: Millis::ZERO };
        assert_eq!(ask(), Ok(Reply::Decided(Proposal::Deliver(vec![wanted]))));
    }
}

#[test]
fn unmount_tries_again_while_the_device_is_busy() {
    let command = Command { command: vec!["cryptsetup".into()], arguments: false };
    let allow = Allow { log: true, clock: true, commands: [("close".into(), command)].into(), ..Allow::default() };
    let mut host = example("unmount", &[("pause", "1ms")], allow).loaded();
    let summary = Summary { outcome: None, ran: Millis(1), stopped_for: Millis(2), forced: false };
    host.ask(Invocation::PostStop(summary), 20_000);
    for status in [5, 5, 0] {
        assert_eq!(host.receive(), FromHost::Run("close".into(), vec![]));
        let ((stdout, _), (stderr, _)) = (pipe().unwrap(), pipe().unwrap());
        host.send_with(&ToHost::Running, &[stdout.as_raw_fd(), stderr.as_raw_fd()]);
        host.send(&ToHost::Ended(Outcome::Exited(status)));
    }
    assert_eq!(host.receive(), FromHost::Log(Level::Info, "closed at attempt 3".into()));
    assert_eq!(host.answer().result, Ok(Reply::Done));
}
