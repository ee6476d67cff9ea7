//! What it may cost to read a script. The parser tries again what it has read before, once more for each bracket that it
//! stands in: without a limit, forty brackets would take for ever.

use brush_parser::Token;

/// No entrypoint is longer.
const BYTES: usize = 256 * 1024;
/// How often a token may be read, all in all.
const READINGS: u64 = 1 << 18;
/// How deep blocks may be inside each other.
const BLOCKS: u32 = 100;

/// Whether a text is short enough.
pub fn is_bearable(text: &str) -> bool {
    // The tokens of what is in `$( )` and backquotes are read by recursion.
    text.len() <= BYTES && text.matches("$(").count() + text.matches('`').count() <= 2000 && nested(text) <= BLOCKS
}

/// Whether these tokens can be read in a short time.
pub fn is_affordable(tokens: &[Token]) -> bool {
    // What is open: a bracket, or a `case`, in which brackets close that have not been opened.
    let (mut open, mut blocks, mut readings) = (Vec::new(), 0_u32, 0_u64);
    for token in tokens {
        match token.to_str() {
            "((" => open.extend(["(", "("]),
            "(" => open.push("("),
            "case" => open.push("case"),
            "))" if open.ends_with(&["(", "("]) => open.truncate(open.len() - 2),
            ")" if open.last() == Some(&"(") => open.truncate(open.len() - 1),
            "esac" if open.last() == Some(&"case") => open.truncate(open.len() - 1),
            "{" | "if" | "while" | "until" | "for" | "do" | "[[" | "!" | "coproc" => blocks += 1,
            "}" | "fi" | "done" | "]]" => blocks = blocks.saturating_sub(1),
            _ => {}
        }
        let depth = u32::try_from(open.len()).unwrap_or(u32::MAX);
        readings = readings.saturating_add(1_u64.checked_shl(depth.min(40)).unwrap_or(u64::MAX));
        if readings > READINGS || blocks > 4 * BLOCKS {
            return false;
        }
    }
    true
}

/// How many brackets are open at once, at most.
fn nested(text: &str) -> u32 {
    let (mut open, mut most) = (0_u32, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'{' => open += 1,
            b')' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}
