//! From a tree to text.

use alloc::{format, string::String, vec::Vec};
use core::fmt::Write as _;

use super::{
    Kind, Value,
    tree::{Entry, Table},
};

/// The text of a document.
pub fn shown(document: &Value) -> String {
    let mut text = String::new();
    if let Kind::Table(table) = &document.kind {
        section(table, "", "", &mut text);
    }
    text
}

/// A table under its header: first the values, which belong to the header above them, then the tables in it. A table that
/// is nothing but tables needs no header; one of a list always does.
fn section(table: &Table, path: &str, header: &str, text: &mut String) {
    let mut entries: Vec<(&String, &Entry)> = table.entries.iter().collect();
    entries.sort_by_key(|(_, entry)| entry.at);
    let (tables, values): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(_, entry)| is_section(&entry.value));
    if !header.is_empty() && (!values.is_empty() || tables.is_empty() || header.starts_with("[[")) {
        let separator = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{separator}{header}");
    }
    for (key, entry) in values {
        push_key(key, text);
        text.push_str(" = ");
        push_value(&entry.value, text);
        text.push('\n');
    }
    for (key, entry) in tables {
        let mut path = String::from(path);
        if !path.is_empty() {
            path.push('.');
        }
        push_key(key, &mut path);
        match &entry.value.kind {
            Kind::Table(table) => section(table, &path, &format!("[{path}]"), text),
            Kind::List(items) => {
                for item in items {
                    if let Kind::Table(table) = &item.kind {
                        section(table, &path, &format!("[[{path}]]"), text);
                    }
                }
            }
            Kind::Text(_) | Kind::Number(_) | Kind::Flag(_) => {}
        }
    }
}

/// Whether it is written under a header of its own.
fn is_section(value: &Value) -> bool {
    match &value.kind {
        Kind::Table(_) => true,
        Kind::List(items) => items.first().is_some_and(is_section),
        Kind::Text(_) | Kind::Number(_) | Kind::Flag(_) => false,
    }
}

fn push_key(key: &str, text: &mut String) {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !key.is_empty() && key.bytes().all(is_bare) {
        text.push_str(key);
    } else if key.contains(['"', '\\']) && !key.contains('\'') && !has_control(key) && !key.contains('\n') {
        let _ = write!(text, "'{key}'");
    } else {
        push_quoted(key, text);
    }
}

fn push_value(value: &Value, text: &mut String) {
    match &value.kind {
        Kind::Text(value) => push_text(value, text),
        Kind::Number(number) => {
            let _ = write!(text, "{number}");
        }
        Kind::Flag(flag) => {
            let _ = write!(text, "{flag}");
        }
        Kind::List(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { ", " });
                push_value(item, text);
            }
            text.push(']');
        }
        // Tables are sections, and no list in a config has both.
        Kind::Table(_) => {}
    }
}

/// In the quotes that need the fewest escapes.
fn push_text(value: &str, text: &mut String) {
    let has_control = has_control(value);
    let has_lines = value.contains('\n');
    let is_plain = !has_control && !value.contains('\\');
    if is_plain && !has_lines && !value.contains('"') {
        push_quoted(value, text);
    } else if !has_control && !has_lines && !value.contains('\'') {
        let _ = write!(text, "'{value}'");
    } else if is_plain && !value.contains("\"\"\"") {
        push_long(value, text);
    } else if !has_control && !value.contains("'''") {
        let _ = write!(text, "'''{}{value}'''", if has_lines { "\n" } else { "" });
    } else if has_lines {
        push_long(value, text);
    } else {
        push_quoted(value, text);
    }
}

/// What can stand in no quotes but as an escape.
fn has_control(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n'))
}

fn push_quoted(value: &str, text: &mut String) {
    text.push('"');
    push_escaped(value, 0, text);
    text.push('"');
}

fn push_long(value: &str, text: &mut String) {
    text.push_str(if value.contains('\n') { "\"\"\"\n" } else { "\"\"\"" });
    push_escaped(value, 2, text);
    text.push_str("\"\"\"");
}

/// Quotes of which this many may stand side by side; lines end where they end if any may.
fn push_escaped(value: &str, quotes: usize, text: &mut String) {
    let mut side_by_side = 0_usize;
    for c in value.chars() {
        side_by_side = if c == '"' { side_by_side.saturating_add(1) } else { 0 };
        let is_plain = match c {
            '"' => side_by_side <= quotes,
            '\n' => quotes > 0,
            '\\' => false,
            _ => !c.is_ascii_control(),
        };
        if is_plain {
            text.push(c);
            continue;
        }
        side_by_side = 0;
        let _ = match c {
            '\u{8}' => text.write_str("\\b"),
            '\t' => text.write_str("\\t"),
            '\n' => text.write_str("\\n"),
            '\u{c}' => text.write_str("\\f"),
            '\r' => text.write_str("\\r"),
            '"' | '\\' => write!(text, "\\{c}"),
            _ => write!(text, "\\u{:04X}", u32::from(c)),
        };
    }
}
