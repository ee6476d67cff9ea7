//! Whatever a file says, it is checked to the end, and every finding stands in a file that was checked.

use proptest::prelude::*;
use wigwag_check::{Kind, Report, check, context::File};

/// Pieces of these files, so that what they are put together to is often nearly right.
const PIECES: &[&str] = &[
    "FROM debian\n",
    "FROM x AS y\n",
    "FROM scratch\n",
    "ARG A=1\n",
    "ENV PATH=$A:${B:-c}\n",
    "ENTRYPOINT ",
    "CMD ",
    "ONBUILD ",
    "COPY ",
    "RUN ",
    "SHELL ",
    "STOPSIGNAL ",
    "WORKDIR ",
    "[\"a\", \"$B\"]",
    "['a']",
    "[]",
    "[\"sh\", \"-c\", \"exec x | y\"]",
    "<<EOF /x\n",
    "<<-'EOF' /x\n",
    "EOF\n",
    "\\\n",
    "# wigwag: allow(",
    "shell-form)\n",
    "\n",
    " ",
    "\t",
    "exec ",
    "\"$@\"",
    "trap 'x' TERM\n",
    "services:\n",
    "  a:\n",
    "    image: nginx\n",
    "    command: ",
    "    build: .\n",
    "    init: true\n",
    "    stop_grace_period: ",
    "1m",
    "0",
    "&a ",
    "*a",
    "<<: *a\n",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "kind: Pod\n",
    "spec:\n",
    "  containers:\n",
    "    - name: é\n",
    "      command: ",
    "---\n",
    "|\n",
    "'",
    "\"",
    "`",
    "$",
    "${",
    "é",
    "\u{feff}",
    "\r\n",
    "sleep 5",
    "/x",
    "if ",
    "; then ",
    "fi\n",
    "&\n",
    "wait\n",
    "( ",
    " )",
];

fn text() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat());
    prop_oneof![4 => pieces, 1 => "(?s).{0,200}"]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_checked(text in text(), script in text()) {
        for kind in [Kind::Dockerfile, Kind::Script, Kind::Compose, Kind::Kubernetes] {
            let mut report = Report::default();
            let files = |name: &str| {
                Some(File { name: name.to_string(), text: script.clone(), is_executable: Some(false) })
            };
            check(kind, "file", &text, &files, &mut report);
            let report = report.allowing(&[]);
            for finding in report.findings() {
                prop_assert!(finding.span.start <= finding.span.end, "{finding:?}");
                if finding.file == "file" {
                    prop_assert!(finding.span.end <= text.len(), "{finding:?}");
                }
            }
            let _ = (report.text(false), report.json());
            if kind == Kind::Script {
                let _ = report.sarif();
            }
        }
        let _ = Kind::of("file", &text);
    }
}
