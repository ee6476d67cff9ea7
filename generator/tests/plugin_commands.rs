//! `wigwag plugin`: what is printed and written, and the exit codes, with plugins made of the text format.

#![cfg(test)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;
use wit_component::{StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const INTERFACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/wit/since-v0.1");

/// What all of them have. Text is at 0; 256 is a result that says that all is well, 300 one that is the error `no luck`.
const COMMON: &str = r#"
    (memory (export "memory") 1)
    (data (i32.const 0) "hello")
    (data (i32.const 300) "\01\00\00\00\40\01\00\00\07\00\00\00")
    (data (i32.const 320) "no luck")
    (global $free (mut i32) (i32.const 4096))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
        (global.set $free (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
"#;

/// A core module with an interface in it, as compilers write it.
fn module(world: &str, text: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    resolve.push_path(INTERFACE).unwrap();
    let world = format!("package test:test; world it {{ {world} }}");
    let package = resolve.push_str("test.wit", &world).unwrap();
    let world = resolve.select_world(&[package], Some("it")).unwrap();
    let mut module = wat::parse_str(text).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    module
}

/// A plugin that does this before the start.
fn pre_start(imports: &str, functions: &str, body: &str) -> Vec<u8> {
    let world = format!("include wigwag:plugin/runs-pre-start@0.1.0; {imports}");
    let text = format!(
        r#"(module {functions} {COMMON}
            (func (export "wigwag:plugin/pre-start@0.1.0#run") (param i64 i64 i64 i32 i32 i64 i32 i32) (result i32)
                {body}))"#
    );
    module(&world, &text)
}

/// A plugin that logs a line before the start.
fn logs() -> Vec<u8> {
    pre_start(
        "import wigwag:plugin/log@0.1.0;",
        r#"(import "wigwag:plugin/log@0.1.0" "log" (func $log (param i32 i32 i32)))"#,
        "(call $log (i32.const 1) (i32.const 0) (i32.const 5)) (i32.const 256)",
    )
}

/// A plugin that makes 10 of each signal.
fn rewrites() -> Vec<u8> {
    let text = format!(
        r#"(module {COMMON}
            (data (i32.const 400) "\00\00\00\00\02\00\00\00\0a")
            (func (export "wigwag:plugin/on-signal@0.1.0#decide")
                (param i64 i64 i64 i32 i32 i64 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) (i32.const 400)))"#
    );
    module("include wigwag:plugin/decides-signals@0.1.0;", &text)
}

/// A directory with these files.
fn directory(files: &[(&str, &[u8])]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(directory.path().join(name), content).unwrap();
    }
    directory
}

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

fn wigwag(directory: &Path, args: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wigwag"));
    command.arg("plugin").args(args).current_dir(directory).env("WIGWAG_TEST_WORD", "seen");
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: status.code(), out: text(stdout), err: text(stderr) }
}

const SPEC: &str = r#"
version = 1
[service.web]
command = ["httpd"]
[plugin.greet]
module = "p.wasm"
[[hook.pre-start]]
plugin = "greet"
timeout = "3s"
"#;

