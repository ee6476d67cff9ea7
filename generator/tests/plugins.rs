//! Plugins on their way from the spec into a config and an image.

#![cfg(test)]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

use proptest::prelude::*;
use tempfile::TempDir;
use toml::{Table, Value};
use wigwag::{
    artifacts::{self, Artifact},
    model::Model,
    source::Source,
};
use wigwag_compiler::{Compiled, Component};
use wigwag_core::{
    Config,
    config::{self, Allow},
    form,
};
use wigwag_engine::Platform;
use wit_component::{StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

const INTERFACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/wit/since-v0.1");

/// A plugin that has every hook and does nothing.
fn module() -> Vec<u8> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(INTERFACE).unwrap();
    let world = resolve.select_world(&[package], Some("everything")).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    module
}

const SPEC: &str = r#"
version = 1
[container]
platforms = ["linux/amd64"]
[service.x]
command = ["x"]
[[hook.post-stop]]
plugin = "p"
timeout = "1s"
[plugin.p]
module = "p.wasm"
allow = { log = true, clock = true, state = true, env = ["A"], signals = ["x"], commands = { a = ["a"] }, read = ["/a"], http = ["127.0.0.1:1"] }
"#;

/// A directory with a spec, its plugin, and a program that is static.
fn directory() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("wigwag.toml"), SPEC).unwrap();
    fs::write(directory.path().join("p.wasm"), module()).unwrap();
    directory
}

fn wigwag(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"));
    command.current_dir(directory).env("XDG_CACHE_HOME", directory.join("cache"));
    command
}

fn build(directory: &Path, args: &[&str]) -> Output {
    let this = env!("CARGO_BIN_EXE_wigwag");
    let mut command = wigwag(directory);
    command.args(["build", "-o", "out", "--init", this, "--host", this]).args(args).output().unwrap()
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().display().to_string()).collect();
    names.sort();
    names
}

