//! The library half has text in and text out: no file, no process, no clock. So it is for any platform.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What of the standard library has to do with a system.
const SYSTEM: [&str; 8] = ["env", "fs", "io", "net", "os", "process", "thread", "time"];

/// The first names below `std` that a source uses, without its comments.
fn used(source: &str) -> Vec<String> {
    let code: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let own = |before: &str| !before.ends_with(|last: char| last.is_alphanumeric() || last == '_');
    let uses = code.match_indices("std::").filter(|(at, _)| own(&code[..*at]));
    uses.flat_map(|(at, found)| names(&code[at + found.len()..])).collect()
}

/// The first names of what stands behind `std::`: one, or those of a list.
fn names(path: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|&part| part.is_alphanumeric() || part == '_').collect::<String>();
    let Some(list) = path.strip_prefix('{') else { return vec![name(path)] };
    let (mut depth, mut items) = (0, vec![String::new()]);
    for part in list.chars() {
        match part {
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            '{' => depth += 1,
            ',' if depth == 0 => items.push(String::new()),
            _ if depth == 0 => items.last_mut().unwrap().push(part),
            _ => {}
        }
    }
    items.iter().map(|item| name(item.trim())).filter(|name| !name.is_empty()).collect()
}

/// The sources of a module and of those in it, without its tests.
fn sources(module: &Path, found: &mut Vec<PathBuf>) {
    let file = module.with_extension("rs");
    if file.is_file() {
        found.push(file);
    }
    for entry in fs::read_dir(module).into_iter().flatten() {
        let path = entry.unwrap().path().with_extension("");
        if path.file_name().unwrap() != "tests" && !found.contains(&path.with_extension("rs")) {
            sources(&path, found);
        }
    }
}

fn library() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for library in [root.join("src"), root.join("check/src"), root.join("presets/src")] {
        let lib = library.join("lib.rs");
        let modules = fs::read_to_string(&lib).unwrap();
        found.push(lib);
        for line in modules.lines() {
            let module = line.strip_prefix("pub ").unwrap_or(line).strip_prefix("mod ");
            if let Some(module) = module.and_then(|module| module.strip_suffix(';')).filter(|name| *name != "tests") {
                sources(&library.join(module), &mut found);
            }
        }
    }
    found
}

#[test]
fn the_library_uses_no_system() {
    let library = library();
    assert!(library.len() > 100, "the sources are not found: {library:?}");
    for file in library {
        let source = fs::read_to_string(&file).unwrap();
        let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for name in used(code) {
            assert!(!SYSTEM.contains(&name.as_str()), "{} uses `std::{name}`", file.display());
        }
    }
}

#[test]
fn what_is_used_is_found() {
    let source = "//! use std::fs;\nuse std::{\n    fmt::{self, Write},\n    fs,\n};\nlet a = std::env::var(\"X\");\nmystd::os::x();";
    assert_eq!(used(source), ["fmt", "fs", "env"]);
}
