//! From text to a tree: keys, values and headers.

mod place;

use alloc::{collections::btree_map, format, string::String, vec::Vec};

use super::{
    Kind, Problems, Value,
    scanner::{Key, Scanner, Wrong},
    tree::{Entry, Origin, Table, quoted},
};

/// How deep lists and tables can be in each other, and how many keys a path can have.
const DEEPEST: usize = 16;

/// The whole text.
pub fn parse(text: &str, problems: &mut Problems) -> Option<Value> {
    match Parser(Scanner::new(text)).document() {
        Ok(table) => Some(Value { at: 0, kind: Kind::Table(table) }),
        Err((at, sentence)) => {
            problems.say(at, &sentence);
            None
        }
    }
}

struct Parser<'t>(Scanner<'t>);

impl Parser<'_> {
    fn document(&mut self) -> Result<Table, Wrong> {
        let mut root = Table::default();
        let mut table = &mut root;
        loop {
            self.0.lines()?;
            match self.0.peek() {
                None => return Ok(root),
                Some('[') => table = self.header(&mut root)?,
                Some(_) => self.entry(table, DEEPEST)?,
            }
            self.0.end_of_line()?;
        }
    }

    /// `[path]` or `[[path]]`: the table that it opens.
    fn header<'r>(&mut self, root: &'r mut Table) -> Result<&'r mut Table, Wrong> {
        let at = self.0.at;
        let is_list = self.0.eat("[[");
        let end = if is_list { "]]" } else { "]" };
        if !is_list {
            self.0.eat("[");
        }
        let (path, last) = self.path()?;
        if !self.0.eat(end) {
            return self.0.expected(&format!("`{end}`"));
        }
        let mut table = root;
        for key in path {
            table = place::inner(table, key)?;
        }
        if is_list { place::add_to_list(table, last, at) } else { place::open(table, last, at) }
    }

    /// `path = value`
    fn entry(&mut self, table: &mut Table, deepest: usize) -> Result<(), Wrong> {
        let (path, last) = self.path()?;
        if !self.0.eat("=") {
            return self.0.expected("`=`");
        }
        self.0.blanks();
        let value = self.value(deepest)?;
        let mut table = table;
        for key in path {
            table = place::dotted(table, key)?;
        }
        match table.entries.entry(last.text) {
            btree_map::Entry::Occupied(_) => Err(place::twice(last.at)),
            btree_map::Entry::Vacant(entry) => {
                entry.insert(Entry { at: last.at, value });
                Ok(())
            }
        }
    }

    /// The last key of a path, and those before it.
    fn path(&mut self) -> Result<(Vec<Key>, Key), Wrong> {
        let at = self.0.at;
        let mut path = self.0.path()?;
        let last = path.pop().filter(|_| path.len() < DEEPEST);
        Ok((path, last.ok_or_else(|| too_deep(at))?))
    }

    fn value(&mut self, deepest: usize) -> Result<Value, Wrong> {
        let at = self.0.at;
        let Some(deepest) = deepest.checked_sub(1) else { return Err(too_deep(at)) };
        let kind = match self.0.peek() {
            Some(quote @ ('"' | '\'')) => Kind::Text(self.0.text(quote)?),
            Some('[') => self.list(deepest)?,
            Some('{') => self.braces(deepest)?,
            _ => match self.0.word() {
                "" => return self.0.expected("a value"),
                word => plain(word).map_err(|sentence| (at, sentence))?,
            },
        };
        Ok(Value { at, kind })
    }

    fn list(&mut self, deepest: usize) -> Result<Kind, Wrong> {
        let mut items = Vec::new();
        self.separated("[", "]", |parser| {
            items.push(parser.value(deepest)?);
            Ok(())
        })?;
        Ok(Kind::List(items))
    }

    fn braces(&mut self, deepest: usize) -> Result<Kind, Wrong> {
        let mut table = Table::of(Origin::Braces);
        self.separated("{", "}", |parser| parser.entry(&mut table, deepest))?;
        Ok(Kind::Table(table))
    }

    /// Items with commas between them, and maybe behind the last one.
    fn separated(
        &mut self,
        begin: &str,
        end: &str,
        mut item: impl FnMut(&mut Self) -> Result<(), Wrong>,
    ) -> Result<(), Wrong> {
        self.0.eat(begin);
        self.0.lines()?;
        while !self.0.eat(end) {
            item(self)?;
            self.0.lines()?;
            if self.0.eat(",") {
                self.0.lines()?;
            } else if self.0.peek() != end.chars().next() {
                return self.0.expected(&format!("`,` or `{end}`"));
            }
        }
        Ok(())
    }
}

fn too_deep(at: usize) -> Wrong {
    (at, format!("more than {DEEPEST} lists and tables in each other"))
}

/// `true`, `false` or a number.
fn plain(word: &str) -> Result<Kind, String> {
    match word {
        "true" => return Ok(Kind::Flag(true)),
        "false" => return Ok(Kind::Flag(false)),
        _ => {}
    }
    let shown = || quoted(word);
    let digits = word.strip_prefix(['+', '-']).unwrap_or(word);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(format!("`{}` is no value: a text stands in quotes", shown()));
    }
    let is_grouped =
        digits.split('_').all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_grouped || digits.starts_with('0') && digits != "0" {
        return Err(format!(
            "`{}` is not a whole number in decimal digits; there are no other numbers, dates or times here",
            shown()
        ));
    }
    let number = digits.replace('_', "").parse().map_err(|_| format!("`{}` is more than {}", shown(), u64::MAX))?;
    if word.starts_with('-') && number != 0 {
        return Err(format!("`{}` is below 0, as no number here can be", shown()));
    }
    Ok(Kind::Number(number))
}
