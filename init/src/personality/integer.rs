//! Integers as strtol(3) finds them at the beginning of a text.

/// The number, and what follows it: blanks and a sign may stand before it. One that is too large is the largest there is.
pub fn leading(text: &[u8]) -> Option<(i64, &[u8])> {
    let blanks = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).count();
    let text = text.get(blanks..)?;
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(length).filter(|(digits, _)| !digits.is_empty())?;
    let value = digits
        .iter()
        .fold(0_i64, |value, digit| value.saturating_mul(10).saturating_add(i64::from(digit.saturating_sub(b'0'))));
    Some((if negative { value.saturating_neg() } else { value }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_ends_it() {
        for (text, expected) in [
            ("15", Some((15, ""))),
            (" \t\x0b+15x", Some((15, "x"))),
            ("-0:9", Some((0, ":9"))),
            ("-12", Some((-12, ""))),
            ("99999999999999999999", Some((i64::MAX, ""))),
            ("", None),
            (" ", None),
            ("-", None),
            ("+-1", None),
            ("x1", None),
        ] {
            let expected = expected.map(|(number, rest): (i64, &str)| (number, rest.as_bytes()));
            assert_eq!(leading(text.as_bytes()), expected, "{text}");
        }
    }
}
