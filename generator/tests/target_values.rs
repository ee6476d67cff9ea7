//! Whatever is in a value, every target holds it, and readers that are not ours read it back byte for byte: Docker's builder
//! and a parser of Dockerfiles, Compose, parsers of YAML, TOML and XML. Scripts have a test of their own, `script_values.rs`.
//!
//! What is not installed is skipped, but for CI.

#![cfg(test)]

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

use parse_dockerfile::Instruction;
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use saphyr::{LoadableYamlNode, Yaml};
use serde_json::Value as Json;
use tempfile::TempDir;
use unicode_width::UnicodeWidthStr;
use wigwag::{
    model::Model,
    render::{self, Dockerfile},
    source::Source,
    spec::Entrypoint,
};
use wigwag_core::explain;
use wit_component::{StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

/// What the plugin with everything asks for.
const ALLOW: &str = r#"{ log = true, clock = true, state = true, env = ["A"], signals = ["x"], commands = { a = ["a"] }, read = ["/a"], http = ["127.0.0.1:1"] }"#;

const INTERFACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/wit/since-v0.1");

/// How many values are made up; the longest line of a Dockerfile has room for that many.
const RANDOM: usize = 400;

/// Of which one of the formats makes something else, if it is let.
const HOSTILE: [&str; 78] = [
    "",
    " ",
    "  a  ",
    "\t",
    "\n",
    "a\nb",
    "a\n",
    "\r\n",
    "\\",
    "\\\\",
    "a\\",
    "\\n",
    "\\u0041",
    "\"",
    "\"\"",
    "'",
    "''",
    "it's",
    "`id`",
    "$",
    "$$",
    "$$$",
    "$HOME",
    "${HOME}",
    "${HOME:?x}",
    "${",
    "$(HOME)",
    "$$(HOME)",
    "$(",
    "$()",
    "@{name}",
    "{{ name }}",
    "{% raw %}",
    "{#",
    "#",
    "# x",
    "a #b",
    "%",
    "%TAG",
    "%s",
    "%41",
    ":",
    "a: b",
    "a:",
    ": a",
    "-",
    "- a",
    "--",
    "---",
    "...",
    "?",
    "? a",
    "~",
    "null",
    "NULL",
    "yes",
    "No",
    "on",
    "y",
    "true",
    "1",
    "1e3",
    "0x10",
    "0o17",
    "1_000",
    ".inf",
    ".nan",
    "2026-01-01",
    "12:30:45",
    "<<",
    "<<EOF",
    "=",
    "&a",
    "*a",
    "!t",
    "| a",
    "> a",
    "</title><script>&amp;]]>",
];

/// Characters that are not seen, that parsers refuse, or that take more than one of something.
const CHARACTERS: [char; 26] = [
    '\u{1}',
    '\u{7}',
    '\u{8}',
    '\u{b}',
    '\u{c}',
    '\u{1b}',
    '\u{7f}',
    '\u{80}',
    '\u{85}',
    '\u{9f}',
    '\u{a0}',
    '\u{ad}',
    '\u{301}',
    '\u{200b}',
    '\u{200e}',
    '\u{202e}',
    '\u{2028}',
    '\u{2029}',
    '\u{e000}',
    '\u{feff}',
    '\u{fffd}',
    '\u{fffe}',
    '\u{ffff}',
    '漢',
    '😀',
    '\u{10ffff}',
];

/// All of them, and some that nobody thought of.
fn values() -> Vec<String> {
    let piece = prop_oneof![
        "[ -~]{0,4}",
        any::<char>().prop_filter("no NUL", |c| *c != '\0').prop_map(String::from),
        prop::sample::select(HOSTILE.as_slice()).prop_map(String::from),
        prop::sample::select(CHARACTERS.as_slice()).prop_map(|c| format!("a{c}b")),
    ];
    let text = prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat());
    let mut runner = TestRunner::default();
    let random = (0..RANDOM).map(|_| text.new_tree(&mut runner).unwrap().current());
    let mut values: Vec<String> = HOSTILE.iter().map(|text| (*text).to_string()).collect();
    values.extend(CHARACTERS.iter().flat_map(|c| [c.to_string(), format!("a{c}"), format!("{c} b")]));
    values.extend(random.collect::<Vec<_>>());
    values.push("long ".repeat(2_000));
    values
}

