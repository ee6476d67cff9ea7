//! Durations as Compose and `sleep` write them.

use wigwag_core::Millis;

/// `1m30s`, `1.5h`, `500ms`; nothing if it is none, or has a variable in it.
pub fn compose(text: &str) -> Option<Millis> {
    const UNITS: [(&str, f64); 6] =
        [("us", 0.001), ("ms", 1.0), ("ns", 0.000_001), ("s", 1_000.0), ("m", 60_000.0), ("h", 3_600_000.0)];
    let mut rest = text.trim();
    if rest == "0" {
        return Some(Millis::ZERO);
    }
    let mut total = 0.0;
    let mut is_empty = true;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest.get(..end)?.parse().ok()?;
        let unit = rest.get(end..)?;
        let (name, factor) = UNITS.iter().find(|(name, _)| unit.starts_with(name))?;
        total += number * factor;
        rest = unit.get(name.len()..)?;
        is_empty = false;
    }
    if is_empty { None } else { millis(total) }
}

/// What `sleep` is told: seconds, or with a unit.
pub fn sleep(text: &str) -> Option<Millis> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = text.strip_suffix(unit)?.parse().ok()?;
    let factor = match unit {
        "" | "s" => 1_000.0,
        "m" => 60_000.0,
        "h" => 3_600_000.0,
        "d" => 86_400_000.0,
        _ => return None,
    };
    millis(number * factor)
}

/// Seconds of Kubernetes.
pub fn seconds(text: &str) -> Option<Millis> {
    millis(f64::from(text.parse::<u32>().ok()?) * 1_000.0)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is looked at")]
fn millis(value: f64) -> Option<Millis> {
    (value.is_finite() && (0.0..1e15).contains(&value)).then_some(Millis(value as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_compose_and_of_sleep() {
        for (text, millis) in [
            ("1m30s", Some(90_000)),
            ("500ms", Some(500)),
            ("1.5h", Some(5_400_000)),
            ("0", Some(0)),
            ("", None),
            ("10", None),
            ("${T}", None),
        ] {
            assert_eq!(compose(text), millis.map(Millis), "{text}");
        }
        for (text, millis) in [("5", Some(5_000)), ("0.5", Some(500)), ("1m", Some(60_000)), ("$N", None), ("", None)] {
            assert_eq!(sleep(text), millis.map(Millis), "{text}");
        }
    }
}
