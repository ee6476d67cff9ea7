//! The reader and the writer, beside the `toml` crate.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{
    Kind, Problems, Value, parser, printer, read,
    tree::{Entry, Table},
    write,
};
use crate::Config;

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

fn tree(text: &str) -> Result<Value, String> {
    let mut problems = Problems::default();
    parser::parse(text, &mut problems).ok_or_else(|| problems.shown(text)[0].to_string())
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

const READ: &[&str] = &[
    "",
    "# only a comment, without an end",
    "a = 1 # behind\r\n\tb\t=\t'x'\t\r\n\n",
    "a = 0\nb = -0\nc = +7\nd = 1_000\ne = 9223372036854775807\nf = true\ng = false",
    r#"a = "\b\t\n\f\r\e\"\\\x41\u00e9\U0001F600 é""#,
    "a = '\\ \"'\nb = \"'\"\n\"c d\" = 1\n'e\"' = 2\n\"\" = 3\n1 = 4\n-_ = 5",
    "a = \"\"\"\n one\n two \\\n   \n   three \"\" \"\"\"\"\"\nb = '''\nx'y\\\n'''\nc = ''''''\nd = \"\"\"\"\"\"\ne = '''''x'''''",
    "a = \"\"\"\r\nx\r\ny\"\"\"",
    "a = [1, [2, 'x'], [], {}, { b = 1, c.d = 2 },]\nb = [ # comment\n 1 # another\n , # and\n 2,\n]",
    "a = { b = 1,\n c = { d = [] }, # comment\n}",
    "a.b.c = 1\na.b.d = 2\na . e = 3\n\"a\".'f' = 4",
    "[a]\nb = 1\n[a.c]\n[ a . d . e ] # comment\nx = 1\n[a.d]\ny = 2",
    "[[a]]\n[[a]]\nx = 1\n[[a.b]]\n[a.b.c]\ny = 1\n[[a.b]]\n[a.d]",
    "a.b = 1\n[a.c]\nx = 1",
    "[a.b.c]\nx = 1\n[a]\ny = 2",
];

const REFUSED: &[&str] = &[
    "a",
    "a =",
    "= 1",
    "a = 1 b = 2",
    "a = 1\na = 2",
    "a = 1\n'a' = 2",
    "a.b = 1\na = 2",
    "a = 1\na.b = 2",
    "a = {}\na.b = 1",
    "a = {}\n[a]",
    "a = {}\n[a.b]",
    "a = []\n[[a]]",
    "a = [{}]\n[[a]]",
    "a = [{}]\n[a.b]",
    "[a]\n[a]",
    "[a]\n[[a]]",
    "[[a]]\n[a]",
    "[a.b]\n[[a]]",
    "[a.b.c]\nx = 1\n[a]\nb.c.d = 1",
    "[a.b]\n[a]\nb.x = 1",
    "a.b = 1\n[a]",
    "[a]\nb.c = 1\n[a.b]",
    "[]",
    "[a",
    "[a]]",
    "[[a]",
    "[a.]",
    "[.a]",
    "[a] b = 1",
    "a. = 1",
    "a = [1 2]",
    "a = [,]",
    "a = [1,,2]",
    "a = [",
    "a = {",
    "a = { b }",
    "a = { b = 1 c = 2 }",
    "a = \"x",
    "a = \"x\ny\"",
    "a = 'x",
    "a = 'x\n'",
    "a = \"\"\"x\"\"",
    "a = \"\"\"x\"\"\"\"\"\"",
    "a = '''x",
    r#"a = "\q""#,
    r#"a = "\u12""#,
    r#"a = "\ud800""#,
    r#"a = "\U00110000""#,
    r#"a = "\x+1""#,
    r#"a = "\"#,
    "a = \"\u{1}\"",
    "a = '\u{7f}'",
    "a = 1 # \u{0}",
    "a = 1\r",
    "a = \"\"\"x\ry\"\"\"",
    "a = \"\"\"x \\ y\"\"\"",
    "a = 01",
    "a = 1__0",
    "a = _1",
    "a = 1_",
    "a = +",
    "a = --1",
    "a = True",
    "a = x",
    "é = 1",
    "\"\"\"a\"\"\" = 1",
    "a = 99999999999999999999",
    "a b = 1",
];

/// TOML, but no value of a config: its place, and what is said.
const NOT_HERE: &[(&str, &str)] = &[
    ("a = 1.5", ":1:5: `1.5` is not a whole number"),
    ("\n  a = 1e3", ":2:7: `1e3` is not a whole number"),
    ("a = 0x1F", ":1:5: `0x1F` is not a whole number"),
    ("a = 2020-01-02T03:04:05Z", ":1:5: `2020-01-02T03:04:05Z` is not a whole number in decimal digits"),
    ("a = 07:30:00", ":1:5: `07:30:00` is not a whole number"),
    ("a = -1", ":1:5: `-1` is below 0"),
    ("a = inf", ":1:5: `inf` is no value"),
];

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

#[test]
fn depth_is_bounded() {
    for (begin, end) in [("[", "]"), ("{ a = ", "}"), ("[{ a.b = ", "}]")] {
        let deep = |depth| format!("a = {}1{}", begin.repeat(depth), end.repeat(depth));
        assert!(is_read(&deep(7)));
        assert!(tree(&deep(1_000_000)).unwrap_err().contains("more than 16"));
        assert!(tree(&format!("a = {}", begin.repeat(1_000_000))).unwrap_err().contains("more than 16"));
    }
    assert!(tree(&format!("{}a = 1", "a.".repeat(1_000_000))).unwrap_err().contains("more than 16"));
    assert!(tree(&format!("[{}a]", "a.".repeat(1_000_000))).unwrap_err().contains("more than 16"));
}

/// Numbers that look like chance, the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }
}