fn table<const N: usize>(entries: [(&str, toml::Value); N]) -> toml::Value {
    toml::Value::Table(entries.into_iter().map(|(key, value)| (key.to_string(), value)).collect())
}

/// A spec with the values wherever a text can be.
fn spec(values: &[String]) -> String {
    let hook = |value: &String| {
        table([("command", vec!["hook".to_string(), value.clone()].into()), ("timeout", "1ms".into())])
    };
    let hooks: Vec<toml::Value> = values.iter().map(hook).collect();
    let default = |(at, value): (usize, &String)| (format!("DEFAULT_{at}"), value.clone().into());
    let file = |(at, value): (usize, &String)| {
        (format!("FILE_{at}"), table([("file", format!("/run/secrets/{value}").into())]))
    };
    let mut env: toml::Table = values.iter().enumerate().map(default).collect();
    env.extend(values.iter().enumerate().map(file));
    for name in ["NO", "null", "Y", "_", "a1e3"] {
        env.insert(name.into(), table([("required", true.into())]));
    }
    let app = table([("command", vec!["app".to_string()].into()), ("args", values.to_vec().into())]);
    let toml::Value::Table(spec) = table([
        ("version", 1.into()),
        ("container", table([("grace-period", "1m".into())])),
        ("service", table([("No", app)])),
        ("env", env.into()),
        ("hook", table([("pre-stop", hooks.clone().into()), ("post-stop", hooks.into())])),
    ]) else {
        unreachable!("it is a table");
    };
    spec.to_string()
}

fn model(values: &[String]) -> Model {
    read(&spec(values), &|_| Err("there is no plugin".into()))
}

fn read(spec: &str, modules: &dyn Fn(&str) -> Result<Vec<u8>, String>) -> Model {
    let source = Source::new("spec", spec.as_bytes()).unwrap();
    let model = Model::new(&source, None, modules);
    model.unwrap_or_else(|problems| panic!("{}", wigwag::diagnostic::render(&problems, &source, false)))
}

fn command(values: &[String]) -> Vec<String> {
    ["app".to_string()].into_iter().chain(values.iter().cloned()).collect()
}

/// Whether the program is there; in CI it must be.
fn is_installed(program: &str, args: &[&str]) -> bool {
    let answers = Command::new(program).args(args).output().is_ok_and(|output| output.status.success());
    assert!(answers || env::var_os("CI").is_none_or(|ci| ci != "true"), "`{program} {}` fails", args.join(" "));
    if !answers {
        eprintln!("skipped: `{program} {}` fails", args.join(" "));
    }
    answers
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What Python reads in a file, or nothing if it cannot be asked.
fn python(module: &str, code: &str, file: &Path) -> Option<Json> {
    let code = format!("import json, sys, {module}\nfile = open(sys.argv[1], 'rb')\nprint(json.dumps({code}))");
    is_installed("python3", &["-c", &format!("import {module}")])
        .then(|| serde_json::from_str(&output(Command::new("python3").args(["-c", &code]).arg(file))).unwrap())
}

fn words(json: &Json) -> Vec<String> {
    json.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_string()).collect()
}

/// Every word by itself, so that a failure shows one.
fn assert_same(words: &[String], expected: &[String]) {
    for (word, expected) in words.iter().zip(expected) {
        assert_eq!(word, expected);
    }
    assert_eq!(words.len(), expected.len());
}

/// What Kubernetes makes of an argument: `$$` is a dollar, `$(NAME)` the variable, if there is one.
fn expanded(text: &str) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            expanded.push('$');
            rest = after;
        } else if let Some((_, after)) = after.strip_prefix('(').and_then(|name| name.split_once(')')) {
            expanded.push_str("THE VALUE OF A VARIABLE");
            rest = after;
        } else {
            expanded.push('$');
            rest = after;
        }
    }
    expanded + rest
}

