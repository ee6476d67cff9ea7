//! The README is the reference: its specs have every key that there is.

use wigwag::spec::{TABLES, TABLES_OF_PLUGINS};

#[test]
fn the_readme_has_every_key() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let specs: String = readme.split("```toml").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let tables = TABLES.iter().map(|(keys, _)| keys);
    for key in tables.chain(&TABLES_OF_PLUGINS).flat_map(|keys| keys()) {
        assert!(specs.contains(key.name), "`{}` is not in the README: {}", key.name, key.doc);
    }
}
