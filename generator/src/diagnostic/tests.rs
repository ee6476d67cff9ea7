use proptest::prelude::*;

use super::*;
use crate::{model::Model, spec::Entrypoint};

/// What is said about a spec.
fn said(spec: &[u8], target: Option<Entrypoint>) -> String {
    let source = match Source::new("wigwag.toml", spec) {
        Ok(source) => source,
        Err(error) => return error,
    };
    match Model::new(&source, target, &|_| Ok(Vec::new())) {
        Ok(_) => String::new(),
        Err(problems) => render(&problems, &source, false),
    }
}

/// The first line of each error, with the line and column that it points at.
fn summary(spec: &str) -> Vec<String> {
    let said = said(spec.as_bytes(), None);
    let place = |block: &str| block.split_once("wigwag.toml:").unwrap().1.lines().next().unwrap().to_string();
    said.split("error: ").skip(1).map(|block| format!("{} {}", place(block), block.lines().next().unwrap())).collect()
}

#[test]
fn an_error_shows_the_place_and_what_would_be_right() {
    let spec = "version = 1\r\n[service.web]\r\ncommand = [\"httpd\"]\r\nstop_signal = \"TERM\"\r\n";
    assert_eq!(
        said(spec.as_bytes(), None),
        "\
error: unknown key `stop_signal`
 --> wigwag.toml:4:1
  |
4 | stop_signal = \"TERM\"
  | ^^^^^^^^^^^
  |
  = help: did you mean `stop-signal`?

"
    );
}

#[test]
fn all_errors_are_shown_in_the_order_of_the_file() {
    assert_eq!(
        summary("[container]\ngrace-period = 10\n[service.web]\ncommand = []\n[signals]\nSIGHUPP = \"drop\"\n"),
        [
            "1:1 `version` is missing",
            "2:16 expected a duration such as \"10s\", found an integer",
            "4:11 `command` is empty",
            "6:1 `SIGHUPP` is not a signal",
        ]
    );
}

#[test]
fn broken_toml_is_all_that_is_said_of_it() {
    assert_eq!(
        summary("versoin = 1\n[service.web\n[env]\nA = \nB = b\n"),
        ["2:13 the header is not closed", "4:5 the value is missing", "5:5 `b` is not a value"]
    );
}

#[test]
fn what_follows_from_an_error_is_not_said() {
    for (spec, said) in [
        ("a = [\"b]\nc = 1\nd = [1]\n", vec!["1:9 the string is not closed"]),
        ("a = [\"b\"\nc = 1\n\n[d]\ne = f\n", vec!["2:1 the array before this line is not closed"]),
        ("[a]\nb = 1\n[c]\n[a]\nb = 2\n[c]\n", vec!["4:2 `[a]` is written twice", "6:2 `[c]` is written twice"]),
        ("a = \"\"\"b\nc\n", vec!["1:5 the string is not closed"]),
        ("a: b: c\nd e f\n", vec!["1:2 `=` is missing", "2:3 `=` is missing"]),
        (
            "version = 1\n[service]\ncommand = [\"a\"]\nargs = 5\n",
            vec!["3:1 `command` stands where a name is expected"],
        ),
        ("version = 1\n[services.web]\ncommand = [\"a\"]\n", vec!["2:2 unknown key `services`"]),
        ("version = 1\n[service.web]\ncmd = [\"a\"]\n", vec!["3:1 unknown key `cmd`"]),
    ] {
        assert_eq!(summary(spec), said, "{spec}");
    }
}

#[test]
fn the_budget_is_written_out() {
    let spec = "version = 1\n[container]\ngrace-period = \"10s\"\n[service.web]\ncommand = [\"httpd\"]\n\
                stop-timeout = \"8s\"\n[[hook.pre-stop]]\ncommand = [\"a\"]\ntimeout = \"3s\"\n\
                [[hook.post-stop]]\ncommand = [\"b\"]\ntimeout = \"1s\"\n";
    assert_eq!(
        summary(spec),
        ["3:16 pre-stop 3s + stop-timeout 8s + leftover-timeout 500ms + post-stop 1s + margin 500ms = 13s, \
          the grace-period is 10s"]
    );
}

#[test]
fn what_a_script_cannot_do_is_said_where_it_is_asked_for() {
    let spec = "version = 1\n[service.web]\ncommand = [\"httpd\"]\nstop-signal = \"WINCH\"\n[signals]\nHUP = \"drop\"\n\
                [[hook.post-stop]]\ncommand = [\"b\"]\ntimeout = \"1s\"\n";
    assert_eq!(said(spec.as_bytes(), None), "");
    let said = said(spec.as_bytes(), Some(Entrypoint::Script));
    assert_eq!(said.matches("error: a script cannot do this: ").count(), 3, "{said}");
    assert!(said.contains("set `stop-signal` of `[container]` to \"SIGWINCH\""), "{said}");
}

#[test]
fn a_file_that_is_no_spec_is_not_repeated_line_by_line() {
    let said = said("junk\n".repeat(1000).as_bytes(), None);
    assert_eq!(said.matches("error: ").count(), SHOWN);
    assert!(said.ends_with("950 more errors are not shown\n\n"), "{said}");
}

/// Words of the language, so that most of what is tried gets past the first line.
fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "version = 1\n",
            "[container]\n",
            "[service.web]\n",
            "[service.\"ü\"]\n",
            "command = ",
            "[\"httpd\"]\n",
            "[]\n",
            "args = ",
            "stop-signal = ",
            "grace-period = ",
            "\"10s\"\n",
            "stop-timeout = ",
            "\"TERM\"\n",
            "15\n",
            "after = ",
            "[\"web\"]\n",
            "[env]\n",
            "A = ",
            "{ file = \"/x\" }\n",
            "{ required = true }\n",
            "[signals]\n",
            "HUP = ",
            "\"drop\"\n",
            "[[hook.pre-stop]]\n",
            "[hook.pre-start]\n",
            "timeout = ",
            "on-failure = ",
            "\"abort\"\n",
            "\r\n",
            "\u{feff}",
            "#",
            "\\u0000",
            "\"\"\"",
            "'''",
            "😀",
            "\t",
            "{",
            "}",
            "[",
            "]",
            "=",
            ".",
            "\"",
            "0x",
            "1e9",
            "-",
        ])
        .prop_map(String::from),
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(fragments in prop::collection::vec(fragment(), 0..24)) {
        let spec = fragments.concat();
        said(spec.as_bytes(), None);
        said(spec.as_bytes(), Some(Entrypoint::Script));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        said(&bytes, None);
    }
}
