//! What is not TOML, in words for somebody who does not know TOML: the parser goes on after an error, and much of what
//! it says then follows from the first.

use std::{collections::BTreeMap, ops::Range};

use toml::de::{DeTable, DeValue, Error};

use super::{Problems, value::entries};
use crate::{diagnostic::Diagnostic, suggest::quoted};

const VALUE: [&str; 4] = ["string values must be quoted", "invalid boolean", "invalid float", "invalid integer"];

/// What is said of the lines after an array or a table that is not closed.
const SPILL: [&str; 9] = [
    VALUE[0],
    VALUE[1],
    VALUE[2],
    VALUE[3],
    "missing comma between array elements",
    "missing comma between key-value pairs",
    "unexpected `=` in array",
    "missing assignment between key-value pairs",
    "invalid basic string",
];

const LINES: &str = "a line is `key = value`, a header such as `[service.web]`, or a comment, `# …`";

const IN_BRACES: &str = "in braces each key has a value, `{ required = true }`; an array has brackets, `[\"httpd\"]`";

/// An error of the parser: what it says before `, expected`, and where.
struct Fault<'a> {
    what: &'a str,
    span: Range<usize>,
    line: usize,
}

/// The text, and where its lines begin and its headers and keys stand.
struct Document<'a> {
    text: &'a str,
    lines: Vec<usize>,
    /// By what is between the brackets, the first of each.
    headers: BTreeMap<&'a str, Range<usize>>,
    keys: BTreeMap<&'a str, Vec<Range<usize>>>,
}

/// The errors that somebody can act on.
pub fn explain(errors: &[Error], parsed: &DeTable, text: &str) -> Problems {
    let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at.saturating_add(1))).collect();
    let mut document = Document { text, lines, headers: BTreeMap::new(), keys: BTreeMap::new() };
    for start in &document.lines {
        let line = text.get(*start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        if let Some(name) = header(line) {
            document.headers.entry(name).or_insert(*start..start.saturating_add(line.len()));
        }
    }
    index(parsed, text, &mut document.keys);
    for places in document.keys.values_mut() {
        places.sort_by_key(|place| place.start);
    }
    let mut faults: Vec<Fault> = errors.iter().map(|error| document.fault(error)).collect();
    faults.sort_by_key(|fault| fault.span.start);

    let mut problems = Problems::new();
    let mut said: Option<&Fault> = None;
    let mut rest = faults.as_slice();
    while let Some((fault, after)) = rest.split_first() {
        let follows = match said {
            Some(said) if said.line == fault.line => !(VALUE.contains(&said.what) && VALUE.contains(&fault.what)),
            // The keys of a table that is there twice are there twice because of that.
            Some(said) => {
                said.what == "duplicate key"
                    && fault.what == said.what
                    && document.is_header(said.line)
                    && !(said.line.saturating_add(1)..=fault.line).any(|line| document.is_header(line))
            }
            None => false,
        };
        rest = after;
        if follows {
            continue;
        }
        // An array that is not closed goes on over the next lines, and that is said last.
        let spilt = rest.iter().take_while(|next| SPILL.contains(&next.what)).count();
        let end = rest.get(spilt).filter(|end| end.what.starts_with("unclosed array") || is_unclosed_inline(end));
        if let Some(end) = end.filter(|end| end.what != "unclosed array table" && SPILL.contains(&fault.what)) {
            problems.push(document.unclosed(fault, end));
            said = Some(end);
            rest = rest.get(spilt.saturating_add(1)..).unwrap_or_default();
            continue;
        }
        problems.push(document.explain(fault));
        said = Some(fault);
    }
    problems
}

/// What is between the brackets of a header.
fn header(line: &str) -> Option<&str> {
    let line = line.trim();
    line.starts_with('[').then(|| line.trim_matches(['[', ']', ' ', '\t']))
}

fn is_unclosed_inline(fault: &Fault) -> bool {
    fault.what == "unclosed inline table"
}

