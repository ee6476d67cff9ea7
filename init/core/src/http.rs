//! What is said and understood of HTTP/1.1: one request, and how its answer begins.

use alloc::{format, string::String};

use crate::remote::Url;

/// The longest first line of an answer.
pub const LONGEST_LINE: usize = 1_024;

/// Asks for a URL. The server closes the connection when it has answered.
pub fn request(url: &Url) -> String {
    format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: wigwag-init\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        url.path,
        url.authority()
    )
}

/// How an answer begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// There is more to come.
    Incomplete,
    /// The status.
    Status(u16),
    /// It is no answer of HTTP.
    Senseless,
}

/// What these first bytes of an answer say.
pub fn beginning(bytes: &[u8]) -> Beginning {
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
        let is_possible = bytes.iter().zip(b"HTTP/1.").all(|(byte, expected)| byte == expected);
        return if is_possible && bytes.len() < LONGEST_LINE { Beginning::Incomplete } else { Beginning::Senseless };
    };
    bytes.get(..end).and_then(status).map_or(Beginning::Senseless, Beginning::Status)
}

/// `HTTP/1.1 200 OK`.
fn status(line: &[u8]) -> Option<u16> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let rest = line.strip_prefix(b"HTTP/1.1 ").or_else(|| line.strip_prefix(b"HTTP/1.0 "))?;
    let (digits, reason) = rest.split_at_checked(3)?;
    let is_over = reason.first().is_none_or(|byte| *byte == b' ');
    let is_number = digits.iter().all(u8::is_ascii_digit);
    let number = str::from_utf8(digits).ok()?.parse().ok()?;
    (is_over && is_number && (100..=599).contains(&number)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_for_its_host() {
        let url: Url = "http://web:81?x=1".parse().unwrap();
        let text = request(&url);
        assert!(text.starts_with("GET /?x=1 HTTP/1.1\r\nHost: web:81\r\n"), "{text}");
        assert!(text.ends_with("\r\nConnection: close\r\n\r\n"), "{text}");
    }

    #[test]
    fn an_answer_begins_with_its_status() {
        for (bytes, expected) in [
            ("", Beginning::Incomplete),
            ("HTTP/1.1 20", Beginning::Incomplete),
            ("HTTP/1.1 200 OK\r\n", Beginning::Status(200)),
            ("HTTP/1.0 204\nX: y\n", Beginning::Status(204)),
            ("HTTP/1.1 503 Service Unavailable\r\n\r\n", Beginning::Status(503)),
            ("HTTP/1.1 2000 OK\r\n", Beginning::Senseless),
            ("HTTP/1.1 +20 OK\r\n", Beginning::Senseless),
            ("HTTP/1.1 099 OK\r\n", Beginning::Senseless),
            ("HTTP/2 200\r\n", Beginning::Senseless),
            ("SSH-2.0-OpenSSH", Beginning::Senseless),
            ("\r\n", Beginning::Senseless),
        ] {
            assert_eq!(beginning(bytes.as_bytes()), expected, "{bytes:?}");
        }
        let long = [b"HTTP/1.1 200 ".as_slice(), &[b'x'; LONGEST_LINE]].concat();
        assert_eq!(beginning(&long), Beginning::Senseless);
    }
}
