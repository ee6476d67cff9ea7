//! The components of the examples are what their sources say. `WIGWAG_EXAMPLES` names another directory to have them from.

#![expect(clippy::unwrap_used, clippy::panic, reason = "that is how a test fails")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use wit_component::{ComponentEncoder, DecodedWasm};
use wit_parser::WorldId;

/// Each with what it exports beside `lifecycle`, and what it imports beside `types`: one that used more would need a grant
/// that its README does not name.
const EXAMPLES: [(&str, &[&str], &[&str]); 6] = [
    ("double-term", &["on-signal"], &[]),
    ("drain", &["pre-stop"], &["clock", "http", "log"]),
    ("reload", &["on-signal"], &["files"]),
    ("rewrite", &["on-signal"], &[]),
    ("rewrite-c", &["on-signal"], &[]),
    ("unmount", &["post-stop"], &["clock", "log", "run"]),
];

fn directory() -> PathBuf {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/prebuilt");
    env::var_os("WIGWAG_EXAMPLES").map_or_else(own, PathBuf::from)
}

/// What the component exports and imports, in the order of the names.
fn interfaces(file: &Path) -> (Vec<String>, Vec<String>) {
    let module = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let component = ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap();
    let DecodedWasm::Component(resolve, world) = wit_component::decode(&component).unwrap() else {
        panic!("{}: a package", file.display());
    };
    let names = |world: WorldId, is_export: bool| {
        let world = &resolve.worlds[world];
        let items = if is_export { &world.exports } else { &world.imports };
        let mut names: Vec<_> = items.keys().map(|key| resolve.name_world_key(key)).collect();
        names.sort();
        names
    };
    (names(world, true), names(world, false))
}

fn ours(names: &[&str], always: &str) -> Vec<String> {
    let mut names: Vec<_> = names.iter().chain([&always]).map(|name| format!("wigwag:plugin/{name}@0.1.0")).collect();
    names.sort();
    names
}

#[test]
fn components_have_the_hooks_that_are_registered_and_ask_for_what_they_use() {
    for (name, exports, imports) in EXAMPLES {
        let found = interfaces(&directory().join(name).with_extension("wasm"));
        assert_eq!(found, (ours(exports, "lifecycle"), ours(imports, "types")), "{name}");
    }
}

#[test]
fn every_example_is_looked_at() {
    let files = fs::read_dir(directory()).unwrap().map(|entry| entry.unwrap().path());
    let components = files.filter(|path| path.extension().is_some_and(|extension| extension == "wasm"));
    let mut stems: Vec<_> = components.map(|path| path.file_stem().unwrap().to_owned()).collect();
    stems.sort();
    assert_eq!(stems, EXAMPLES.map(|(name, ..)| name));
}
