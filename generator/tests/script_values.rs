//! Generated scripts deliver arguments and environment byte for byte, whatever is in them, under every shell: compared
//! with what the core says, which is what `wigwag-init` does.
//!
//! The program that the scripts execute is this one under another name, [`RECEIVER`].

#![cfg(test)]

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    io::{self, Write},
    os::unix::{
        ffi::{OsStrExt, OsStringExt},
        fs::symlink,
    },
    path::{Path, PathBuf},
    process::{Command, Output},
};

use proptest::{
    prelude::*,
    test_runner::{TestCaseResult, TestRunner},
};
use wigwag::{
    model::{Model, is_kept_by_shells},
    render,
    spec::Entrypoint,
};
use wigwag_core::{
    Config, arguments,
    environment::{self, Otherwise},
};

const RECEIVER: &str = "/print what it got";

/// A shell, and whether it runs in a locale of UTF-8.
#[derive(Clone, Copy, Debug)]
struct Shell {
    words: &'static [&'static str],
    utf8: bool,
}

impl Shell {
    const ALL: [Self; 8] = [
        Self { words: &["dash"], utf8: false },
        Self { words: &["bash", "--posix"], utf8: false },
        Self { words: &["bash"], utf8: true },
        Self { words: &["busybox", "sh"], utf8: false },
        Self { words: &["mksh"], utf8: false },
        Self { words: &["mksh"], utf8: true },
        Self { words: &["yash"], utf8: true },
        Self { words: &["yash", "-o", "posix"], utf8: true },
    ];

    /// Yash empties every argument and variable that is no text in its locale, before the script's first line.
    fn takes_only_text(self) -> bool {
        self.words[0] == "yash"
    }
}

/// A variable of `[env]` and what the container is given for it.
#[derive(Clone, Debug)]
enum Variable {
    Default(String),
    /// What is in the file.
    File(Vec<u8>),
    Required,
    /// What its file has in it, if one is named, and what is declared besides.
    FileEnv(Option<Vec<u8>>, Otherwise),
    Unset,
}

#[derive(Clone, Debug)]
struct Case {
    mode: &'static str,
    command: Vec<String>,
    args: Vec<String>,
    container: Vec<Vec<u8>>,
    variables: Vec<(Variable, Option<Vec<u8>>)>,
    inherited: Vec<Vec<u8>>,
}

/// Pieces of which a shell makes something, if it is let.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,4}",
        any::<char>().prop_filter("no NUL", |c| *c != '\0').prop_map(String::from),
        prop::sample::select(vec![
            " ", "  ", "\t", "\n", "\n\n", "'", "\"", "\\", "\\\\", "\\n", "`id`", "$(id)", "$HOME", "${X}", "$$", "*",
            "?", "[a]", "~", "{a,b}", "#", "!", "&", ";", "|", "<", ">", "(", ")", "-", "--", "-n", "%s", "\r",
            "\u{1}", "=", "A=b", "\u{7f}", "é", "\\c", "$'x'", "/", "x", "wigwag", "@{x}", "{{x}}", "{%", "EOF",
        ])
        .prop_map(String::from),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..4).prop_map(|pieces| pieces.concat())
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        text().prop_map(String::into_bytes),
        prop::collection::vec(1_u8.., 0..8),
        (text(), prop::sample::select(vec![b"\xff".to_vec(), b"\xe6\xbc".to_vec(), b"\n".to_vec(), b"/\n\n".to_vec()]))
            .prop_map(|(text, end)| [text.into_bytes(), end].concat()),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let otherwise = prop_oneof![
        Just(Otherwise::AsItIs),
        text().prop_map(Otherwise::Default),
        text().prop_map(Otherwise::Required),
    ];
    let variable = prop_oneof![
        text().prop_map(Variable::Default),
        bytes().prop_map(Variable::File),
        Just(Variable::Required),
        (prop::option::of(bytes()), otherwise).prop_map(|(file, otherwise)| Variable::FileEnv(file, otherwise)),
        Just(Variable::Unset),
    ];
    (
        prop::sample::select(vec!["flags", "flags", "subcommand", "replace", "fixed"]),
        prop::collection::vec(text(), 0..3),
        prop::collection::vec(text(), 0..3),
        prop::collection::vec(bytes(), 0..4),
        prop::collection::vec((variable, prop::option::of(bytes())), 0..5),
        prop::collection::vec(bytes(), 0..3),
    )
        .prop_map(|(mode, command, args, container, variables, inherited)| Case {
            mode,
            command,
            args,
            container,
            variables,
            inherited,
        })
}