#[test]
fn a_build_has_the_host_and_the_native_code() {
    let directory = directory();
    let out = directory.path().join("out");
    assert_eq!(build(directory.path(), &["--check"]).status.code(), Some(1));
    assert!(!out.exists());
    let output = build(directory.path(), &[]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(names(&out), ["Dockerfile", "init.toml", "plugins", "wigwag-host", "wigwag-init"]);
    assert_eq!(names(&out.join("plugins")), ["p.linux-amd64.cwasm"]);
    let mode = |name| fs::metadata(out.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("wigwag-host"), mode("plugins/p.linux-amd64.cwasm")), (0o755, 0o644));
    assert_eq!(build(directory.path(), &["--check"]).status.code(), Some(0));
    fs::write(out.join("plugins/p.linux-amd64.cwasm"), "x").unwrap();
    let output = build(directory.path(), &["--check"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "out/plugins/p.linux-amd64.cwasm differs\n");
}

#[test]
fn what_was_compiled_before_is_taken_from_the_cache() {
    let directory = directory();
    let render = || wigwag(directory.path()).args(["render", "init"]).output().unwrap().stdout;
    let first = render();
    assert!(String::from_utf8_lossy(&first).contains("sha256 = "));
    let cache = directory.path().join("cache/wigwag");
    let [entry] = names(&cache).try_into().unwrap();
    let kept = fs::read(cache.join(&entry)).unwrap();
    assert_eq!(render(), first);
    fs::write(cache.join(&entry), &kept[1..]).unwrap();
    assert_eq!(render(), first, "a damaged entry is not believed");
    assert_eq!(fs::read(cache.join(&entry)).unwrap(), kept);
    let mut nowhere = wigwag(directory.path());
    nowhere.env_remove("XDG_CACHE_HOME").env_remove("HOME");
    assert_eq!(nowhere.args(["render", "init"]).output().unwrap().stdout, first);
}

#[test]
fn a_check_compiles_nothing() {
    let directory = directory();
    let output = wigwag(directory.path()).arg("check").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(!directory.path().join("cache").exists());
}

#[test]
fn a_build_that_fails_leaves_no_directory_of_plugins() {
    let directory = directory();
    // The limit lets the config through, and not the programs.
    let this = env!("CARGO_BIN_EXE_wigwag");
    let script = format!("trap '' XFSZ; ulimit -f 200; exec '{this}' build -o out --init '{this}' --host '{this}'");
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(directory.path())
        .env_remove("XDG_CACHE_HOME")
        .env_remove("HOME")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    assert!(!directory.path().join("out").exists());
}

#[test]
fn a_run_has_everything_in_a_directory_of_its_own() {
    let directory = directory();
    // Which code it is for says the config that the init is given.
    let init = "#!/bin/sh\nfile=$(sed -n 's/^file = \"\\(.*\\)\"$/\\1/p' \"$2\")\nsha256sum \"$file\" | cut -c 1-64\n\
                sed -n 's/^sha256 = \"\\(.*\\)\"$/\\1/p' \"$2\"\ngrep ^plugin-host \"$2\"\necho \"$file\" >&2\n";
    fs::write(directory.path().join("init"), init).unwrap();
    fs::set_permissions(directory.path().join("init"), fs::Permissions::from_mode(0o755)).unwrap();
    let output = wigwag(directory.path()).args(["run", "--init", "init", "--host", "/bin/sh", "--"]).output().unwrap();
    let stdout = String::from_utf8(output.stdout.clone()).unwrap();
    let [found, digest, host] = stdout.lines().collect::<Vec<_>>().try_into().unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(found, digest);
    let shell = fs::canonicalize("/bin/sh").unwrap();
    assert_eq!(host, format!("plugin-host = \"{}\"", shell.display()));
    let stderr = String::from_utf8(output.stderr).unwrap();
    let file = Path::new(stderr.lines().last().unwrap());
    assert!(!file.exists() && !file.parent().unwrap().exists(), "nothing stays behind: {}", file.display());
}

/// What is written is read in the same way, whatever is in it.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{0,4}",
        any::<char>().prop_filter("no NUL", |c| *c != '\0').prop_map(String::from),
        prop::sample::select(vec![
            "\"", "'", "\"\"\"", "'''", "\\", "\n", "\r\n", "]", "=", "#", "\u{1}", "\u{7f}", "é"
        ])
        .prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// Some of them, each once.
fn texts(one: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set(one, 0..4).prop_map(|texts| texts.into_iter().collect())
}

/// A path without a detour.
fn path() -> impl Strategy<Value = String> {
    let name = text()
        .prop_map(|name| name.replace('/', "_"))
        .prop_filter("no detour", |name| !["", ".", ".."].contains(&name.as_str()));
    prop::collection::vec(name, 0..3).prop_map(|names| format!("/{}", names.join("/")))
}

fn command() -> impl Strategy<Value = config::Command> {
    (prop::collection::vec(text(), 0..3), any::<bool>()).prop_map(|(arguments, more)| config::Command {
        command: [vec!["run".to_string()], arguments].concat(),
        arguments: more,
    })
}

fn plugin() -> impl Strategy<Value = config::Plugin> {
    let key = text().prop_filter("not empty", |text| !text.is_empty());
    let allow = (
        texts("[A-Z_][A-Z0-9_]{0,3}"),
        prop::collection::btree_map(key, command(), 1..4),
        texts(path()),
        texts(path()),
        any::<u16>().prop_map(|port| format!("[fe80::{port:x}]:{}", port.max(1))),
    )
        .prop_map(|(env, commands, read, write, http)| Allow {
            log: true,
            clock: true,
            state: true,
            env: [env, vec!["x".to_string()]].concat(),
            signals: vec!["x".to_string()],
            commands,
            read: [read, vec!["/only one of its kind \u{1}".to_string()]].concat(),
            write,
            http: vec![http.parse::<std::net::SocketAddr>().unwrap().to_string()],
        });
    let settings = prop::collection::btree_map(text(), text(), 0..4);
    ("[A-Za-z0-9._-]{1,64}", settings, allow, 64_u32..4_000_000).prop_map(|(name, settings, allow, kilobytes)| {
        config::Plugin { name, settings, allow, memory: kilobytes << 10, ..config::Plugin::default() }
    })
}

fn list(texts: &[String]) -> Value {
    texts.iter().map(|text| Value::from(text.as_str())).collect::<Vec<_>>().into()
}

fn table<const N: usize>(entries: [(&str, Value); N]) -> Value {
    entries.into_iter().map(|(key, value)| (key.to_string(), value)).collect::<Table>().into()
}

/// The plugin as somebody would write it.
fn written(plugin: &config::Plugin) -> Value {
    let allow = &plugin.allow;
    let command = |command: &config::Command| {
        let words = list(&command.command);
        if command.arguments { table([("command", words), ("arguments", true.into())]) } else { words }
    };
    let commands: Table = allow.commands.iter().map(|(name, one)| (name.clone(), command(one))).collect();
    let settings: Table = plugin.settings.iter().map(|(name, text)| (name.clone(), text.as_str().into())).collect();
    let allow = table([
        ("log", allow.log.into()),
        ("clock", allow.clock.into()),
        ("state", allow.state.into()),
        ("env", list(&allow.env)),
        ("signals", list(&allow.signals)),
        ("commands", commands.into()),
        ("read", list(&allow.read)),
        ("write", list(&allow.write)),
        ("http", list(&allow.http)),
    ]);
    let memory = format!("{}K", plugin.memory >> 10);
    table([("module", "p.wasm".into()), ("memory", memory.into()), ("settings", settings.into()), ("allow", allow)])
}

#[test]
fn what_is_written_reaches_the_config_byte_for_byte() {
    // A component already, which is looked at faster.
    let module = Component::new(&module()).unwrap().bytes().to_vec();
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(plugin in plugin(), code in any::<u64>())| {
        let text = format!(
            "version = 1\nplugin = {}\ncontainer.platforms = [\"linux/arm64\"]\nservice.x.command = [\"x\"]\n\
             [[hook.post-stop]]\nplugin = {:?}\ntimeout = \"1s\"\n",
            table([(&plugin.name, written(&plugin))]),
            plugin.name,
        );
        let source = Source::new("wigwag.toml", text.as_bytes()).unwrap();
        let model = Model::new(&source, None, &|path| Ok(if path == "p.wasm" { module.clone() } else { Vec::new() }));
        let model = model.map_err(|problems| wigwag::diagnostic::render(&problems, &source, false)).unwrap();
        let compiled = Compiled { bytes: Vec::new(), sha256: format!("{code:064x}") };
        let artifact = Artifact { plugin: plugin.name.clone(), platform: Platform::Arm64, compiled };
        let config = artifacts::configure(&model.config, &[artifact], "/plugins");
        let read: Config = form::read(&form::write(&config)).unwrap();
        let artifact = config::Artifact {
            platform: "linux/arm64".into(),
            engine: wigwag_engine::ENGINE.into(),
            file: format!("/plugins/{}.linux-arm64.cwasm", plugin.name),
            sha256: format!("{code:064x}"),
        };
        let expected = config::Plugin { artifacts: vec![artifact], ..plugin };
        prop_assert_eq!(read.plugins, [expected]);
        prop_assert_eq!(read.hooks[0].plugin(), Some(&config.plugins[0].name));
    });
}