#[test]
fn an_engine_reads_the_command_of_a_dockerfile() {
    let values = values();
    let (mut dockerfiles, mut batch, mut length) = (Vec::new(), Vec::new(), 0);
    for value in &values {
        // A line has its limit, and every character may need six.
        length += value.len() * 6 + 4;
        if length > 60_000 {
            dockerfiles.push(std::mem::take(&mut batch));
            length = value.len() * 6;
        }
        batch.push(value.clone());
    }
    dockerfiles.push(batch);
    let builders = if is_installed("docker", &["info"]) { builders() } else { Vec::new() };
    for values in dockerfiles {
        let text = render::dockerfile(&model(&values), Dockerfile::Complete).unwrap();
        let parsed = parse_dockerfile::parse(&text).unwrap();
        let commands = parsed.instructions.iter().filter_map(|instruction| {
            if let Instruction::Cmd(command) = instruction { Some(&command.arguments) } else { None }
        });
        for arguments in commands {
            let parse_dockerfile::Command::Exec(words) = arguments else { panic!("it is a shell's: {text}") };
            let words: Vec<String> = words.value.iter().map(|word| word.value.to_string()).collect();
            assert_same(&words, &command(&values));
        }
        for builder in &builders {
            let context = tempfile::tempdir().unwrap();
            for (name, content) in [("Dockerfile", text.as_str()), ("wigwag-init", ""), ("init.toml", "")] {
                fs::write(context.path().join(name), content).unwrap();
            }
            let id = docker_build(builder, context.path(), &["--build-arg", "BASE=scratch"]);
            let config = output(docker().args(["image", "inspect", "--format", "{{json .Config.Cmd}}", &id]));
            output(docker().args(["image", "rm", &id]));
            assert_same(&words(&serde_json::from_str(&config).unwrap()), &command(&values));
        }
    }
}

fn docker() -> Command {
    Command::new("docker")
}

/// What `DOCKER_BUILDKIT` is for the builders that the engine and its client have: the old one, and the one of today.
fn builders() -> Vec<&'static str> {
    let context = tempfile::tempdir().unwrap();
    fs::write(context.path().join("Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n").unwrap();
    let builds = |builder: &&str| {
        let built = docker().args(["build", "--quiet"]).arg(context.path()).env("DOCKER_BUILDKIT", builder).output();
        let built = built.unwrap();
        if built.status.success() {
            output(docker().args(["image", "rm", String::from_utf8_lossy(&built.stdout).trim()]));
        }
        built.status.success()
    };
    let builders: Vec<_> = ["0", "1"].into_iter().filter(builds).collect();
    assert!(!builders.is_empty(), "nothing builds an image");
    builders
}

fn docker_build(builder: &str, context: &Path, options: &[&str]) -> String {
    let mut docker = docker();
    docker.args(["build", "--quiet"]).args(options).arg(context).env("DOCKER_BUILDKIT", builder);
    output(&mut docker).trim().to_string()
}

#[test]
fn an_engine_copies_the_files_of_plugins() {
    if !is_installed("docker", &["info"]) {
        return;
    }
    let names = [
        "it's",
        "a b",
        " a",
        "a ",
        "\"q\"",
        "$HOME",
        "${BASE}",
        "$$",
        "$(x)",
        "{a,b}",
        "a;b",
        "~",
        "<<EOF",
        "-a",
        "--from=x",
        "#a",
        "!a",
        "%41",
        "a:b",
        "http:x",
        "a&b",
        "(a)",
        "a=b",
        "a|b",
        "`a`",
        "^",
        "漢😀",
        "e\u{301}",
        "a\u{202e}b",
        "\u{feff}a",
        "a\u{a0}b",
        "a,b",
        "@{x}",
        "{{x}}",
        "..a",
        "a..",
        "below/it's $HOME",
        "./b",
        "c//d",
    ];
    let mut spec =
        String::from("version = 1\n[container]\nplatforms = [\"linux/amd64\"]\n[service.x]\ncommand = [\"x\"]\n");
    for (at, name) in names.iter().enumerate() {
        let name = toml::Value::from(*name);
        let hook =
            format!("[[hook.pre-start]]\nplugin = \"p{at}\"\n[plugin.p{at}]\nmodule = {name}\nallow = {ALLOW}\n");
        spec.push_str(&hook);
    }
    let plugin = plugin();
    let model = read(&spec, &|_| Ok(plugin.clone()));
    let spec_name = "it's my $SPEC.toml";
    assert_eq!(render::unfit_for_multi_stage(&model, spec_name), []);
    let text = render::multi_stage(&model, spec_name).unwrap();
    // As far as nothing is run.
    let (copies, _) = text.split_once("\nRUN ").unwrap();
    let context = tempfile::tempdir().unwrap();
    fs::write(context.path().join("Dockerfile"), copies).unwrap();
    for name in names.iter().chain([&spec_name]) {
        let path = context.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name).unwrap();
    }
    for builder in builders() {
        let id = docker_build(builder, context.path(), &["--build-arg", "WIGWAG=scratch"]);
        let found = exported(&id);
        for name in names.iter().chain([&spec_name]) {
            let arrived = fs::read_to_string(found.path().join("spec").join(name));
            assert_eq!(arrived.unwrap_or_else(|error| panic!("{name}: {error}")), *name);
        }
    }
}

