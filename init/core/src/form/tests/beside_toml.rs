//! The reader and the printer, beside the `toml` crate.

use alloc::{string::String, vec::Vec};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{
    corpus::{NOT_HERE, PARTS, READ, REFUSED},
    tree,
};
use crate::form::{
    Kind, Value, printer,
    tree::{Entry, Table},
};

/// In the order in which the printer has it.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.kind {
            Kind::Text(text) => text.serialize(serializer),
            Kind::Number(number) => number.serialize(serializer),
            Kind::Flag(flag) => flag.serialize(serializer),
            Kind::List(items) => items.serialize(serializer),
            Kind::Table(table) => {
                let mut entries: Vec<(&String, &Entry)> = table.entries.iter().collect();
                entries.sort_by_key(|(_, entry)| entry.at);
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, entry) in entries {
                    map.serialize_entry(key, &entry.value)?;
                }
                map.end()
            }
        }
    }
}

fn same(ours: &Value, theirs: &toml::Value) -> bool {
    match (&ours.kind, theirs) {
        (Kind::Text(ours), toml::Value::String(theirs)) => ours == theirs,
        (Kind::Number(ours), toml::Value::Integer(theirs)) => i64::try_from(*ours) == Ok(*theirs),
        (Kind::Flag(ours), toml::Value::Boolean(theirs)) => ours == theirs,
        (Kind::List(ours), toml::Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
        }
        (Kind::Table(ours), toml::Value::Table(theirs)) => {
            ours.entries.len() == theirs.len()
                && ours
                    .entries
                    .iter()
                    .all(|(key, entry)| theirs.get(key).is_some_and(|value| same(&entry.value, value)))
        }
        _ => false,
    }
}

/// What we read, `toml` reads as the same. Whether we did.
fn is_read(text: &str) -> bool {
    match (tree(text), toml::from_str::<toml::Table>(text)) {
        (Ok(ours), Ok(theirs)) => {
            assert!(same(&ours, &toml::Value::Table(theirs)), "{text}");
            true
        }
        (Ok(_), Err(error)) => {
            assert!(
                error.message().contains("out of range") || error.message().contains("too large"),
                "{text:?}: {error}"
            );
            false
        }
        (Err(_), _) => false,
    }
}

#[test]
fn what_is_read_is_what_toml_says() {
    for text in READ {
        assert!(is_read(text), "{text}: {:?} {:?}", tree(text), toml::from_str::<toml::Table>(text).err());
    }
    for text in REFUSED {
        assert!(tree(text).is_err() && toml::from_str::<toml::Table>(text).is_err(), "{text}");
    }
    for (text, said) in NOT_HERE {
        assert!(toml::from_str::<toml::Table>(text).is_ok(), "{text}");
        assert!(tree(text).unwrap_err().starts_with(said), "{:?}", tree(text));
    }
}

/// Numbers that look like chance, the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap().checked_rem(end).unwrap()
    }

    fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
}

#[test]
fn mutated_documents_are_read_as_toml_reads_them() {
    let mut chance = Chance(1);
    let mut read = 0;
    for _ in 0..MUTATIONS {
        let mut text: Vec<char> = chance.of(READ).chars().collect();
        for _ in 0..=chance.below(4) {
            let at = chance.below(text.len() + 1);
            let end = (at + chance.below(4)).min(text.len());
            text.splice(at..end, chance.of(PARTS).chars());
        }
        read += usize::from(is_read(&String::from_iter(text)));
    }
    assert!(read > MUTATIONS / 20, "{read}");
}

const MUTATIONS: usize = 20_000;

fn word(chance: &mut Chance) -> String {
    let letters = [
        "a", "B", "-", "_", "1", " ", ".", "/", "é", "\"", "\"\"", "\"\"\"", "'", "'''", "\\", "\n", "\t", "\r",
        "\u{1b}", "\u{7f}",
    ];
    let length = chance.below(6);
    // Rare letters would be in nearly every word.
    let kinds = if chance.below(2) == 0 { 8 } else { letters.len() };
    (0..length).map(|_| letters[chance.below(kinds)]).collect()
}

fn chance_value(chance: &mut Chance, depth: usize) -> Kind {
    let Some(deeper) = depth.checked_sub(1) else { return Kind::Text(word(chance)) };
    match chance.below(8) {
        0 => Kind::Number(u64::try_from(chance.below(1000)).unwrap()),
        1 => Kind::Flag(chance.below(2) == 0),
        2 => Kind::List((0..chance.below(3)).map(|_| Value::new(Kind::Text(word(chance)))).collect()),
        3 | 4 => Kind::Text(word(chance)),
        5 => Kind::List((0..=chance.below(2)).map(|_| Value::new(chance_table(chance, deeper))).collect()),
        _ => chance_table(chance, deeper),
    }
}

fn chance_table(chance: &mut Chance, depth: usize) -> Kind {
    let mut table = Table::default();
    for _ in 0..chance.below(4) {
        let (key, value) = (word(chance), chance_value(chance, depth));
        if !table.entries.contains_key(&key) {
            table.push(&key, Value::new(value));
        }
    }
    Kind::Table(table)
}

#[test]
fn trees_are_written_as_toml_writes_them() {
    let mut chance = Chance(2);
    for _ in 0..MUTATIONS / 10 {
        let tree = Value::new(chance_table(&mut chance, 4));
        let text = printer::shown(&tree);
        assert_eq!(text, toml::to_string(&tree).unwrap());
        assert!(is_read(&text), "{text}");
    }
}
