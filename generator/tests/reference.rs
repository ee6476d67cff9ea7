//! What is documented of a spec: the examples have every key, and the documents below `docs` are what the definitions say.

use std::{env, fs, path::Path};

use wigwag::{
    described::{self, reference, schema},
    model::Model,
    source::Source,
    spec::{TABLES, TABLES_OF_PLUGINS},
};

#[test]
fn the_examples_have_every_key() {
    let document = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/spec-examples.md")).unwrap();
    let specs: String = document.split("```toml").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let tables = TABLES.iter().map(|(keys, _)| keys);
    for key in tables.chain(&TABLES_OF_PLUGINS).flat_map(|keys| keys()) {
        assert!(specs.contains(key.name), "`{}` is not in docs/spec-examples.md: {}", key.name, key.doc);
    }
}

/// `UPDATE=1` writes them.
#[test]
fn the_documents_are_what_the_definitions_say() {
    let docs = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs"));
    for (name, text) in [("spec.md", reference::text()), ("wigwag.schema.json", schema::text())] {
        if env::var_os("UPDATE").is_some_and(|update| update == "1") {
            fs::write(docs.join(name), &text).unwrap();
        }
        let written = fs::read_to_string(docs.join(name)).unwrap();
        assert!(written == text, "docs/{name} is not what the definitions say: `UPDATE=1` writes it anew");
    }
}

/// What is a table stands below a header of its own.
#[test]
fn the_reference_has_an_example_of_every_key() {
    for row in reference::text().lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split(" | ").collect();
        let is_below = ["a table", "an array of tables"].iter().any(|below| cells[1].starts_with(below));
        assert!(is_below || !cells[3].is_empty(), "docs/spec-examples.md has no example: {row}");
    }
}

/// A spec for each table with such a default, and what stands for the key there.
const PLACES: [(&str, &str); 10] = [
    ("Container", "[container]\nKEY\n[service.a]\ncommand = [\"a\"]\n"),
    ("Service.args-mode", "[service.a]\ncommand = [\"a\"]\nKEY\n"),
    ("Service", "[service.a]\ncommand = [\"a\"]\nmain = true\n[service.b]\ncommand = [\"b\"]\nKEY\n"),
    ("Restarts", "[service.a]\ncommand = [\"a\"]\n[service.a.restart]\nwhen = \"always\"\nKEY\n"),
    ("Readiness", "[service.a]\ncommand = [\"a\"]\n[service.a.ready]\nexec = [\"b\"]\nKEY\n"),
    ("Hook.when", "[service.a]\ncommand = [\"a\"]\n[[hook.post-stop]]\ncommand = [\"b\"]\ntimeout = \"1s\"\nKEY\n"),
    (
        "Hook.mode",
        "[service.a]\ncommand = [\"a\"]\n[[hook.pre-start]]\ntemplate = \"/a\"\nto = \"/b\"\nvariables = [\"X\"]\nKEY\n",
    ),
    ("Hook", "[service.a]\ncommand = [\"a\"]\n[[hook.pre-start]]\ncommand = [\"b\"]\nKEY\n"),
    (
        "Plugin",
        "[service.a]\ncommand = [\"a\"]\n[[hook.on-signal]]\nsignal = \"HUP\"\nplugin = \"p\"\n[plugin.p]\nmodule = \"p\"\nKEY\n",
    ),
    (
        "Wording",
        "[service.a]\ncommand = [\"a\"]\n[[hook.on-signal]]\nsignal = \"HUP\"\nplugin = \"p\"\n[plugin.p]\nmodule = \"p\"\n[plugin.p.allow.commands.x]\ncommand = [\"x\"]\nKEY\n",
    ),
];

#[test]
fn a_default_is_what_the_key_is_without_it() {
    let module = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins/examples/prebuilt/rewrite.wasm")).unwrap();
    let model = |spec: &str| {
        let source = Source::new("spec", format!("version = 1\n{spec}").as_bytes()).unwrap();
        format!(
            "{:?}",
            Model::new(&source, None, &|_| Ok(module.clone())).unwrap_or_else(|why| panic!("{spec}: {why:?}"))
        )
    };
    let mut defaults = 0;
    for table in described::tables() {
        for key in (table.keys)() {
            let Some(default) = described::default(key.doc) else { continue };
            let own = format!("{}.{}", table.name, key.name);
            let place = PLACES.iter().find(|(name, _)| *name == own || *name == table.name);
            let (_, spec) = place.unwrap_or_else(|| panic!("where does a `{}` stand?", table.name));
            let written = spec.replace("KEY", &format!("{} = {default}", key.name));
            assert_eq!(model(&written), model(&spec.replace("KEY", "")), "{written}");
            defaults += 1;
        }
    }
    assert!(defaults > 15, "{defaults}");
}
