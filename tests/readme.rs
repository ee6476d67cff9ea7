//! The README is run: its specs are checked, its commands give the output that stands below them.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use scenarios::{Result, built, component};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The blocks of a language, in their order.
fn blocks(language: &str) -> Result<Vec<String>> {
    let readme = fs::read_to_string(Path::new(REPOSITORY).join("README.md"))?;
    let fence = format!("```{language}\n");
    let blocks = readme.split(fence.as_str()).skip(1);
    Ok(blocks.map(|rest| rest.split("```").next().unwrap_or_default().to_string()).collect())
}

#[test]
fn specs_are_right() -> Result<()> {
    let specs = blocks("toml")?;
    assert!(!specs.is_empty());
    // Where the files of their plugins are.
    let directory = tempfile::tempdir()?;
    fs::create_dir(directory.path().join("plugins"))?;
    for (name, world) in [("rewrite", "decides-signals"), ("luks", "everything")] {
        let module = component::module(&format!("include wigwag:plugin/{world}@0.1.0;"))?;
        fs::write(directory.path().join(format!("plugins/{name}.wasm")), module)?;
    }
    for spec in specs {
        let mut check = Command::new(&built()?.wigwag);
        let mut check = check.args(["check", "-"]).current_dir(directory.path()).stdin(Stdio::piped()).spawn()?;
        check.stdin.take().expect("it is piped").write_all(spec.as_bytes())?;
        assert!(check.wait()?.success(), "{spec}");
    }
    Ok(())
}

#[test]
fn examples_are_right() -> Result<()> {
    for example in fs::read_dir(Path::new(REPOSITORY).join("examples"))? {
        let spec = example?.path().join("wigwag.toml");
        assert!(Command::new(&built()?.wigwag).arg("check").arg(&spec).status()?.success(), "{}", spec.display());
    }
    Ok(())
}

#[test]
fn commands_print_what_is_shown() -> Result<()> {
    let sessions = blocks("console")?;
    assert!(!sessions.is_empty());
    for session in sessions {
        let (command, shown) = session.split_once('\n').expect("a command and its output");
        let args = command.strip_prefix("$ cargo wigwag ").expect("a command of ours");
        let output = Command::new(&built()?.wigwag)
            .args(args.split(' '))
            .current_dir(REPOSITORY)
            .stdin(Stdio::null())
            .output()?;
        let printed = String::from_utf8([output.stdout, output.stderr].concat())?;
        assert_eq!(printed.trim_end(), shown.trim_end(), "{command}");
    }
    Ok(())
}
