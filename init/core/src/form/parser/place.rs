//! Where a key belongs, and what may be added to which table.

use alloc::{collections::btree_map, string::ToString as _, vec::Vec};

use crate::form::{
    Kind, Value,
    scanner::{Key, Wrong},
    tree::{Entry, Origin, Table},
};

/// A table on a header's way.
pub fn inner(table: &mut Table, key: Key) -> Result<&mut Table, Wrong> {
    let at = key.at;
    let kind = match &mut entry(table, key, Origin::Implied).value.kind {
        Kind::List(items) => items.last_mut().map(|item| &mut item.kind),
        kind @ (Kind::Text(_) | Kind::Number(_) | Kind::Flag(_) | Kind::Table(_)) => Some(kind),
    };
    match kind {
        Some(Kind::Table(table)) if table.origin != Origin::Braces => Ok(table),
        _ => Err(closed(at)),
    }
}

/// A table on a dotted key's way: only dotted keys can add to it.
pub fn dotted(table: &mut Table, key: Key) -> Result<&mut Table, Wrong> {
    let at = key.at;
    match &mut entry(table, key, Origin::Dotted).value.kind {
        Kind::Table(table) if table.origin == Origin::Dotted => Ok(table),
        Kind::Text(_) | Kind::Number(_) | Kind::Flag(_) | Kind::List(_) | Kind::Table(_) => Err(closed(at)),
    }
}

/// The table of a `[header]`.
pub fn open(table: &mut Table, key: Key, at: usize) -> Result<&mut Table, Wrong> {
    let place = key.at;
    let value = &mut entry(table, key, Origin::Implied).value;
    match &mut value.kind {
        Kind::Table(table) if table.origin == Origin::Implied => {
            value.at = at;
            table.origin = Origin::Header;
            Ok(table)
        }
        Kind::Text(_) | Kind::Number(_) | Kind::Flag(_) | Kind::List(_) | Kind::Table(_) => Err(twice(place)),
    }
}

/// The new table of a `[[header]]`.
pub fn add_to_list(table: &mut Table, key: Key, at: usize) -> Result<&mut Table, Wrong> {
    let place = table.entries.entry(key.text);
    let is_new = matches!(place, btree_map::Entry::Vacant(_));
    let list = || Entry { at: key.at, value: Value { at, kind: Kind::List(Vec::new()) } };
    let Kind::List(items) = &mut place.or_insert_with(list).value.kind else { return Err(twice(key.at)) };
    let is_header = |item: &Value| matches!(&item.kind, Kind::Table(table) if table.origin == Origin::Header);
    if !is_new && !items.last().is_some_and(is_header) {
        return Err(twice(key.at));
    }
    items.push(Value { at, kind: Kind::Table(Table::default()) });
    match items.last_mut().map(|item| &mut item.kind) {
        Some(Kind::Table(table)) => Ok(table),
        _ => Err(twice(key.at)),
    }
}

/// What is there, or else a new table.
fn entry(table: &mut Table, key: Key, origin: Origin) -> &mut Entry {
    let at = key.at;
    let new = || Entry { at, value: Value { at, kind: Kind::Table(Table::of(origin)) } };
    table.entries.entry(key.text).or_insert_with(new)
}

pub fn twice(at: usize) -> Wrong {
    (at, "this is here a second time".to_string())
}

fn closed(at: usize) -> Wrong {
    (at, "this is here already, and nothing can be added to it".to_string())
}
