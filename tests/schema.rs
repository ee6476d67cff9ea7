//! `docs/wigwag.schema.json` and the specs of `tests/generator`, by validators that are not ours: what is right is right for the
//! schema, and of what is wrong it sees every key that there is not, and every value of another type.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use scenarios::{Result, skip};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/wigwag.schema.json");

/// What a spec is told that the schema must refuse too.
const SEEN: [&str; 3] = ["error: unknown key", "error: expected a", "error: expected \""];

/// What JSON has no word for: a whole number is one with and without a decimal point, and a date is a string.
const NOT_SEEN: [&str; 2] = ["found a float", "found a date or time"];

/// The specs: those that are right, those that the schema must refuse, and the others.
struct Specs {
    right: Vec<PathBuf>,
    seen: Vec<PathBuf>,
    wrong: usize,
}

impl Specs {
    fn find() -> Result<Self> {
        let mut specs = Self { right: Vec::new(), seen: Vec::new(), wrong: 0 };
        for example in fs::read_dir(Path::new(REPOSITORY).join("examples"))? {
            specs.right.push(example?.path().join("wigwag.toml"));
        }
        for case in fs::read_dir(Path::new(REPOSITORY).join("tests/generator"))? {
            let folder = case?.path();
            let spec = folder.join("spec.toml");
            // What is no TOML has no keys.
            let Some(text) = fs::read_to_string(&spec).ok().filter(|text| toml::from_str::<toml::Table>(text).is_ok())
            else {
                continue;
            };
            match fs::read_to_string(folder.join("expected.stderr")) {
                Err(_) => specs.right.push(spec),
                Ok(errors) if errors.lines().any(is_seen) && !text.starts_with('\u{feff}') => specs.seen.push(spec),
                Ok(_) => specs.wrong += 1,
            }
        }
        assert!(specs.right.len() > 10 && specs.seen.len() > 100, "{} and {}", specs.right.len(), specs.seen.len());
        Ok(specs)
    }
}

fn is_seen(line: &str) -> bool {
    SEEN.iter().any(|beginning| line.starts_with(beginning)) && !NOT_SEEN.iter().any(|end| line.ends_with(end))
}

/// The output of a tool, if it is installed.
fn run(tool: &str, args: &[&str], specs: &[PathBuf]) -> Result<Option<Output>> {
    match Command::new(tool).args(args).args(specs).env("NO_COLOR", "1").output() {
        Ok(output) => Ok(Some(output)),
        Err(error) => skip(specs.len(), &format!("{tool}: {error}")).map(|()| None),
    }
}

/// The specs that no line of the text names.
fn not_named(specs: &[PathBuf], text: &str) -> BTreeSet<PathBuf> {
    specs.iter().filter(|spec| !text.contains(&spec.display().to_string())).cloned().collect()
}

#[test]
fn a_validator_agrees() -> Result<()> {
    let specs = Specs::find()?;
    let Some(meta) = run("check-jsonschema", &["--check-metaschema", SCHEMA], &[])? else { return Ok(()) };
    assert!(meta.status.success(), "{meta:?}");
    let check = ["--schemafile", SCHEMA];
    let Some(right) = run("check-jsonschema", &check, &specs.right)? else { return Ok(()) };
    assert!(right.status.success(), "{}", String::from_utf8_lossy(&right.stdout));
    let Some(seen) = run("check-jsonschema", &check, &specs.seen)? else { return Ok(()) };
    assert_eq!(not_named(&specs.seen, &String::from_utf8_lossy(&seen.stdout)), BTreeSet::new());
    Ok(())
}

/// What the plugins of editors are made of.
#[test]
fn taplo_agrees() -> Result<()> {
    let specs = Specs::find()?;
    let schema = format!("file://{SCHEMA}");
    let check = ["check", "--no-auto-config", "--schema", &schema];
    let Some(right) = run("taplo", &check, &specs.right)? else { return Ok(()) };
    assert!(right.status.success(), "{}", String::from_utf8_lossy(&right.stderr));
    let Some(seen) = run("taplo", &check, &specs.seen)? else { return Ok(()) };
    assert_eq!(not_named(&specs.seen, &String::from_utf8_lossy(&seen.stderr)), BTreeSet::new());
    Ok(())
}
