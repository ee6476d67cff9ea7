//! `docs/comparison.md`: for each case that peers can run, which init does what it says. It is drawn from the cases;
//! that they are true of each init is what a run with `INIT_UNDER_TEST` shows.

use std::fmt::Write;

use scenarios::{Case, Result, document};

const INITS: [&str; 4] = ["wigwag-init", "tini", "dumb-init", "catatonit"];

const INTRODUCTION: &str = "\
# What wigwag-init, tini, dumb-init and catatonit do

Each row is a folder of [tests/init](../tests/init), which is run with each of the four, without options, as PID 1 unless
the row says otherwise: `INIT_UNDER_TEST=tini cargo test -p scenarios --test init`. The peers are those of Debian 12 (tini
0.19.0, dumb-init 1.2.5, catatonit 0.1.7). A test writes this file and fails when a \"no\" is not true any more.

All four are much alike: [what they all do](#what-all-four-do) is the longer list of what a container's init must do.
Whether what one does not do matters is for you to say. dumb-init's `--rewrite`, tini's `-e` and other options have no rows.
";

/// Whether the committed file says what the cases say.
pub fn compare(cases: &[Case]) -> Result<()> {
    document::compare("comparison.md", &text(cases)?)
}

fn text(cases: &[Case]) -> Result<String> {
    let mut text = INTRODUCTION.to_string();
    let cases = cases.iter().filter(|case| case.is_for_peers());
    let (same, different): (Vec<_>, Vec<_>) =
        cases.partition(|case| INITS.iter().all(|init| note(case, init).is_none()));
    let mut notes: Vec<String> = Vec::new();
    write!(text, "\n## What differs\n\n| | {} |\n|---|---|---|---|---|\n", INITS.join(" | "))?;
    for case in different {
        write!(text, "| {} |", row(case))?;
        for init in INITS {
            match note(case, init) {
                None => write!(text, " yes |")?,
                Some((answer, why)) => {
                    let number = notes.iter().position(|note| *note == why).unwrap_or(notes.len());
                    if number == notes.len() {
                        notes.push(why);
                    }
                    write!(text, " {answer}[^{}] |", number + 1)?;
                }
            }
        }
        writeln!(text)?;
    }
    writeln!(text)?;
    for (number, note) in notes.iter().enumerate() {
        writeln!(text, "[^{}]: {note}", number + 1)?;
    }
    writeln!(text, "\n## What all four do\n")?;
    for case in same {
        writeln!(text, "- {}", row(case))?;
    }
    Ok(text)
}

fn row(case: &Case) -> String {
    format!("[{}](../tests/init/{})", case.about.replace('|', "\\|"), case.name())
}

/// What it answers instead of yes, and why.
fn note(case: &Case, init: &str) -> Option<(&'static str, String)> {
    let differences: Vec<_> = case.expect.differences(init).collect();
    let answer = if differences.iter().any(|difference| difference.skip) { "not always" } else { "no" };
    let why: Vec<_> = differences.iter().map(|difference| difference.why.as_str()).collect();
    (!why.is_empty()).then(|| (answer, why.join("; ")))
}
