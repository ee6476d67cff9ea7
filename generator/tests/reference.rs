//! The README is the reference: its specs have every key that there is.

use wigwag::spec::TABLES;

#[test]
fn the_readme_has_every_key() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let specs: String = readme.split("```toml").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    for key in TABLES.iter().flat_map(|(keys, _)| keys()) {
        assert!(specs.contains(key.name), "`{}` is not in the README: {}", key.name, key.doc);
    }
}