/// The spec of a case.
fn spec(case: &Case, directory: &Path) -> String {
    let command: Vec<String> = [receiver(directory)].into_iter().chain(case.command.iter().cloned()).collect();
    let env: toml::Table = case
        .variables
        .iter()
        .enumerate()
        .map(|(index, (variable, _))| {
            let value = match variable {
                Variable::Default(value) => value.clone().into(),
                Variable::File(_) => table([("file", file(directory, index).into())]).into(),
                Variable::Required => table([("required", true.into())]).into(),
                Variable::FileEnv(_, Otherwise::AsItIs) => table([("file-env", true.into())]).into(),
                Variable::FileEnv(_, Otherwise::Default(default)) => {
                    table([("file-env", true.into()), ("default", default.clone().into())]).into()
                }
                Variable::FileEnv(_, Otherwise::Required(message)) => {
                    let is_line = !message.is_empty() && !message.chars().any(char::is_control);
                    let message = if is_line { message.clone().into() } else { true.into() };
                    table([("file-env", true.into()), ("required", message)]).into()
                }
                Variable::Unset => table([("unset", true.into())]).into(),
            };
            (format!("V{index}"), value)
        })
        .collect();
    let service =
        table([("command", command.into()), ("args", case.args.clone().into()), ("args-mode", case.mode.into())]);
    let hook: Vec<String> = [receiver(directory)].into_iter().chain(case.args.iter().cloned()).collect();
    let hooks: Vec<toml::Value> = vec![table([("command", hook.into())]).into()];
    table([
        ("version", 1.into()),
        ("service", table([("x", service.into())]).into()),
        ("env", env.into()),
        ("hook", table([("pre-start", hooks.into())]).into()),
    ])
    .to_string()
}

fn table<const N: usize>(entries: [(&str, toml::Value); N]) -> toml::Table {
    entries.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
}

fn receiver(directory: &Path) -> String {
    format!("{}{RECEIVER}", directory.display())
}

fn file(directory: &Path, index: usize) -> String {
    format!("{}/it's a $secret {index}", directory.display())
}

/// The case as far as the shell can take it.
fn tame(shell: Shell, case: &Case, directory: &Path) -> Case {
    let mut case = case.clone();
    if shell.takes_only_text() {
        let files = case.variables.iter_mut().filter_map(|(variable, _)| match variable {
            Variable::File(content) | Variable::FileEnv(Some(content), _) => Some(content),
            Variable::Default(_) | Variable::Required | Variable::FileEnv(None, _) | Variable::Unset => None,
        });
        for bytes in files.chain(&mut case.container).chain(&mut case.inherited) {
            *bytes = String::from_utf8_lossy(bytes).into_owned().into_bytes();
        }
        for bytes in case.variables.iter_mut().filter_map(|(_, value)| value.as_mut()) {
            *bytes = String::from_utf8_lossy(bytes).into_owned().into_bytes();
        }
    }
    // Another command must be one that prints, too.
    if let Some(first) = case.container.first_mut()
        && (case.mode == "replace" || case.mode == "flags" && !first.starts_with(b"-"))
    {
        *first = receiver(directory).into_bytes();
    }
    case
}

