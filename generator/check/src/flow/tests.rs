//! What the walk does with any text, and what each shape of script comes to.

use proptest::prelude::*;

use crate::pid1::{Document, Sh, Started, Surroundings};
use crate::{command, script};

fn check(text: &str, sh: Sh) -> Started {
    script::check(Document { name: "entrypoint", text }, &Surroundings { sh, args: None })
}

fn rules(text: &str) -> Vec<&'static str> {
    check(text, Sh::Dash).findings.iter().map(|finding| finding.rule.id).collect()
}

fn services(text: &str) -> Vec<String> {
    check(text, Sh::Dash).services.iter().map(|service| service.words.join(" ")).collect()
}

#[test]
fn paths() {
    for (text, expected) in [
        ("exec app", &[][..]),
        ("", &[]),
        ("# nothing", &[]),
        ("mkdir -p /x", &[]),
        ("app", &["no-exec"]),
        ("app || exit 1", &["no-exec"]),
        ("if a; then exec app; else exec app -d; fi", &[]),
        ("if [ x ]; then exec app; fi\napp", &["no-exec"]),
        ("if [ x ]; then exec app; fi\nother", &[]),
        ("case $1 in a) exec app;; *) app;; esac", &["no-exec"]),
        ("case $1 in a) exec app;; b) ./tool; exit;; esac\nexec app", &[]),
        ("f() { g; }\ng() { exec app; }\nf", &[]),
        ("f() { f; }\nf\nexec app", &[]),
        ("f() { return; exec app; }\nf", &[]),
        ("while [ x ]; do sleep 1; done\nexec app", &[]),
        ("while :; do exec app; done", &[]),
        ("while :; do sleep 1; done", &["keep-alive-hack"]),
        ("while :; do if x; then break; fi; sleep 1; done\nexec app", &[]),
        ("while :; do nc -z db 1 && break; sleep 1; done\napp", &["no-exec"]),
        ("for i in 1 2; do app $i; done", &["no-exec"]),
        ("exec >/dev/null 2>&1\napp", &["no-exec"]),
        ("exec 3<&0\nexec app", &[]),
        ("exec app\nf() { :; }", &[]),
        ("exec app || exit 1", &["unreachable-after-exec"]),
        ("exec app\nexit 1", &[]),
        ("command exec app", &[]),
        ("exec -a name app", &[]),
        ("[ $# -gt 0 ] || exit 0\nexec \"$@\"", &[]),
        ("eval exec app", &[]),
        ("set -e; . /etc/default/app; app", &["no-exec"]),
        ("! app", &["no-exec"]),
        ("coproc app\nexec app2", &[]),
        ("app & p=$!\ntrap 'kill $p; wait $p' TERM\nwait $p", &["trap-exit-code"]),
        ("app & p=$!\ntrap 'kill $p; wait $p' TERM\nwait $p\nexit $?", &["trap-exit-code"]),
        ("app & p=$!\ntrap 'kill $p; wait $p' TERM\nwait $p\nexit 0", &[]),
        ("app & p=$!\ntrap 'kill $p; wait $p; exit' TERM\nwait $p", &["trap-exit-code"]),
        ("#!/bin/bash\napp & p=$!\ntrap 'kill $p; wait $p; exit' TERM\nwait $p", &[]),
        ("app & p=$!\ntrap 'kill $p; wait $p; exit $?' TERM\nwait $p", &[]),
        ("app & p=$!\nstop() { kill $p; wait $p; exit $?; }\ntrap stop TERM\nwait $p", &[]),
        ("service nginx start", &["leaves-the-container"]),
        ("service db start\nload\nservice db stop\nexec app", &[]),
        ("apachectl start\nexec app", &[]),
        ("apachectl -D FOREGROUND", &["no-exec"]),
        ("exec apachectl -D FOREGROUND", &["swallowing-launcher"]),
        ("app & p=$!\ntrap 'kill -9 $p' TERM\nwait $p; wait $p", &["trap-without-forwarding"]),
        ("app & p=$!\ntrap 'kill $p' INT\nwait $p; wait $p", &["wait-without-trap"]),
        ("trap 'kill $p' TERM\napp & p=$!\ntrap - TERM\nwait $p; wait $p", &["wait-without-trap"]),
        ("trap 'kill $p' TERM\napp & p=$!\nwhile kill -0 $p; do sleep 1; done", &[]),
        ("trap 'kill 0' TERM\napp &\nwait\nwait", &["trap-signals-itself"]),
        ("stop() { kill -TERM -- -$$; }\ntrap stop TERM\napp &\nwait\nwait", &["trap-signals-itself"]),
        ("trap 'trap - TERM; kill 0' TERM\napp &\nwait\nwait", &[]),
        ("sleep 5 & exec app", &[]),
        ("{ app; } | cat", &["exec-in-pipeline"]),
        ("exec sh -c \"$COMMAND\"", &["shell-c-forks"]),
        ("exec ./run.sh", &[]),
        ("exec bash -c 'exec app | tee x'", &["exec-in-pipeline"]),
        ("exec su-exec app tini -- npm start", &["swallowing-launcher"]),
        ("exec bundle exec puma", &[]),
        ("exec npm run build", &[]),
    ] {
        assert_eq!(rules(text), expected, "{text}");
    }
}

