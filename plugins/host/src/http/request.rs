//! What is asked.

use super::{Failure, LIMIT};

/// A request.
pub struct Request<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// `HOST:PORT`.
    pub authority: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// Header fields.
    pub headers: &'a [(String, String)],
    /// The body; none if it is empty.
    pub body: &'a [u8],
}

/// What is said anyway, or would say where the request ends.
const OURS: [&str; 4] = ["host", "content-length", "connection", "transfer-encoding"];

impl Request<'_> {
    /// Its bytes.
    ///
    /// # Errors
    /// Something in it would not arrive as what it is.
    pub fn encode(&self) -> Result<Vec<u8>, Failure> {
        let Self { method, authority, path, headers, body } = self;
        if !is_token(method) {
            return Err(invalid("method", method));
        }
        if !path.starts_with('/') || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(invalid("path", path));
        }
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n");
        if !body.is_empty() || matches!(*method, "POST" | "PUT" | "PATCH") {
            head.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
        }
        for (name, value) in *headers {
            if !is_token(name) || OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours)) {
                return Err(invalid("header field", name));
            }
            if value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
                return Err(invalid("value of a header field", value));
            }
            head.extend([name, ": ", value, "\r\n"]);
        }
        head += "\r\n";
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        if bytes.len() > LIMIT { Err(Failure::Invalid("it is longer than 1 MiB".to_string())) } else { Ok(bytes) }
    }
}

fn invalid(what: &str, text: &str) -> Failure {
    Failure::Invalid(format!("`{}` is no {what} that can be sent", text.escape_debug()))
}

/// What RFC 9110 calls a token: nothing in it ends a word.
fn is_token(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<String, Failure> {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let request = Request { method, authority: "localhost:80", path, headers: &headers, body };
        request.encode().map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_request_says_where_it_ends() {
        let start = |line: &str| format!("{line} HTTP/1.1\r\nhost: localhost:80\r\nconnection: close\r\n");
        assert_eq!(encode("GET", "/", &[], b""), Ok(start("GET /") + "\r\n"));
        let told = encode("POST", "/a?b=c", &[("X-A", "b c")], b"body");
        assert_eq!(told, Ok(start("POST /a?b=c") + "content-length: 4\r\nX-A: b c\r\n\r\nbody"));
        assert_eq!(encode("POST", "/", &[], b""), Ok(start("POST /") + "content-length: 0\r\n\r\n"));
    }

    #[test]
    fn nothing_in_it_can_be_another_request() {
        for method in ["", "GET /x", "GET\r\n", "G\0T", "GÉT"] {
            assert!(matches!(encode(method, "/", &[], b""), Err(Failure::Invalid(_))), "{method}");
        }
        for path in ["", "x", "http://else/", "/ HTTP/1.1\r\nx: y", "/a b", "/\n", "/\0", "/ä", "*"] {
            assert!(matches!(encode("GET", path, &[], b""), Err(Failure::Invalid(_))), "{path}");
        }
        for header in [
            ("", "x"),
            ("a b", "x"),
            ("a:", "x"),
            ("a\r\nb", "x"),
            ("a", "x\r\ny: z"),
            ("a", "x\ny"),
            ("a", "x\ry"),
            ("a", "\0"),
            ("Host", "else"),
            ("CONTENT-LENGTH", "5"),
            ("Connection", "keep-alive"),
            ("Transfer-Encoding", "chunked"),
        ] {
            assert!(matches!(encode("GET", "/", &[header], b""), Err(Failure::Invalid(_))), "{header:?}");
        }
        assert!(encode("POST", "/", &[], &vec![0; LIMIT]).is_err());
    }
}
