//! Texts in a spec, and what readers that are not ours read in each of its targets: what went in.

#![no_main]

use std::process::Command;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use toml::{Table, Value};
use wigwag::{
    model::Model,
    render::{self, Dockerfile},
    source::Source,
    spec::Entrypoint,
};
use wigwag_core::{Config, environment::Rule, form};
use wigwag_fuzz::words;

#[derive(Arbitrary, Debug)]
struct Texts {
    arguments: Vec<String>,
    hook: Vec<String>,
    default: String,
    message: String,
}

/// How many of so many scripts a shell is asked to run.
const SAMPLE: usize = 256;

fuzz_target!(|texts: Texts| {
    let is_text = |text: &str| !text.contains('\0');
    let all = texts.arguments.iter().chain(&texts.hook).chain([&texts.default, &texts.message]);
    // A message is a line, and no flag.
    let is_flag = ["", "true", "false", "yes", "no"].contains(&texts.message.to_lowercase().as_str());
    let is_message = !is_flag && !texts.message.contains(char::is_control);
    if !all.clone().all(|text| is_text(text)) || !is_message {
        return;
    }
    // It prints its arguments, so that a shell can be asked.
    let command = ["/usr/bin/printf".to_string(), "%s\\0".to_string()];
    let whole = [&command, texts.arguments.as_slice()].concat();
    let source = Source::new("wigwag.toml", spec(&texts, &command).to_string().as_bytes()).expect("a spec is text");
    let init = model(&source, Entrypoint::Init);

    let config: Config = form::read(&render::init(&init, &[]).expect("a right model")).expect("a right config");
    assert_eq!(config.services[0].args, texts.arguments);
    assert_eq!(config.env["DEFAULT"], Rule::Default(texts.default.clone()));
    assert_eq!(config.env["REQUIRED"], Rule::Required(texts.message.clone()));

    if let Ok(dockerfile) = render::dockerfile(&init, Dockerfile::Complete) {
        assert_eq!(words::dockerfile_command(&dockerfile), whole);
    }
    let compose = render::compose(&init, None).expect("a right model");
    assert_eq!(undoubled(&words::yaml(&compose, &["services", "app", "command"])), whole);
    let kubernetes = render::kubernetes(&init, None).expect("a right model");
    let path = ["spec", "template", "spec", "containers", "0", "args"];
    assert_eq!(undoubled(&words::yaml(&kubernetes, &path)), whole);

    let script = render::script(&model(&source, Entrypoint::Script)).expect("a right model");
    shell(&texts, &whole, &script);
    if all.map(String::len).sum::<usize>() % SAMPLE == SAMPLE - 1 {
        let env = [("REQUIRED", "x"), ("PATH", "/usr/bin:/bin")];
        let output = Command::new("sh").args(["-c", &script]).env_clear().envs(env).output().expect("there is a shell");
        let printed: String = if texts.arguments.is_empty() { "\0".into() } else { zeroed(&texts.arguments) };
        assert_eq!(String::from_utf8_lossy(&output.stdout), printed, "{output:?}");
    }
});

fn spec(texts: &Texts, command: &[String]) -> Table {
    let table = |entries: Vec<(&str, Value)>| -> Table {
        entries.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
    };
    let strings = |texts: &[String]| Value::from(texts.to_vec());
    let service = table(vec![("command", strings(command)), ("args", strings(&texts.arguments))]);
    let required = table(vec![("required", texts.message.as_str().into())]);
    let env = table(vec![("DEFAULT", texts.default.as_str().into()), ("REQUIRED", required.into())]);
    let hook = [&["true".to_string()], texts.hook.as_slice()].concat();
    let hook = table(vec![("command", strings(&hook))]);
    table(vec![
        ("version", 1.into()),
        ("service", table(vec![("app", service.into())]).into()),
        ("env", env.into()),
        ("hook", table(vec![("pre-start", Value::Array(vec![hook.into()]))]).into()),
    ])
}

fn model(source: &Source, entrypoint: Entrypoint) -> Model {
    let model = Model::new(source, Some(entrypoint), &|_| Err("there are no files here".into()));
    model.unwrap_or_else(|problems| panic!("{}", wigwag::diagnostic::render(&problems, source, false)))
}

/// What a parser of sh reads in the script.
fn shell(texts: &Texts, whole: &[String], script: &str) {
    let commands = words::commands(script);
    let after = |begin: &[&str]| {
        let command = commands.iter().find(|command| command.iter().take(begin.len()).eq(begin));
        let command = command.unwrap_or_else(|| panic!("no {begin:?} in {script}"));
        command[begin.len()..].iter().map(|word| words::unquoted(word)).collect::<Vec<_>>()
    };
    assert_eq!(after(&["set", "--", "/usr/bin/printf"]), whole[1..]);
    assert_eq!(after(&["exec", "true"]), texts.hook);
    assert_eq!(after(&["export"]), [format!("DEFAULT={}", texts.default)]);
}

/// What Compose and Kubernetes make of doubled dollars.
fn undoubled(words: &[String]) -> Vec<String> {
    words.iter().map(|word| word.replace("$$", "$")).collect()
}

fn zeroed(words: &[String]) -> String {
    words.iter().map(|word| format!("{word}\0")).collect()
}
