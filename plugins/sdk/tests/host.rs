//! The host for tests grants what a real one grants, and nothing else.

use wigwag_plugin::{
    Context, Error, Millis, Plugin, Result, Settings, clock, env, files,
    http::{self, Request, Response},
    log,
    run::{self, Output},
    signals, state,
    testing::Host,
};

#[test]
#[should_panic(expected = "the plugin may not use `log`: it needs `log = true` in its `allow`")]
fn a_capability_without_a_grant_would_not_be_loaded() {
    let _host = Host::new();
    log::info("hello");
}

#[test]
#[should_panic(expected = "a plugin needs a `testing::Host` in its thread")]
fn there_is_a_host_as_long_as_it_is_kept() {
    drop(Host::new().clock());
    clock::now();
}

#[test]
fn what_is_not_granted_is_an_error() {
    let _host = Host::new()
        .env("ONE", None)
        .service("web")
        .command("close", |_| Output::exited(0))
        .http("127.0.0.1:80", |_| Ok(Response::new(200, "")))
        .read("/etc/app");
    let denied = |what: Result<()>| what.unwrap_err().into_text();
    let needs = |line: &str| format!("it needs `{line}` in its `allow`");
    assert!(denied(env::get("TWO").map(drop)).ends_with(&needs("env = [\"TWO\"]")));
    assert!(denied(signals::send("db", wigwag_plugin::Signal::HUP)).ends_with(&needs("signals = [\"db\"]")));
    assert!(denied(run::run("open", &[], None).map(drop)).contains("may not run the command `open`"));
    assert!(matches!(Request::new("GET", "127.0.0.1:81", "/").send(), Err(http::Failure::Denied(_))));
    for path in ["/etc/passwd", "/etc/app/../passwd", "/etc/application"] {
        assert!(matches!(files::read(path), Err(files::Failure::Denied(_))), "{path}");
    }
    assert!(matches!(files::write("/etc/app/x", ""), Err(files::Failure::Denied(_))));
}

#[test]
fn what_is_granted_is_done() {
    let host = Host::new()
        .log()
        .env("SET", Some("yes"))
        .env("UNSET", None)
        .command("echo", |arguments| Output { stdout: arguments.join(" ").into(), ..Output::exited(0) })
        .http("127.0.0.1:80", |request| Ok(Response::new(201, request.body.clone())));
    log::info("one");
    log::warn("two");
    log::error("three");
    assert_eq!(host.lines(), ["one", "warning: two", "error: three"]);
    assert_eq!(env::get("SET"), Ok(Some("yes".into())));
    assert_eq!(env::get("UNSET"), Ok(None));
    assert_eq!(run::run("echo", &["a", "b"], None).unwrap().stdout, b"a b");
    let response = Request::new("POST", "127.0.0.1:80", "/").header("x", "y").body("content").send().unwrap();
    assert_eq!((response.is_success(), response.body), (true, b"content".to_vec()));
}

#[test]
fn time_goes_on_when_somebody_sleeps() {
    let host = Host::new().clock();
    let context = host.context();
    clock::sleep(Millis(20));
    host.advance(Millis(5));
    assert_eq!(clock::now().minus(context.now), Millis(25));
}

#[test]
fn files_are_where_they_are_written() {
    let host =
        Host::new().write("/run/app").file("/run/app/a/b", "1").file("/run/app/a-b", "2").file("/run/other", "3");
    files::write("/run/app/c", "4").unwrap();
    assert_eq!(host.content("/run/app/c").as_deref(), Some(&b"4"[..]));
    let entry = |name: &str, kind| files::Entry { name: name.into(), kind };
    let expected =
        vec![entry("a", files::Kind::Directory), entry("a-b", files::Kind::File), entry("c", files::Kind::File)];
    assert_eq!(files::entries("/run/app"), Ok(expected));
    assert_eq!(files::read_to_string("/run/app/a/b"), Ok("1".into()));
    assert_eq!(files::remove("/run/app/c"), Ok(()));
    assert_eq!(files::read("/run/app/c"), Err(files::Failure::NotFound));
    assert_eq!(files::write("/run/app/d", vec![0; (1 << 20) + 1]), Err(files::Failure::TooLarge));
}

#[test]
fn the_store_has_an_end() {
    let _host = Host::new().state();
    assert_eq!(state::get("key"), None);
    state::set("key", vec![7; state::CAPACITY - 3]).unwrap();
    assert_eq!(state::set("k", "").unwrap_err().text(), "the store has 16384 bytes, for all keys and values together");
    state::set("key", "small").unwrap();
    assert_eq!(state::get("key").as_deref(), Some(&b"small"[..]));
    state::remove("key").unwrap();
    assert_eq!(state::get("key"), None);
}

#[derive(Debug, PartialEq)]
struct Waits(Millis);

impl Plugin for Waits {
    fn init(settings: &mut Settings) -> Result<Self> {
        Ok(Self(settings.required("pause")?))
    }
}

#[test]
fn a_setting_is_taken_or_a_mistake() {
    let made = |settings: &[(&str, &str)]| settings.iter().copied().collect::<Settings>().make::<Waits>();
    let refused = |settings: &[(&str, &str)]| made(settings).map_err(Error::into_text).unwrap_err();
    assert_eq!(made(&[("pause", "1s")]), Ok(Waits(Millis(1_000))));
    assert_eq!(refused(&[]), "the setting `pause` is missing");
    assert_eq!(refused(&[("pause", "long")]), "the setting `pause`: `long` is not a duration");
    assert_eq!(refused(&[("pause", "1s"), ("pauze", "2s")]), "`pauze` is no setting of this plugin");
}

#[test]
fn a_hook_that_is_registered_must_be_implemented() {
    let host = Host::new();
    let context = Context { deadline: Millis(7), ..host.context() };
    assert_eq!(context.time(), Millis(7));
    let failed = Waits(Millis(1)).pre_start(&context).unwrap_err();
    assert_eq!(failed.text(), "`pre_start` is registered and not implemented");
}