#[test]
fn what_a_plugin_asks_for_is_said_and_what_grants_it() {
    let directory = directory(&[("My Plugin.wasm", &logs())]);
    let ran = wigwag(directory.path(), &["inspect", "My Plugin.wasm"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    for line in ["  hooks      pre-start\n", "  asks for   log\n", "  memory     64 KiB from the start\n"] {
        assert!(ran.out.contains(line), "{line}: {}", ran.out);
    }
    let (_, pasted) = ran.out.split_once("spec:\n").unwrap();
    let pasted: toml::Table = toml::from_str(pasted).unwrap();
    assert_eq!(pasted["plugin"]["my-plugin"]["allow"]["log"].as_bool(), Some(true));
    assert_eq!(pasted["hook"]["pre-start"][0]["plugin"].as_str(), Some("my-plugin"));

    let ran = wigwag(directory.path(), &["inspect", "--output=json", "--platform=linux/arm64", "My Plugin.wasm"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["interface"], "wigwag:plugin@0.1.0");
    assert_eq!(report["hooks"], serde_json::json!(["pre-start"]));
    assert_eq!(report["imports"], serde_json::json!(["log"]));
    assert_eq!(report["allow"], serde_json::json!(["log = true"]));
    assert_eq!(report["lifecycle"], false);
    assert_eq!(report["memory"], 65_536);
    assert_eq!(report["compiled"][0]["platform"], "linux/arm64");
    assert!(report["compiled"][0]["size"].as_u64().unwrap() > 1_000);
}

#[test]
fn what_is_no_plugin_is_refused_by_every_command() {
    let directory = directory(&[("text.wasm", b"version = 1\n"), ("wigwag.toml", SPEC.as_bytes())]);
    fs::File::create(directory.path().join("long.wasm")).unwrap().set_len(200 << 20).unwrap();
    let after: [&[&str]; 4] =
        [&["inspect"], &["compile"], &["check", "--against", "wigwag.toml"], &["test", "--signal", "TERM"]];
    for command in after {
        let with = |file| wigwag(directory.path(), &[command, &[file]].concat());
        let ran = with("text.wasm");
        assert_eq!(ran.code, Some(5), "{command:?}");
        assert_eq!(ran.err, "error: `text.wasm`: text; a plugin is a WebAssembly component\n");
        let ran = with("long.wasm");
        assert_eq!(ran.err, "error: `long.wasm`: longer than 64 MiB, the most that a plugin may be\n");
        let ran = with("absent.wasm");
        assert_eq!(ran.code, Some(4), "{command:?}");
        assert!(ran.err.starts_with("error: cannot read `absent.wasm`: No such file"), "{}", ran.err);
        assert_eq!(with(".").code, Some(4), "{command:?}");
    }
}

#[test]
fn native_code_is_written_with_what_a_config_says_of_it() {
    let directory = directory(&[("p.wasm", &logs())]);
    let ran = wigwag(directory.path(), &["compile", "p.wasm", "--output", "a/b"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let printed: toml::Table = toml::from_str(&ran.out.replace("[[plugin.artifact]]", "[[artifact]]")).unwrap();
    let artifacts = printed["artifact"].as_array().unwrap();
    let field = |artifact: &toml::Value, key: &str| artifact[key].as_str().unwrap().to_string();
    let files: Vec<_> = artifacts.iter().map(|artifact| field(artifact, "file")).collect();
    assert_eq!(files, ["a/b/p.linux-amd64.cwasm", "a/b/p.linux-arm64.cwasm"]);
    for (artifact, machine) in artifacts.iter().zip([62, 183]) {
        let file = field(artifact, "file");
        let bytes = fs::read(directory.path().join(&file)).unwrap();
        assert_eq!((&bytes[..4], bytes[18]), (&b"\x7fELF"[..], machine), "{file}");
        assert_eq!(field(artifact, "engine"), wigwag_engine::ENGINE);
        assert_eq!(field(artifact, "sha256"), wigwag_compiler::digest(&[&bytes]));
    }
    let one = wigwag(directory.path(), &["compile", "p.wasm", "--platform", "linux/arm64", "--output", "c"]);
    assert_eq!(one.code, Some(0));
    let names: Vec<_> =
        fs::read_dir(directory.path().join("c")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["p.linux-arm64.cwasm"]);
    let read = |path: &str| fs::read(directory.path().join(path)).unwrap();
    assert_eq!(read("c/p.linux-arm64.cwasm"), read("a/b/p.linux-arm64.cwasm"));

    assert_eq!(wigwag(directory.path(), &["compile", "p.wasm", "--platform", "windows/amd64"]).code, Some(2));
    assert_eq!(wigwag(directory.path(), &["compile", "p.wasm", "--output", "p.wasm"]).code, Some(4));
}

#[test]
fn a_spec_is_held_to_what_a_plugin_needs() {
    let granted = SPEC.replace("[[hook", "allow = { log = true }\n[[hook");
    let elsewhere = granted.replace("p.wasm", "../elsewhere.wasm");
    let directory = directory(&[
        ("p.wasm", &logs()),
        ("other.wasm", &rewrites()),
        ("narrow.toml", SPEC.as_bytes()),
        ("right.toml", granted.as_bytes()),
        ("elsewhere.toml", elsewhere.as_bytes()),
    ]);
    let check = |args: &[&str]| wigwag(directory.path(), &[&["check"], args].concat());
    let right = check(&["p.wasm", "--against", "right.toml"]);
    assert_eq!((right.code, right.out + &right.err), (Some(0), String::new()));

    let narrow = check(&["p.wasm", "--against", "narrow.toml"]);
    assert_eq!(narrow.code, Some(3));
    assert!(narrow.err.contains("`log = true`"), "{}", narrow.err);

    let another = check(&["other.wasm", "--against", "right.toml", "--name", "greet"]);
    assert_eq!(another.code, Some(3));
    assert!(another.err.contains("has no `pre-start`"), "{}", another.err);

    let unknown = check(&["p.wasm", "--against", "right.toml", "--name", "great"]);
    assert_eq!(unknown.code, Some(2));
    assert_eq!(unknown.err, "error: `right.toml` has no plugin `great`: its plugins are `greet`\n");

    assert_eq!(
        check(&["p.wasm", "--against", "elsewhere.toml", "--name", "greet"]).code,
        Some(0),
        "the file is not read"
    );
    assert_ne!(check(&["p.wasm", "--against", "elsewhere.toml"]).code, Some(0));
    assert_eq!(check(&["p.wasm", "--against", "absent.toml"]).code, Some(4));
    assert_eq!(check(&["p.wasm"]).code, Some(2));
}

#[test]
fn a_plugin_that_is_not_granted_what_it_asks_for_is_not_called() {
    let directory = directory(&[("p.wasm", &logs())]);
    let ran = wigwag(directory.path(), &["test", "p.wasm", "--phase", "pre-start"]);
    assert_eq!(ran.code, Some(6));
    assert!(ran.err.contains("it needs `log = true` in its `allow`"), "{}", ran.err);

    let ran = wigwag(directory.path(), &["test", "p.wasm", "--phase", "pre-start", "--allow", "log = true"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(ran.out.contains("call 1\n  log info: hello\n  done\n"), "{}", ran.out);

    let ran = wigwag(directory.path(), &["test", "p.wasm", "--phase", "pre-start", "--allow", "lag = true"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("did you mean `log`?"), "{}", ran.err);
}

#[test]
fn a_decision_is_said_and_calls_are_counted() {
    let directory = directory(&[("p.wasm", &rewrites())]);
    let ran = wigwag(directory.path(), &["test", "p.wasm", "--signal", "TERM", "--times", "4"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(ran.out.contains("call 1\n  decision: rewrite to SIGUSR1\n"), "{}", ran.out);
    assert!(ran.out.contains("3 more calls\n  median "), "{}", ran.out);
    let ran = wigwag(directory.path(), &["test", "p.wasm", "--phase", "post-stop"]);
    assert_eq!(ran.code, Some(5));
    assert_eq!(ran.err, "error: `p.wasm`: it has no hook `post-stop`, only `on-signal`\n");
    assert_eq!(wigwag(directory.path(), &["test", "p.wasm"]).code, Some(2));
    assert_eq!(wigwag(directory.path(), &["test", "p.wasm", "--phase", "on-signal"]).code, Some(2));
}

#[test]
fn a_plugin_that_fails_is_told_by_how() {
    let cases = [
        ("(i32.const 300)", "  error: no luck\n"),
        ("unreachable", "  trap: wasm `unreachable` instruction executed\n"),
        ("(loop (br 0)) (i32.const 256)", "  timeout: "),
    ];
    for (body, said) in cases {
        let directory = directory(&[("p.wasm", &pre_start("", "", body))]);
        let ran = wigwag(directory.path(), &["test", "p.wasm", "--phase", "pre-start", "--timeout", "200ms"]);
        assert_eq!(ran.code, Some(6), "{body}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains(said), "{body}: {}", ran.out);
    }
}

/// A plugin that has a signal sent to a service of the name `hello`.
fn delivers() -> Vec<u8> {
    let text = format!(
        r#"(module {COMMON}
            (data (i32.const 400) "\00\00\00\00\00\00\00\00\03\00\00\00\b8\01\00\00\01\00\00\00")
            (data (i32.const 440) "\00\00\00\00\05\00\00\00\0c\00\00\00\00\00\00\00\05\00\00\00\00\00\00\00")
            (func (export "wigwag:plugin/on-signal@0.1.0#decide")
                (param i64 i64 i64 i32 i32 i64 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) (i32.const 404)))"#
    );
    module("include wigwag:plugin/decides-signals@0.1.0;", &text)
}

#[test]
fn what_a_plugin_decides_is_looked_at_as_the_init_would() {
    let context = "[[service]]\nname = \"hello\"\n";
    let directory = directory(&[("p.wasm", &delivers()), ("context.toml", context.as_bytes())]);
    let test = |args: &[&str]| wigwag(directory.path(), &[&["test", "p.wasm", "--signal", "HUP"], args].concat());
    let decision = "  decision: deliver SIGUSR2 to `hello` after 5ms\n";
    let denied = test(&["--context", "context.toml"]);
    assert_eq!(denied.code, Some(6));
    let why = "  not allowed: may not send signals to `hello`: it needs `signals = [\"hello\"]` in its `allow`\n";
    assert!(denied.out.contains(&format!("{decision}{why}")), "{}", denied.out);
    let nobody = test(&["--allow", "signals = [\"hello\"]"]);
    assert!(nobody.out.contains("there is no such service"), "{}", nobody.out);
    let granted = test(&["--allow", "signals = [\"hello\"]", "--context", "context.toml"]);
    assert_eq!(granted.code, Some(0), "{}", granted.out);
    assert!(granted.out.contains(decision), "{}", granted.out);
}

/// A plugin that runs a command, and fails with what it wrote.
fn runs() -> Vec<u8> {
    pre_start(
        "import wigwag:plugin/run@0.1.0;",
        r#"(import "wigwag:plugin/run@0.1.0" "run" (func $run (param i32 i32 i32 i32 i32 i64 i32)))"#,
        // The result is at 1000: its case, then of an output its outcome (4 bytes), and where standard output is.
        "(call $run (i32.const 0) (i32.const 5) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i32.const 1000))
         (i32.store (i32.const 304) (i32.load (i32.const 1008)))
         (i32.store (i32.const 308) (i32.load (i32.const 1012)))
         (i32.const 300)",
    )
}

#[test]
fn commands_that_are_granted_are_run() {
    let allow = "[plugin.greet.allow.commands]\nhello = [\"sh\", \"-c\", \"printf %s $WIGWAG_TEST_WORD\"]\n";
    let spec = format!("{SPEC}{allow}");
    let directory = directory(&[("p.wasm", &runs()), ("wigwag.toml", spec.as_bytes())]);
    let ran = wigwag(directory.path(), &["test", "p.wasm", "--phase", "pre-start", "--against", "wigwag.toml"]);
    assert_eq!(ran.code, Some(6), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("  run `hello`: sh -c printf %s $WIGWAG_TEST_WORD: "), "{}", ran.out);
    assert!(ran.out.contains("  error: seen\n"), "{}", ran.out);
}

#[test]
fn how_things_are_is_read_strictly() {
    let plugin = rewrites();
    let context = "cause = \"aborted\"\nuptime = \"1m\"\n[[service]]\nname = \"web\"\nstate = \"ended\"\n\
                   outcome = { killed = \"SIGKILL\" }\n[signal]\nterminal = true\n";
    let directory = directory(&[
        ("p.wasm", &plugin),
        ("right.toml", context.as_bytes()),
        ("wrong.toml", b"uptime = \"1m\"\n[[service]]\nname = \"web\"\nstat = \"ready\"\n"),
        ("time.toml", b"uptime = 5\n"),
    ]);
    let with = |file| wigwag(directory.path(), &["test", "p.wasm", "--signal", "HUP", "--context", file]);
    assert_eq!(with("right.toml").code, Some(0));
    let wrong = with("wrong.toml");
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("unknown field `stat`") && wrong.err.contains("line 4"), "{}", wrong.err);
    assert_eq!(with("time.toml").code, Some(2));
    assert_eq!(with("absent.toml").code, Some(4));
}

#[test]
fn the_example_of_a_context_is_one() {
    let directory = directory(&[("p.wasm", &rewrites())]);
    let help = wigwag(directory.path(), &["test", "--help"]).out;
    let (_, example) = help.split_once("may be left out:\n").unwrap();
    fs::write(directory.path().join("context.toml"), example).unwrap();
    let ran = wigwag(directory.path(), &["test", "p.wasm", "--signal", "HUP", "--context", "context.toml"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}

#[test]
fn a_project_is_begun_and_nothing_is_replaced() {
    let directory = directory(&[("Cargo.toml", b"")]);
    let new = |args: &[&str]| wigwag(directory.path(), &[&["new", "--sdk", "."], args].concat());
    let ran = new(&["luks-close", "--hook", "post-stop", "--hook", "on-signal"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let read = |name: &str| fs::read_to_string(directory.path().join("luks-close").join(name)).unwrap();
    let manifest: toml::Table = toml::from_str(&read("Cargo.toml")).unwrap();
    let sdk = manifest["dependencies"]["wigwag-plugin"]["path"].as_str().map(PathBuf::from);
    assert_eq!(sdk, Some(directory.path().canonicalize().unwrap()));
    assert_eq!(manifest["package"]["name"].as_str(), Some("luks-close"));
    assert!(read("src/lib.rs").contains("\nwigwag_plugin::register!(MyPlugin: on_signal, post_stop);\n"));
    let spec: toml::Table = toml::from_str(&read("wigwag.toml")).unwrap();
    assert_eq!(spec["hook"].as_table().unwrap().len(), 2);
    for text in ["Cargo.toml", "src/lib.rs", "wigwag.toml", "README.md"].map(read) {
        assert!(!text.contains("@{") && !text.contains("{%"), "{text}");
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{text:?}");
    }

    let again = new(&["luks-close"]);
    assert_eq!(again.code, Some(4));
    assert_eq!(again.err, "error: `luks-close` is not empty: write to another directory, `--output DIR`\n");
    fs::create_dir(directory.path().join("empty")).unwrap();
    assert_eq!(new(&["another", "--output", "empty"]).code, Some(0));
    assert_eq!(new(&["another", "--sdk", "empty"]).code, Some(2), "twice");
    for name in ["", "../x", "a/b", "Upper", "ä", "a b", "7", "x-", "std", "self", "a\nb", &"x".repeat(65)] {
        assert_eq!(new(&["--", name]).code, Some(2), "{name:?}");
    }
    assert_eq!(new(&["another", "--hook", "pre-shutdown"]).code, Some(2));
}

#[test]
fn a_directory_that_is_not_the_crate_is_refused() {
    let directory = directory(&[]);
    let ran = wigwag(directory.path(), &["new", "x", "--sdk", "."]);
    assert_eq!(ran.code, Some(4));
    assert!(ran.err.contains("is not the crate `wigwag-plugin`"), "{}", ran.err);
    assert!(!directory.path().join("x").exists());
}