fn index<'a>(table: &DeTable, text: &'a str, keys: &mut BTreeMap<&'a str, Vec<Range<usize>>>) {
    for (key, value) in entries(table) {
        if let Some(name) = text.get(key.span()) {
            keys.entry(name).or_default().push(key.span());
        }
        index_value(value.get_ref(), text, keys);
    }
}

fn index_value<'a>(value: &DeValue, text: &'a str, keys: &mut BTreeMap<&'a str, Vec<Range<usize>>>) {
    match value {
        DeValue::Table(table) => index(table, text, keys),
        DeValue::Array(items) => items.iter().for_each(|item| index_value(item.get_ref(), text, keys)),
        DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
    }
}

impl Document<'_> {
    fn fault<'e>(&self, error: &'e Error) -> Fault<'e> {
        // For a key with a hundred dots the parser has no place.
        let span = error.span().unwrap_or_else(|| self.most_dots());
        let what = error.message().split(", expected ").next().unwrap_or_default();
        let line = self.lines.partition_point(|start| *start <= span.start).saturating_sub(1);
        Fault { what, span, line }
    }

    /// The first line that has the most dots.
    fn most_dots(&self) -> Range<usize> {
        let ends = self.lines.iter().skip(1).copied().chain([self.text.len()]);
        let lines = self.lines.iter().zip(ends).map(|(start, end)| *start..end);
        let dots = |line: &Range<usize>| self.text.get(line.clone()).map_or(0, |line| line.matches('.').count());
        let longest = lines.min_by_key(|line| std::cmp::Reverse(dots(line))).unwrap_or_default();
        let line = self.text.get(longest.clone()).unwrap_or_default();
        longest.start..longest.start.saturating_add(line.trim_end().len())
    }

    /// The line before and after a point of it.
    fn around(&self, fault: &Fault) -> (&str, &str) {
        let start = self.lines.get(fault.line).copied().unwrap_or_default();
        let before = self.text.get(start..fault.span.start).unwrap_or_default();
        let after = self.text.get(fault.span.start..).unwrap_or_default().lines().next().unwrap_or_default();
        (before, after)
    }

    fn is_header(&self, line: usize) -> bool {
        let start = self.lines.get(line).copied().unwrap_or_default();
        self.text.get(start..).is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with('['))
    }

    /// What is not closed, where the first thing stands that does not belong to it.
    fn unclosed(&self, fault: &Fault, end: &Fault) -> Diagnostic {
        let (before, _) = self.around(fault);
        if fault.what == "invalid basic string" || !before.trim().is_empty() {
            return self.explain(fault);
        }
        let (what, bracket) = if is_unclosed_inline(end) { ("table", '}') } else { ("array", ']') };
        Diagnostic::new(fault.span.clone(), format!("the {what} before this line is not closed"))
            .help(format!("it ends with `{bracket}`"))
    }

    fn explain(&self, fault: &Fault) -> Diagnostic {
        let (before, after) = self.around(fault);
        let found = self.text.get(fault.span.clone()).unwrap_or_default();
        let character = after.chars().next();
        let (message, help): (String, String) = match fault.what {
            what if VALUE.contains(&what) => value(found),
            "duplicate key" => return self.duplicate(fault, found, before),
            "key with no value" => ("`=` is missing".into(), joined(before, after)),
            "invalid unquoted key" => match character {
                Some(':') => ("`=` is missing".into(), joined(before, after)),
                Some('/' | ';') => (format!("a key cannot have {}", quoted(found)), "comments begin with `#`".into()),
                _ => (
                    format!("a key cannot have {}", quoted(found)),
                    "letters, digits, `_` and `-`; any other key is written in quotes".into(),
                ),
            },
            "invalid key-value pair" if matches!(character, Some('{' | '}')) => (
                format!("a line cannot begin with `{}`", character.unwrap_or_default()),
                "a spec is TOML, not JSON: `version = 1`".into(),
            ),
            "unclosed table" => {
                ("the header is not closed".into(), "names and dots between brackets: `[service.web]`".into())
            }
            "unclosed array table" => {
                ("the header is not closed".into(), "two brackets on both sides: `[[hook.pre-stop]]`".into())
            }
            "unexpected key or value" => ("the line must end here".into(), too_much(before, after)),
            what if what.starts_with("invalid ") && what.ends_with(" string") => return self.string(fault, character),
            "too few unicode value digits" | "missing escaped value" | "invalid value" | "invalid escape" => (
                "invalid escape".into(),
                "a backslash is written `\\\\`, or the whole string in single quotes; what begins with `\\u` has four \
                 hexadecimal digits"
                    .into(),
            ),
            "extra `=`" => ("one `=` too many".into(), "one between a key and its value".into()),
            "missing comma between array elements" | "missing comma between key-value pairs" => {
                ("a comma is missing".into(), "one between each two: `[\"httpd\", \"-DFOREGROUND\"]`".into())
            }
            "extra comma in array" => ("one comma too many".into(), "one between each two".into()),
            "unclosed array" => ("the array is not closed".into(), "it ends with `]`".into()),
            "unclosed inline table" => ("the table is not closed".into(), "it ends with `}`".into()),
            "carriage return must be followed by newline" => {
                ("a carriage return within a line".into(), "lines end with a newline, or with both".into())
            }
            "unexpected leading zero" => {
                ("a number cannot begin with 0".into(), "without the zeros, or in quotes".into())
            }
            "cannot recurse further; max recursion depth met" | "recursion limit" => {
                ("nested too deeply".into(), "nothing in a spec is nested more than three times".into())
            }
            "missing opening quote" if character == Some('(') => {
                ("parentheses have no meaning".into(), "an array has brackets: `[\"httpd\"]`".into())
            }
            "missing opening quote" => ("the string is not opened".into(), "it begins with `\"`, too".into()),
            "unexpected `=` in array" => {
                ("an array before this is not closed".into(), "it ends with `]`, and has no keys".into())
            }
            "missing table open" | "missing array opening" | "missing inline table opening" => {
                ("nothing is open that this could close".into(), "take it out, or write what opens it".into())
            }
            "missing key for inline table element"
            | "missing assignment between key-value pairs"
            | "extra comma in inline table"
            | "invalid inline table element"
            | "missing value for key" => ("a key and its value are missing".into(), IN_BRACES.into()),
            "keys cannot be multi-line basic strings" | "keys cannot be multi-line literal strings" => {
                ("a key cannot be of several lines".into(), "a key in quotes has one on each side".into())
            }
            "invalid mantissa"
            | "invalid fraction"
            | "invalid exponent"
            | "invalid date"
            | "invalid time"
            | "invalid date-time"
            | "invalid hexadecimal number"
            | "`_` may only go between digits" => {
                ("neither a number nor a date".into(), "a string is written in quotes".into())
            }
            "unquoted keys cannot be empty" if character == Some('=') => {
                ("the key is missing".into(), "it stands in front of the `=`".into())
            }
            "unquoted keys cannot be empty" => {
                ("a name is missing".into(), "names are joined by single dots: `[service.web]`".into())
            }
            what => {
                let Some(kind) = what
                    .strip_prefix("cannot extend value of type ")
                    .and_then(|rest| rest.strip_suffix(" with a dotted key"))
                else {
                    return Diagnostic::new(fault.span.clone(), what).help(LINES);
                };
                let article = if kind.starts_with(['a', 'i']) { "an" } else { "a" };
                let problem = Diagnostic::new(
                    fault.span.clone(),
                    format!("{} is {article} {kind}, to which nothing can be added here", quoted(found)),
                );
                return self.first(problem, fault, found).help("all of it in one place, such as below `[service.web]`");
            }
        };
        Diagnostic::new(fault.span.clone(), message).help(help)
    }

    /// A string that is not closed, or has what no string has.
    fn string(&self, fault: &Fault, character: Option<char>) -> Diagnostic {
        if let Some(control) = character.filter(|character| character.is_control() && !"\r\n".contains(*character)) {
            return Diagnostic::new(fault.span.clone(), "a control character in a string")
                .help(format!("in double quotes it is written `\\u{:04X}`", u32::from(control)));
        }
        if fault.what == "invalid literal string" && !self.around(fault).0.contains('\'') {
            return Diagnostic::new(fault.span.clone(), "the value is missing").help(IN_BRACES);
        }
        let quotes = match fault.what {
            "invalid basic string" => "\"",
            "invalid literal string" => "'",
            "invalid multi-line basic string" => "\"\"\"",
            _ => "'''",
        };
        if quotes.len() == 1 {
            return Diagnostic::new(fault.span.clone(), "the string is not closed").help(format!(
                "it ends with `{quotes}` on its line; a string of several lines is written in `\"\"\"`"
            ));
        }
        let opening = self.text.get(..fault.span.start).and_then(|before| before.rfind(quotes));
        let span = opening.map_or(fault.span.clone(), |at| at..at.saturating_add(quotes.len()));
        Diagnostic::new(span, "the string is not closed").help(format!("it ends with `{quotes}`"))
    }

    fn duplicate(&self, fault: &Fault, found: &str, before: &str) -> Diagnostic {
        let (_, after) = self.around(fault);
        let line = format!("{before}{after}");
        let Some(name) = header(&line) else {
            let problem = Diagnostic::new(fault.span.clone(), format!("{} is written twice", quoted(found)));
            return self.first(problem, fault, found).help("keep one of them");
        };
        let help = if name.starts_with("hook.") {
            format!("several hooks are written with two brackets each: `[[{name}]]`")
        } else {
            "all keys of a table stand below one header".to_string()
        };
        let problem =
            Diagnostic::new(fault.span.clone(), format!("{} is written twice", quoted(line.trim()))).help(help);
        match self.headers.get(name).filter(|first| first.end <= fault.span.start) {
            Some(first) => problem.related(first.clone(), "the first time"),
            None => self.first(problem, fault, found),
        }
    }

    /// Adds where the key is written for the first time.
    fn first(&self, problem: Diagnostic, fault: &Fault, found: &str) -> Diagnostic {
        let places = self.keys.get(found).map(Vec::as_slice).unwrap_or_default();
        let before = places.partition_point(|place| place.start < fault.span.start);
        match before.checked_sub(1).and_then(|last| places.get(last)) {
            Some(place) => problem.related(place.clone(), "the first time"),
            None => problem,
        }
    }
}