/// The files of an image, which is removed.
fn exported(id: &str) -> TempDir {
    let container = output(docker().args(["create", id, "x"])).trim().to_string();
    let mut export = docker().args(["export", &container]).stdout(Stdio::piped()).spawn().unwrap();
    let found = tempfile::tempdir().unwrap();
    let pipe = export.stdout.take().unwrap();
    assert!(Command::new("tar").args(["-x", "-C"]).arg(found.path()).stdin(pipe).status().unwrap().success());
    assert!(export.wait().unwrap().success());
    output(docker().args(["rm", &container]));
    output(docker().args(["image", "rm", id]));
    found
}

/// A plugin that has every hook and does nothing.
fn plugin() -> Vec<u8> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(INTERFACE).unwrap();
    let world = resolve.select_world(&[package], Some("everything")).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    module
}

#[test]
fn compose_reads_the_command_and_the_image() {
    let values = values();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("compose.yaml");
    let image = values.concat();
    let is_plugin = Command::new("docker").args(["compose", "version"]).output().is_ok_and(|o| o.status.success());
    let program: &[&str] = if is_plugin { &["docker", "compose"] } else { &["docker-compose"] };
    if !is_installed(program[0], &[&program[1..], &["version"]].concat()) {
        return;
    }
    fs::write(&file, render::compose(&model(&values), Some(&image)).unwrap()).unwrap();
    // To Compose two dollars are one, and what it prints is a file for itself again.
    let said = |text: &str| text.replace("$$", "$");
    let said_all = |json: &Json| words(json).iter().map(|word| said(word)).collect::<Vec<_>>();
    if let Some(json) = python("yaml", "yaml.safe_load(file)", &file) {
        assert_same(&said_all(&json["services"]["No"]["command"]), &command(&values));
    }
    let mut compose = Command::new(program[0]);
    compose.args(&program[1..]).arg("--file").arg(&file).arg("config").env("BASE", "base");
    for name in ["NO", "null", "Y", "_", "a1e3"] {
        compose.env(name, format!("value of ${name}"));
    }
    let read = directory.path().join("read.yaml");
    fs::write(&read, output(&mut compose)).unwrap();
    let Some(json) = python("yaml", "yaml.safe_load(file)", &read) else { return };
    let service = &json["services"]["No"];
    // The printer of the one in Python does not quote these, so that they are spaces to whoever reads them again.
    let spaced = |text: &str| text.replace(['\u{85}', '\u{2028}', '\u{2029}', '\n', ' '], "");
    let spaced_all = |words: Vec<String>| words.iter().map(|word| spaced(word)).collect::<Vec<_>>();
    let is_clear = |word: &String| !word.contains(['\u{85}', '\u{2028}', '\u{2029}']);
    let (read, expected) = (said_all(&service["command"]), command(&values));
    assert_same(&spaced_all(read.clone()), &spaced_all(expected.clone()));
    for (word, expected) in read.iter().zip(&expected).filter(|(_, expected)| is_clear(expected)) {
        assert_eq!(word, expected);
    }
    assert_eq!(spaced(&said(service["image"].as_str().unwrap())), spaced(&image));
    for name in ["NO", "null", "Y", "a1e3"] {
        assert_eq!(said(service["environment"][name].as_str().unwrap()), format!("value of ${name}"));
    }
}

#[test]
fn parsers_of_yaml_read_a_manifest() {
    let values = values();
    let image = values.concat();
    let text = render::kubernetes(&model(&values), Some(&image)).unwrap();
    let strict = Yaml::load_from_str(&text).unwrap();
    let container = &strict[0]["spec"]["template"]["spec"]["containers"][0];
    let args: Vec<String> = (0..=values.len()).map(|at| expanded(container["args"][at].as_str().unwrap())).collect();
    assert_same(&args, &command(&values));
    assert_eq!(container["image"].as_str(), Some(image.as_str()));

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("kubernetes.yaml");
    fs::write(&file, text).unwrap();
    if let Some(json) = python("yaml", "yaml.safe_load(file)", &file) {
        let container = &json["spec"]["template"]["spec"]["containers"][0];
        let args: Vec<String> = words(&container["args"]).iter().map(|word| expanded(word)).collect();
        assert_same(&args, &command(&values));
        assert_eq!(container["image"].as_str(), Some(image.as_str()));
        let names = container["env"].as_array().unwrap().iter().map(|variable| variable["name"].as_str().unwrap());
        assert_eq!(names.collect::<Vec<_>>(), ["NO", "Y", "_", "a1e3", "null"]);
    }
    if is_installed("kubernetes-validate", &["--help"]) {
        output(Command::new("kubernetes-validate").arg("--strict").arg(&file));
    }
}

