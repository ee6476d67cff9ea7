//! Files that are written from templates: plain substitution.

use alloc::{string::String, vec::Vec};

/// Why a template cannot be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It has these variables, which are not set.
    Unset(Vec<String>),
    /// What would be written is longer than this.
    TooLong(usize),
}

/// The template with the values of its variables: `${NAME}` for each of the names, and nothing else. Bytes that are no text
/// stay as they are.
///
/// # Errors
/// All variables that are not set, or that it would be longer than `most` bytes.
pub fn fill<'v>(
    template: &[u8],
    names: &[String],
    value: impl Fn(&str) -> Option<&'v [u8]>,
    most: usize,
) -> Result<Vec<u8>, Problem> {
    let mut text = Vec::new();
    let mut unset: Vec<String> = Vec::new();
    let mut rest = template;
    loop {
        let (before, found) = next_variable(rest, names);
        let Some((name, after)) = found else {
            push(&mut text, before, most)?;
            break;
        };
        push(&mut text, before, most)?;
        match value(name) {
            Some(value) => push(&mut text, value, most)?,
            None if unset.contains(name) => {}
            None => unset.push(name.clone()),
        }
        rest = after;
    }
    if unset.is_empty() { Ok(text) } else { Err(Problem::Unset(unset)) }
}

fn push(text: &mut Vec<u8>, bytes: &[u8], most: usize) -> Result<(), Problem> {
    if text.len().saturating_add(bytes.len()) > most {
        return Err(Problem::TooLong(most));
    }
    text.extend_from_slice(bytes);
    Ok(())
}

/// What stands before the next variable, which one that is, and what follows it.
fn next_variable<'t, 'n>(text: &'t [u8], names: &'n [String]) -> (&'t [u8], Option<(&'n String, &'t [u8])>) {
    let longest = names.iter().map(String::len).max().unwrap_or_default();
    let mut from = 0_usize;
    while let Some((before, inner)) = split(text, from) {
        // A name ends where no name is as long.
        let window = inner.get(..=longest).unwrap_or(inner);
        if let Some(end) = window.iter().position(|byte| *byte == b'}')
            && let Some((written, after)) = inner.split_at_checked(end)
            && let Some(name) = names.iter().find(|name| name.as_bytes() == written)
        {
            return (before, Some((name, after.get(1..).unwrap_or_default())));
        }
        from = before.len().saturating_add(1);
    }
    (text, None)
}

/// What stands before the next `${`, not before `from`, and what follows it.
fn split(text: &[u8], from: usize) -> Option<(&[u8], &[u8])> {
    let at = text.get(from..)?.windows(2).position(|pair| pair == b"${")?.saturating_add(from);
    Some((text.get(..at)?, text.get(at.saturating_add(2)..)?))
}

#[cfg(test)]
mod tests {
    use alloc::{string::ToString, vec};

    use super::*;

    const NAMES: [&str; 4] = ["PORT", "HOST", "P", "ODD"];

    fn filled(template: &[u8]) -> Result<Vec<u8>, Problem> {
        let names = [NAMES.as_slice(), &["UNSET", "GONE"]].concat();
        let names: Vec<String> = names.into_iter().map(ToString::to_string).collect();
        let value = |name: &str| match name {
            "PORT" => Some(b"80".as_slice()),
            "HOST" => Some(b"".as_slice()),
            "P" => Some(b"${PORT}".as_slice()),
            "ODD" => Some(b"\xff\n".as_slice()),
            _ => None,
        };
        fill(template, &names, value, 100)
    }

    #[test]
    fn what_is_declared_is_replaced_and_nothing_else() {
        for (template, text) in [
            (b"listen ${PORT};\n".as_slice(), b"listen 80;\n".as_slice()),
            (b"${PORT}${PORT}", b"8080"),
            (b"", b""),
            (b"${HOST}", b""),
            (b"$PORT ${PORT:-1} ${port} ${ PORT} ${OTHER} ${", b"$PORT ${PORT:-1} ${port} ${ PORT} ${OTHER} ${"),
            (b"$${PORT}}", b"$80}"),
            (b"${${PORT}}", b"${80}"),
            (b"${P", b"${P"),
            (b"${}", b"${}"),
            // What a value has in it is not looked at again.
            (b"${P}", b"${PORT}"),
            (b"\xfe\0${ODD}\r\n", b"\xfe\0\xff\n\r\n"),
        ] {
            assert_eq!(filled(template).as_deref(), Ok(text), "{}", template.escape_ascii());
        }
    }

    #[test]
    fn all_that_is_not_set_is_told_at_once() {
        let unset = vec!["UNSET".to_string(), "GONE".to_string()];
        assert_eq!(filled(b"${UNSET} ${PORT} ${GONE} ${UNSET}"), Err(Problem::Unset(unset)));
        assert_eq!(filled(b"$UNSET ${UNSET"), Ok(b"$UNSET ${UNSET".to_vec()));
    }

    #[test]
    fn the_length_is_bounded() {
        assert_eq!(filled(&[b'x'; 101]), Err(Problem::TooLong(100)));
        assert_eq!(filled(&b"${PORT}".repeat(50)).map(|text| text.len()), Ok(100));
        assert_eq!(filled(&b"${PORT}".repeat(51)), Err(Problem::TooLong(100)));
    }
}
