//! The table of `docs/check-comparison.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use libtest_mimic::{Failed, Trial};
use wigwag_check::Severity;

use crate::dockerfiles::{self, Dockerfile};
use crate::pattern::{Expected, How, Pattern, Shell, found};
use crate::peers::{Peer, TOOLS, recorded};

/// Compares the table with the file, or writes it.
pub fn trial(
    root: &Path,
    patterns: &BTreeMap<String, Pattern>,
    dockerfiles: &BTreeMap<String, Dockerfile>,
) -> Result<Trial, Box<dyn Error>> {
    let file = root.join("docs/check-comparison.md");
    let peers = TOOLS.map(|tool| recorded(root, tool));
    let peers = peers.into_iter().collect::<Result<Vec<_>, _>>()?;
    let text = page(patterns, dockerfiles, &peers)?;
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &text)?;
    }
    Ok(Trial::test("docs/check-comparison.md", move || {
        let is_same = std::fs::read_to_string(&file)? == text;
        if is_same { Ok(()) } else { Err(Failed::from("it says something else; UPDATE=1 writes it anew")) }
    }))
}

fn page(
    patterns: &BTreeMap<String, Pattern>,
    dockerfiles: &BTreeMap<String, Dockerfile>,
    peers: &[Peer],
) -> Result<String, std::fmt::Error> {
    let is_broken = |pattern: &Pattern| pattern.shell.values().any(|shell| matches!(shell, Expected::Wrong { .. }));
    let (broken, right): (Vec<_>, Vec<_>) = patterns.iter().partition(|(_, pattern)| is_broken(pattern));
    let mut page = String::new();
    let versions = TOOLS.iter().zip(peers).map(|(tool, peer)| format!("{tool} {}", peer.version));
    write!(
        page,
        "# What wigwag check, shellcheck and hadolint say of {} entrypoints

Each row is a file of [tests/patterns](../tests/patterns): a way to start a program in a container, which was run as PID 1
under dash, bash and BusyBox, and got SIGTERM. What came of it is in the middle columns. The last three are what the tools say
of its text: `wigwag check`, {}.
A test writes this file, and fails when one of them says something else.

shellcheck reads the script, as dash and as bash, with every optional check. hadolint reads a Dockerfile that says the same: a
script of one line as `ENTRYPOINT` in shell form, a longer one as a file that is copied, which it does not look at. Neither
claims to know what becomes of a signal; what they say is mostly about other things, which are worth knowing too.

| | patterns | wigwag check | {} |
|---|---|---|---|---|
",
        patterns.len(),
        versions.collect::<Vec<_>>().join(", "),
        TOOLS.join(" | "),
    )?;
    for (what, patterns) in
        [("do not stop as they should, under one shell at least", &broken), ("stop as they should", &right)]
    {
        let ours = patterns.iter().filter(|(_, pattern)| says_more_than_a_note(pattern)).count();
        let theirs = peers.iter().map(|peer| patterns.iter().filter(|(name, _)| peer.says.contains_key(*name)).count());
        let theirs: Vec<_> = theirs.map(|count| count.to_string()).collect();
        writeln!(page, "| {what} | {} | {ours} | {} |", patterns.len(), theirs.join(" | "))?;
    }
    for (title, patterns) in [("What does not stop as it should", broken), ("What stops as it should", right)] {
        write!(
            page,
            "\n## {title}\n\n| | | dash | bash | BusyBox | wigwag check | {} |\n|---|---|---|---|---|---|---|---|\n",
            TOOLS.join(" | ")
        )?;
        for (name, pattern) in patterns {
            let verdicts = [Shell::Dash, Shell::Bash, Shell::Busybox].map(|shell| verdict(pattern.shell.get(&shell)));
            let theirs: Vec<_> = peers.iter().map(|peer| codes(peer.says.get(name))).collect();
            writeln!(
                page,
                "| [{name}](../tests/patterns/{name}.toml) | {} | {} | {} | {} |",
                code(pattern),
                verdicts.join(" | "),
                ours(pattern),
                theirs.join(" | ")
            )?;
        }
    }
    let theirs = peers.iter().flat_map(|peer| peer.dockerfiles.clone()).collect();
    page.push_str(&dockerfiles::section(dockerfiles, &theirs)?);
    writeln!(page, "\n## What the codes say\n")?;
    for (code, message) in peers.iter().flat_map(|peer| &peer.messages) {
        writeln!(page, "- {code}: {}", message.lines().next().unwrap_or_default())?;
    }
    Ok(page)
}

fn says_more_than_a_note(pattern: &Pattern) -> bool {
    pattern.shell.keys().any(|shell| found(pattern, *shell).iter().any(|(_, severity)| *severity > Severity::Note))
}

/// What it is, on one line.
fn code(pattern: &Pattern) -> String {
    let text = match &pattern.script {
        Some(script) => script.trim_end().replace('\n', " ⏎ "),
        None => format!("{:?}", pattern.argv),
    };
    format!("`{}`", text.replace('|', "\\|"))
}

fn verdict(expected: Option<&Expected>) -> &'static str {
    match expected {
        None => "",
        Some(Expected::Right { .. }) => "right",
        Some(Expected::Wrong { how, .. }) => match how {
            How::NotReached => "not reached",
            How::Cut => "cut",
            How::WrongCode => "wrong code",
            How::Late => "late",
            How::NeverRun => "never run",
        },
    }
}

/// What is found, with the shells if not under all.
fn ours(pattern: &Pattern) -> String {
    let mut shells: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for shell in pattern.shell.keys() {
        for (rule, severity) in found(pattern, *shell) {
            let note = if severity == Severity::Note { "note: " } else { "" };
            shells.entry(format!("{note}{rule}")).or_default().push(format!("{shell:?}").to_lowercase());
        }
    }
    let all = pattern.shell.len();
    let one = |(rule, shells): (String, Vec<String>)| {
        if shells.len() == all { rule } else { format!("{rule} ({})", shells.join(", ")) }
    };
    shells.into_iter().map(one).collect::<Vec<_>>().join(", ")
}

fn codes(codes: Option<&BTreeSet<String>>) -> String {
    codes.into_iter().flatten().cloned().collect::<Vec<_>>().join(", ")
}