const PARTS: &[&str] = &[
    "a",
    "b",
    "é",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\"",
    "\"\"\"",
    "'",
    "'''",
    "\\",
    "\\u00e9",
    "#",
    "=",
    ".",
    ",",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "0",
    "-1",
    "1.5",
    "true",
    "\u{1}",
    "[a]\n",
    "[[b]]\n",
    "a = 1\n",
    "a.b = ",
    "{ a = 1 }",
    "\u{feff}",
];

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
    match chance.below(if depth == 0 { 5 } else { 8 }) {
        0 => Kind::Number(u64::try_from(chance.below(1000)).unwrap()),
        1 => Kind::Flag(chance.below(2) == 0),
        2 => Kind::List((0..chance.below(3)).map(|_| Value::new(Kind::Text(word(chance)))).collect()),
        3 | 4 => Kind::Text(word(chance)),
        5 => Kind::List((0..=chance.below(2)).map(|_| Value::new(chance_table(chance, depth - 1))).collect()),
        _ => chance_table(chance, depth - 1),
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

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let text = "version = 1\nstop-signal = \"SIGTREM\"\ngrace-preiod = \"10s\"\nleftover-timeout = 5\n\n\
        [[service]]\nname = \"web\"\ncommand = \"httpd\"\nstop-signal = \"SIGTERM\"\n  kill-mode = \"grup\"\n\n\
        [service.execution]\nwork = \"/\"\n\n[signals]\nHUP = \"drop\"\nSIGHUP = 'drop'\nx = { ttty = \"drop\" }\n";
    let problems = read::<Config>(text).unwrap_err();
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let expected = [
        ":2:15: `SIGTREM` is not a signal\n  stop-signal = \"SIGTREM\"\n                ^",
        ":4:20: expected a duration, such as \"1m30s\", found a number\n  leftover-timeout = 5\n                     ^",
        ":17:1: `SIGHUP` is here twice, by two names\n  SIGHUP = 'drop'\n  ^",
        ":18:7: there is no key `ttty` here: did you mean `tty`?\n  x = { ttty = \"drop\" }\n        ^",
        ":18:1: `x` is not a signal\n  x = { ttty = \"drop\" }\n  ^",
        ":8:11: expected a list, found \"httpd\"\n  command = \"httpd\"\n            ^",
        ":10:15: expected one of \"mixed\", \"process\", \"group\", found \"grup\"\n    kill-mode = \"grup\"\n                ^",
        ":13:1: there is no key `work` here: the keys are `user`, `group`, `supplementary-groups`, `working-dir`, `umask`, \
            `no-new-privs`, `parent-death-signal`, `session`, `limits`\n  work = \"/\"\n  ^",
        ":3:1: there is no key `grace-preiod` here: did you mean `grace-period`?\n  grace-preiod = \"10s\"\n  ^",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn problems_are_bounded() {
    let text: String = (0..100_000).map(|at| format!("x{at} = 1\n")).collect();
    let problems = read::<Config>(&text).unwrap_err();
    assert_eq!(problems.len(), 21);
    assert_eq!(problems[20].to_string(), ": and 99984 more");
    let long = format!("a = [{}x", "1, ".repeat(100_000));
    let shown = tree(&long).unwrap_err();
    assert!(shown.starts_with(":1:300006: `x` is no value"), "{shown}");
    assert!(shown.len() < 500, "{shown}");
    assert!(shown.ends_with(&format!("\n  {}^", " ".repeat(100))), "{shown}");
}

#[test]
fn what_is_missing_is_told_where_it_should_be() {
    let problems = read::<Config>("[[service]]\nname = 'web'\n[[hook]]\npoint = 'pre-stop'\n").unwrap_err();
    let shown: Vec<String> =
        problems.iter().map(|problem| problem.to_string().lines().next().unwrap_or_default().to_string()).collect();
    let expected = vec![
        ":1:1: `command` is missing",
        ":1:1: `stop-signal` is missing",
        ":3:1: `command` is missing",
        ":3:1: `on-failure` is missing",
        ":1:1: `version` is missing",
        ":1:1: `grace-period` is missing",
        ":1:1: `leftover-timeout` is missing",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn what_is_as_in_a_blank_is_not_written() {
    let config = Config::plain();
    let text = write(&config);
    let expected = "version = 1\nstop-signal = \"SIGTERM\"\ngrace-period = \"10s\"\nleftover-timeout = \"500ms\"\n\n\
        [[service]]\nname = \"main\"\nmain = true\ncommand = []\nstop-signal = \"SIGTERM\"\n";
    assert_eq!(text, expected);
    assert_eq!(read(&text), Ok(config));
}