#[test]
fn what_is_executed_is_known_behind_its_launchers() {
    assert_eq!(services("exec gosu www env A=b nginx -g 'daemon off;'"), ["nginx -g daemon off;"]);
    assert_eq!(services("exec tini -p TERM -- app \"$@\""), ["app"]);
    assert_eq!(services("exec sh -c 'exec app --port $PORT'"), ["app --port"]);
    assert_eq!(services("if x; then exec a; fi; exec b"), ["a", "b"]);
    let started = check("exec tini -- gosu www \"$@\"", Sh::Dash);
    let [service] = started.services.as_slice() else { panic!("{started:?}") };
    assert!(service.is_arguments && service.words.is_empty() && service.init.as_deref() == Some("tini"));
}

#[test]
fn places_are_in_bytes_also_behind_other_letters() {
    let text = "# é ü 🐧\necho 'ß'; app --x \"y\" # é\n";
    let findings = check(text, Sh::Dash).findings;
    assert_eq!(&text[findings[0].span.clone()], "app --x \"y\"");
    let text = "é=1\necho \"ü $(exec app)\"";
    let findings = check(text, Sh::Dash).findings;
    assert_eq!(&text[findings[0].span.clone()], "exec app");
}

#[test]
fn what_would_take_for_ever_is_not_understood() {
    for text in [
        "(".repeat(60),
        "((".repeat(30),
        "case x in x) ".repeat(30),
        "$(".repeat(5000),
        "x ".repeat(200_000),
        "coproc ".repeat(20_000),
        "case $1 in a) b;; c) d;; esac\n".repeat(7000),
    ] {
        assert_eq!(rules(&text), ["not-understood"], "{}", &text[..20]);
    }
    let doubling: String = (0..40).fold(String::new(), |text, n| format!("{text}f{n}() {{ f{0}; f{0}; }}\n", n + 1));
    assert_eq!(rules(&format!("{doubling}f0\nexec app")), Vec::<&str>::new());
}

/// Text that is nearly a script.
fn scripts() -> impl Strategy<Value = String> {
    let words = [
        "exec", "app", "\"$@\"", "&", "|", "&&", "||", ";", "\n", "(", ")", "{ ", " }", "if", "then", "else", "fi",
        "while", "do", "done", "case", "x)", "esac", "in", ";;", "$(", "`", "\"", "'", "trap", "TERM", "wait", "$!",
        "<<E\n", "E\n", "sh", "-c", "su", "set --", "eval", "f()", "f", "exit", "return", "break", "[[", "]]", "((",
        "))", "é", "\\", "$p", "kill", "tini", "--", "env", "A=b", "find", "-exec", "busybox", "#", "!", "<(", "${",
        "}", "=", "~",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..40).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn nothing_panics_and_places_are_in_the_text(text in scripts()) {
        for finding in check(&text, Sh::Unknown).findings {
            prop_assert!(text.get(finding.span.clone()).is_some(), "{:?} of {text:?}", finding.span);
        }
    }

    #[test]
    fn nothing_panics_whatever_it_is(text in ".{0,80}") {
        for finding in check(&text, Sh::Busybox).findings {
            prop_assert!(text.get(finding.span.clone()).is_some());
        }
    }

    #[test]
    fn no_command_line_panics(argv in prop::collection::vec(scripts(), 0..5)) {
        let argv: Vec<String> = argv.iter().flat_map(|text| text.split(' ')).map(str::to_string).collect();
        command::check(&argv, Document { name: "Dockerfile", text: "" }, &(0..0), &Surroundings::default());
    }
}