fn given(case: &Case, directory: &Path) -> Vec<(String, Vec<u8>)> {
    let variables = case.variables.iter().enumerate();
    let variables = variables.flat_map(|(index, (variable, value))| {
        let file = matches!(variable, Variable::FileEnv(Some(_), _)).then(|| file(directory, index).into_bytes());
        let file = file.map(|file| (format!("V{index}_FILE"), file));
        value.clone().map(|value| (format!("V{index}"), value)).into_iter().chain(file)
    });
    let inherited =
        case.inherited.iter().enumerate().map(|(index, value)| (format!("inherited_{index}"), value.clone()));
    variables.chain(inherited).collect()
}

fn run(shell: Shell, script: &Path, case: &Case, directory: &Path) -> Output {
    let container = case.container.iter().map(|word| OsString::from_vec(word.clone()));
    let env = given(case, directory).into_iter().map(|(name, value)| (name, OsString::from_vec(value)));
    Command::new(which(shell.words[0]).unwrap())
        .args(&shell.words[1..])
        .arg(script)
        .args(container)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .envs(shell.utf8.then_some(("LC_ALL", "C.UTF-8")))
        .envs(env)
        .output()
        .unwrap()
}

fn which(program: &str) -> Option<PathBuf> {
    ["/bin", "/usr/bin", "/usr/local/bin"].iter().map(|bin| Path::new(bin).join(program)).find(|path| path.exists())
}

/// Arguments and sorted environment of a program.
#[derive(Debug, PartialEq, Eq)]
struct Received {
    arguments: Vec<String>,
    environment: Vec<String>,
}

impl Received {
    fn new(arguments: impl IntoIterator<Item = Vec<u8>>, environment: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let shown = |item: Vec<u8>| item.escape_ascii().to_string();
        let mut environment: Vec<_> = environment.into_iter().map(shown).collect();
        environment.sort();
        Self { arguments: arguments.into_iter().map(shown).collect(), environment }
    }
}

/// What the core says that hook and service get, or that there is something to complain about.
fn expected(case: &Case, config: &Config, directory: &Path) -> Option<[Received; 2]> {
    let words = |words: &[String]| words.iter().map(|word| word.clone().into_bytes()).collect::<Vec<_>>();
    let service = config.main()?;
    let (command, args) = (words(&service.command), words(&service.args));
    let arguments = arguments::resolve(service.args_mode, &command, &args, &case.container).ok()?;
    let mut env: Vec<Vec<u8>> =
        given(case, directory).iter().map(|(name, value)| environment::entry(name, value)).collect();
    let problems = environment::apply(&config.env, &mut env, |path| fs::read(OsStr::from_bytes(path)));
    let hook = words(config.hooks[0].command().unwrap());
    let arguments = arguments.into_iter().cloned();
    problems.is_empty().then(|| [Received::new(hook, env.clone()), Received::new(arguments, env)])
}

/// What the program printed, every time that it ran.
fn received(stdout: &[u8]) -> Vec<Received> {
    let is_shells = |entry: &[u8]| {
        let name = entry.split(|byte| *byte == b'=').next().unwrap_or_default();
        std::str::from_utf8(name).is_ok_and(|name| is_kept_by_shells(name) || name == "LC_ALL")
    };
    let mut items = stdout.split(|byte| *byte == 0).map(<[u8]>::to_vec);
    let mut received = Vec::new();
    while let Some(count) = items.next().filter(|count| !count.is_empty()) {
        let count = String::from_utf8(count).unwrap().parse().unwrap();
        let arguments: Vec<_> = items.by_ref().take(count).collect();
        let environment = items.by_ref().take_while(|entry| !entry.is_empty()).filter(|entry| !is_shells(entry));
        received.push(Received::new(arguments, environment));
    }
    received
}