#[test]
fn parsers_of_toml_read_a_config() {
    let values = values();
    let model = model(&values);
    let text = render::init(&model, &[]).unwrap();
    let check = |config: &Json| {
        assert_same(&words(&config["service"][0]["args"]), &values);
        for (at, value) in values.iter().enumerate() {
            assert_eq!(config["env"][format!("DEFAULT_{at}")]["default"].as_str(), Some(value.as_str()));
            assert_eq!(
                config["env"][format!("FILE_{at}")]["file"].as_str(),
                Some(format!("/run/secrets/{value}").as_str())
            );
            assert_eq!(words(&config["hook"][at]["command"]), ["hook", value]);
        }
    };
    check(&serde_json::to_value(toml::from_str::<toml::Table>(&text).unwrap()).unwrap());
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("init.toml");
    fs::write(&file, text).unwrap();
    if let Some(config) = python("tomllib", "tomllib.load(file)", &file) {
        check(&config);
    }
}

#[test]
fn a_timeline_is_a_picture_and_a_text() {
    let model = model(&values());
    let steps: Vec<String> = explain::steps(&model.config).into_iter().map(|step| step.what).collect();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("timeline.svg");
    fs::write(&file, render::timeline_svg(&model).unwrap()).unwrap();
    let titles = "[g.find('{*}title').text for g in xml.etree.ElementTree.parse(file).getroot().findall('{*}g')]";
    if let Some(titles) = python("xml.etree.ElementTree", titles, &file) {
        assert_same(&words(&titles), &steps);
    }
    let text = render::timeline(&model);
    assert_eq!(text.lines().count(), steps.len() + 4);
    for line in text.lines() {
        assert!(!line.contains(char::is_control) && line.width() <= 80, "{line:?}");
    }
}

#[test]
fn what_no_dockerfile_can_name_is_refused_with_its_place() {
    let plugin = plugin();
    for (module, what) in [
        ("/etc/a.wasm", "the image build does not see this file"),
        ("../a.wasm", "the image build does not see this file"),
        ("a/../../b.wasm", "the image build does not see this file"),
        ("*.wasm", "cannot be named in a Dockerfile"),
        ("a[0].wasm", "cannot be named in a Dockerfile"),
        ("a\\b.wasm", "cannot be named in a Dockerfile"),
        ("a\nb.wasm", "cannot be named in a Dockerfile"),
    ] {
        let name = toml::Value::from(module).to_string();
        let spec = format!(
            "version = 1\n[container]\nplatforms = [\"linux/amd64\"]\n[service.x]\ncommand = [\"x\"]\n\
             [[hook.pre-start]]\nplugin = \"p\"\n[plugin.p]\nmodule = {name}\nallow = {ALLOW}\n"
        );
        let model = read(&spec, &|_| Ok(plugin.clone()));
        let problems = render::unfit_for_multi_stage(&model, "wigwag.toml");
        assert_eq!(problems.len(), 1, "{module:?}");
        assert!(problems[0].message.contains(what), "{problems:?}");
        assert_eq!(spec[problems[0].span.clone()], name, "{module:?}");
    }
    let model = read("version = 1\n[service.x]\ncommand = [\"x\"]\n", &|_| Err(String::new()));
    assert_eq!(render::unfit_for_multi_stage(&model, "a*.toml").len(), 1);
    assert_eq!(model.entrypoint, Entrypoint::Init);
    let name = "N".repeat(254);
    let spec = format!("version = 1\n[service.x]\ncommand = [\"x\"]\n[env]\n{name} = {{ required = true }}\n");
    let problems = render::unfit_for_kubernetes(&read(&spec, &|_| Err(String::new())));
    assert_eq!(spec[problems[0].span.clone()], name);
}
