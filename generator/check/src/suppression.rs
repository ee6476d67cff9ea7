//! What a file allows: `# wigwag: allow(rule)` in the line of a finding, or in the one before.

use std::ops::Range;

/// What begins such a comment.
const BEGINNING: &str = "wigwag: allow(";

/// A rule that is allowed somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The rule's name, as written.
    pub rule: String,
    /// Where the name stands.
    pub span: Range<usize>,
    /// The bytes of what it is for: a finding that begins there is allowed.
    pub covers: Range<usize>,
}

/// What a text allows.
pub fn all(text: &str) -> Vec<Suppression> {
    let mut all = Vec::new();
    let mut start = 0;
    let lines: Vec<Range<usize>> = text
        .split_inclusive('\n')
        .map(|line| {
            let range = start..start + line.len();
            start = range.end;
            range
        })
        .collect();
    let is_comment =
        |line: &Range<usize>| text.get(line.clone()).is_some_and(|line| line.trim_start().starts_with('#'));
    // Where the next line that is no comment ends, for every line.
    let mut ends: Vec<Option<usize>> = lines
        .iter()
        .rev()
        .scan(None, |end, line| {
            let next = *end;
            if !is_comment(line) {
                *end = Some(line.end);
            }
            Some(next)
        })
        .collect();
    ends.reverse();
    for (line, end) in lines.iter().zip(ends) {
        let content = text.get(line.clone()).unwrap_or_default();
        let Some((before, rules)) = comment(content) else { continue };
        // What stands alone is for the next line that is no comment.
        let covers = line.start..end.filter(|_| is_comment(line)).unwrap_or(line.end);
        let mut from = line.start + before;
        for rule in rules.split(',') {
            let name = rule.trim();
            let blank = rule.len() - rule.trim_start().len();
            let span = from + blank..from + blank + name.len();
            all.push(Suppression { rule: name.to_string(), span, covers: covers.clone() });
            from += rule.len() + 1;
        }
    }
    all
}

/// Where the rules of a line's comment begin, and what they are.
fn comment(line: &str) -> Option<(usize, &str)> {
    let hash = line
        .match_indices('#')
        .find(|(at, _)| line.get(at + 1..).is_some_and(|rest| rest.trim_start().starts_with(BEGINNING)))?;
    let start = line.get(hash.0..)?.find(BEGINNING)? + hash.0 + BEGINNING.len();
    let rest = line.get(start..)?;
    Some((start, rest.split(')').next().unwrap_or(rest).trim_end_matches(['\n', '\r'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_for_its_line_or_the_next_one() {
        let text = "# wigwag: allow(a, b)\n# why\nCMD x\nexec y # wigwag: allow(c)\nz\n";
        let found: Vec<_> = all(text)
            .into_iter()
            .map(|suppression| {
                assert_eq!(&text[suppression.span], suppression.rule);
                (suppression.rule, text[suppression.covers].to_string())
            })
            .collect();
        let first = "# wigwag: allow(a, b)\n# why\nCMD x\n";
        assert_eq!(
            found,
            [
                ("a".into(), first.into()),
                ("b".into(), first.into()),
                ("c".into(), "exec y # wigwag: allow(c)\n".to_string())
            ]
        );
        assert_eq!(all("echo wigwag: allow(a)"), []);
    }
}
