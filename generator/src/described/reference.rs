//! The reference of a spec: every table, and every key that it can have.

use std::fmt::Write as _;

use super::{
    doc,
    examples::Examples,
    section::{Section, sections},
};
use crate::spec::{Key, Table};

const HEAD: &str = "\
# The spec, key by key

Written by `wigwag schema --format markdown`, from the definitions that a spec is read by. [spec-examples.md](spec-examples.md)
has whole specs with every key, and what a script can do; for editors there is a JSON Schema, [wigwag.schema.json](wigwag.schema.json):
`wigwag schema`.
";

/// The page, in Markdown.
pub fn text() -> String {
    let sections = sections();
    let examples = Examples::read();
    let mut page = HEAD.to_string();
    for section in &sections {
        let _ = write!(page, "\n## {}\n\n{}\n", section.heading(), introduction(section.table));
        page.push_str("\n| key | value | default | example | what it does |\n|---|---|---|---|---|\n");
        for key in (section.table.keys)() {
            page.push_str(&row(section.table, &key, &sections, &examples));
        }
    }
    page
}

fn row(table: Table, key: &Key, sections: &[Section], examples: &Examples) -> String {
    let (what, default) = doc::parts(key.doc);
    let example = examples.of(table, key.name).map(|example| format!("`{example}`")).unwrap_or_default();
    let mut value = key.expected.split(" such as ").next().unwrap_or_default().to_string();
    for section in sections.iter().filter(|section| section.is_value_of(&(key.shape)())) {
        let _ = write!(value, ", [see there](#{})", section.anchor());
    }
    let cells = [format!("`{}`", key.name), value, default, example, what];
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

fn introduction(table: Table) -> String {
    let written = match table.written {
        Some(written) if written.starts_with('`') => format!(" Written: {written}."),
        Some(written) => format!(" {}.", doc::capital(written)),
        None => String::new(),
    };
    doc::line(table.doc) + &written
}
