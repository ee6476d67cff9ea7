//! What the programs told.

use crate::inside::START;

/// A line: who told what, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub at: u64,
    pub label: String,
    /// As in the namespace.
    pub pid: i32,
    pub text: String,
}

impl Line {
    /// Told by the process that the init started, and not by one that it started in turn.
    pub fn is_start(&self) -> bool {
        self.text == START
    }

    /// Whether a service, or a process that it started, told it.
    pub fn is_of_service(&self) -> bool {
        self.label.starts_with('s')
    }
}

pub fn parse(text: &str) -> Vec<Line> {
    text.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<Line> {
    let mut parts = line.splitn(4, ' ');
    let at = parts.next()?.parse().ok()?;
    let label = parts.next()?.to_string();
    let pid = parts.next()?.parse().ok()?;
    Some(Line { at, label, pid, text: parts.next()?.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read() {
        let expected = Line { at: 12, label: "s0".into(), pid: 7, text: "sees 3:Z: 4:S:./h1".into() };
        assert_eq!(parse("12 s0 7 sees 3:Z: 4:S:./h1\nx\n"), [expected]);
    }
}
