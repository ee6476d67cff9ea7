//! The README's spec is the reference: it has every key that there is.

use wigwag::spec::{Container, Declaration, Hook, Hooks, Service, Spec};

#[test]
fn the_readme_has_every_key() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let spec = readme.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let tables = [Spec::keys(), Container::keys(), Service::keys(), Hooks::keys(), Hook::keys(), Declaration::keys()];
    for key in tables.into_iter().flatten() {
        assert!(spec.contains(key.name), "`{}` is not in the README: {}", key.name, key.doc);
    }
}
