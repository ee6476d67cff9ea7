//! What the init said, as `--log-format json` has it: flat objects of strings and numbers, which need no library.

use std::collections::BTreeMap;

/// One thing that happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event(BTreeMap<String, String>);

impl Event {
    /// What a field says; nothing if it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.get(name).parse().ok()
    }

    pub fn is(&self, kind: &str) -> bool {
        self.get("event") == kind
    }

    /// Whose name is in it: `s0`, `h3`, `p1`.
    pub fn label(&self) -> &str {
        let process = self.get("process");
        let name = process.split('`').nth(1).unwrap_or_default();
        let name = name.strip_prefix("./").unwrap_or(name);
        // A probe is called after its service.
        if process.starts_with("the probe") { "probe" } else { name }
    }
}

/// The events, and the lines that are none.
pub fn parse(text: &str) -> (Vec<Event>, Vec<String>) {
    let mut others = Vec::new();
    let mut events = Vec::new();
    for line in text.lines() {
        match object(line) {
            Some(fields) => events.push(Event(fields)),
            None => others.push(line.to_string()),
        }
    }
    (events, others)
}

fn object(line: &str) -> Option<BTreeMap<String, String>> {
    let mut rest = line.strip_prefix('{')?.strip_suffix('}')?;
    let mut fields = BTreeMap::new();
    while !rest.is_empty() {
        let (name, after) = string(rest)?;
        let after = after.strip_prefix(':')?;
        let (value, after) = string(after).or_else(|| {
            let length = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            let (digits, after) = after.split_at(length);
            (length > 0).then(|| (digits.to_string(), after))
        })?;
        fields.insert(name, value);
        rest = if after.is_empty() { after } else { after.strip_prefix(',')? };
    }
    Some(fields)
}

/// A string in quotes, and what follows it.
fn string(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &inner[at + 1..])),
            '\\' => match chars.next()?.1 {
                'n' => value.push('\n'),
                'u' => {
                    let code: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                    value.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?);
                }
                c => value.push(c),
            },
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_init_says_is_read() {
        let text = "{\"event\":\"ended\",\"message\":\"a \\\"b\\\"\\n\\u0009\",\"process\":\"pre-stop hook `./h2`\",\"status\":3}\nx\n{}";
        let (events, others) = parse(text);
        assert_eq!(others, ["x"]);
        assert_eq!(events.len(), 2);
        assert!(events[0].is("ended"));
        assert_eq!(events[0].get("message"), "a \"b\"\n\t");
        assert_eq!((events[0].label(), events[0].number("status")), ("h2", Some(3)));
    }

    #[test]
    fn a_line_that_is_cut_is_no_event() {
        for line in ["{\"a\":\"b\"", "{\"a\"}", "{\"a\":}", "{\"a\":1\"b\":2}", "{a}"] {
            assert_eq!(parse(line).0, [], "{line}");
        }
    }
}
