//! The example of `docs/prove.md` says what comes.

use std::{fs, path::Path};

use libtest_mimic::Trial;
use scenarios::{Result, built, with_default_signals};

pub fn trials() -> Vec<Trial> {
    vec![Trial::test("the example of docs/prove.md", || Ok(compare()?))]
}

fn compare() -> Result<()> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let document = fs::read_to_string(root.join("docs/prove.md"))?;
    let (_, rest) = document.split_once("```console\n$ wigwag ").ok_or("no example")?;
    let (example, _) = rest.split_once("```").ok_or("it has no end")?;
    let (command, expected) = example.split_once('\n').ok_or("it says nothing")?;
    let mut wigwag = with_default_signals(&built()?.wigwag);
    let output = wigwag.args(command.split(' ')).current_dir(root).output()?;
    let said = String::from_utf8(output.stdout)?;
    if masked(&said) == masked(expected) { Ok(()) } else { Err(format!("it says:\n{said}").into()) }
}

/// Without what differs from time to time, and from machine to machine.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    for line in text.lines().filter(|line| !line.starts_with("  environment ")) {
        let words = line.split_whitespace().map(|word| {
            let number = word.trim_start_matches('+');
            if number.contains('.') && number.parse::<f64>().is_ok() {
                "TIME".to_string()
            } else if let Some((_, rest)) = word.split_once("/bin/app") {
                format!("APP{rest}")
            } else {
                word.to_string()
            }
        });
        masked += &words.collect::<Vec<_>>().join(" ");
        masked += "\n";
    }
    masked
}