fn check(shell: Shell, case: &Case) -> TestCaseResult {
    let directory = tempfile::tempdir().unwrap();
    let case = &tame(shell, case, directory.path());
    symlink(env::current_exe().unwrap(), receiver(directory.path())).unwrap();
    for (index, (variable, _)) in case.variables.iter().enumerate() {
        if let Variable::File(content) | Variable::FileEnv(Some(content), _) = variable {
            fs::write(file(directory.path(), index), content).unwrap();
        }
    }
    let source = wigwag::source::Source::new("spec", spec(case, directory.path()).as_bytes()).unwrap();
    let model = Model::new(&source, Some(Entrypoint::Script), &|_| Err("a script has no plugins".into()))
        .map_err(|problems| TestCaseError::fail(wigwag::diagnostic::render(&problems, &source, false)))?;
    let script = directory.path().join("entrypoint.sh");
    fs::write(&script, render::script(&model).unwrap()).unwrap();

    let output = run(shell, &script, case, directory.path());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    match expected(case, &model.config, directory.path()) {
        None => {
            prop_assert_eq!(output.status.code(), Some(125), "{}", stderr);
            prop_assert!(stderr.contains("wigwag: "), "{}", stderr);
        }
        Some(expected) => {
            prop_assert_eq!(output.status.code(), Some(0), "{}", stderr);
            prop_assert_eq!(&stderr, "");
            prop_assert_eq!(received(&output.stdout), Vec::from(expected));
        }
    }
    Ok(())
}

fn main() {
    if env::args_os().next().is_some_and(|name| name.as_bytes().ends_with(RECEIVER.as_bytes())) {
        print_what_it_got().unwrap();
    } else {
        for shell in Shell::ALL {
            if which(shell.words[0]).is_some() {
                values_arrive_byte_for_byte(shell);
                a_failed_hook_aborts_unless_it_may_fail(shell);
            } else {
                assert!(env::var_os("CI").is_none_or(|ci| ci != "true"), "{} is not installed", shell.words[0]);
                eprintln!("skipped: {} is not installed", shell.words[0]);
            }
        }
    }
}

/// How many arguments, the arguments, the environment, each ended by NUL, and a last NUL.
fn print_what_it_got() -> io::Result<()> {
    let mut out = io::stdout().lock();
    write!(out, "{}\0", env::args_os().count())?;
    for argument in env::args_os() {
        out.write_all(&[argument.as_bytes(), b"\0"].concat())?;
    }
    for (name, value) in env::vars_os() {
        out.write_all(&[name.as_bytes(), b"=", value.as_bytes(), b"\0"].concat())?;
    }
    out.write_all(b"\0")
}

fn values_arrive_byte_for_byte(shell: Shell) {
    let cases = env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(128);
    let mut runner = TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() });
    runner.run(&case(), |case| check(shell, &case)).unwrap_or_else(|error| panic!("{shell:?}: {error}"));
}

fn a_failed_hook_aborts_unless_it_may_fail(shell: Shell) {
    const SPEC: &str = r#"
version = 1
[service.x]
command = ["/bin/sh", "-c", "echo started"]
[[hook.pre-start]]
command = ["/bin/sh", "-c", "echo hook; exit 3"]
"#;
    let case =
        Case { mode: "flags", command: vec![], args: vec![], container: vec![], variables: vec![], inherited: vec![] };
    for (on_failure, code, printed) in [("abort", 125, "hook\n"), ("continue", 0, "hook\nstarted\n")] {
        let spec = format!("{SPEC}on-failure = \"{on_failure}\"\n");
        let source = wigwag::source::Source::new("spec", spec.as_bytes()).unwrap();
        let model = Model::new(&source, Some(Entrypoint::Script), &|_| Err("a script has no plugins".into())).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let script = directory.path().join("entrypoint.sh");
        fs::write(&script, render::script(&model).unwrap()).unwrap();
        let output = run(shell, &script, &case, directory.path());
        assert_eq!(output.status.code(), Some(code), "{shell:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), printed, "{shell:?}");
        let message = "wigwag: pre-start hook `/bin/sh` failed: exit status 3\n";
        assert_eq!(String::from_utf8_lossy(&output.stderr), message, "{shell:?}");
    }
}