/// What stands where a value belongs, and what was meant.
fn value(found: &str) -> (String, String) {
    let bare = found.trim_matches(|c| "“”„‘’‚«»\"'`".contains(c));
    let help = match bare.to_lowercase().as_str() {
        "" => return ("the value is missing".into(), "it stands behind the `=`, on the same line".into()),
        "true" | "yes" | "on" => "did you mean `true`?".into(),
        "false" | "no" | "off" => "did you mean `false`?".into(),
        "null" | "nil" | "none" => "there is no such value: leave the key out".into(),
        _ => format!("strings are written in quotes: {}", quoted(&format!("\"{bare}\""))),
    };
    (format!("{} is not a value", quoted(found)), help)
}

/// How a key and its value are joined.
fn joined(before: &str, after: &str) -> String {
    let is_plain = |key: &str| {
        !key.is_empty()
            && key.len() <= 40
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let key = before.trim().trim_end_matches(':').trim_matches('"');
    let words = after.split_once('=').map(|(words, _)| words.split_whitespace().collect::<Vec<_>>().join("-"));
    if let Some(words) = words.filter(|words| is_plain(words) && is_plain(key)) {
        return format!("a key is one word: did you mean `{key}-{words}`?");
    }
    let key = if is_plain(key) { key } else { "key" };
    format!("a key and its value are joined by `=`: `{key} = …`")
}

/// Why there is more on a line.
fn too_much(before: &str, after: &str) -> String {
    if matches!(after.trim_end(), "," | ";" | "]" | "}" | ")") {
        return format!("take out the `{}`", after.trim_end());
    }
    let help = match before.trim_end().chars().next_back() {
        Some('\'') => "a string in single quotes ends at the next one: one that has them is written in double quotes",
        Some(']') if before.trim_start().starts_with('[') => "the keys of a table stand on the lines below its header",
        _ => "one key and its value a line; a string that has quotes is written with `\\\"`",
    };
    help.into()
}
