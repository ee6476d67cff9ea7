//! What is asked by HTTP.

use alloc::{
    format,
    string::{String, ToString as _},
};
use core::{fmt, str::FromStr};

use super::Remote;
use crate::form;

/// What is asked by HTTP, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Who is asked.
    pub remote: Remote,
    /// What for: it begins with `/`.
    pub path: String,
    /// As it was written.
    text: String,
}

/// The text is no URL that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseUrlError(String);

impl Url {
    /// Host and port as they are written: what the server is called by.
    pub fn authority(&self) -> &str {
        let rest = self.text.strip_prefix(SCHEME).unwrap_or_default();
        rest.split(['/', '?']).next().unwrap_or_default()
    }
}

const SCHEME: &str = "http://";
const PORT: u16 = 80;

/// What a request line holds everywhere.
const LONGEST: usize = 2_000;

impl FromStr for Url {
    type Err = ParseUrlError;

    /// Reads `http://HOST:PORT/PATH`; port 80 may be left out. What has a meaning in a request or in a URL otherwise must be
    /// written as `%20`.
    fn from_str(text: &str) -> Result<Self, ParseUrlError> {
        let parsed = || {
            let rest = text.strip_prefix(SCHEME).filter(|_| text.len() <= LONGEST)?;
            let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
            let remote = host.parse().or_else(|_| format!("{host}:{PORT}").parse()).ok()?;
            let slash = if path.starts_with('/') { "" } else { "/" };
            let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte));
            is_plain.then(|| Self { remote, path: format!("{slash}{path}"), text: text.to_string() })
        };
        parsed().ok_or_else(|| ParseUrlError(text.into()))
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for ParseUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a URL of plain HTTP, such as `http://127.0.0.1:9901/drain`", self.0.escape_debug())
    }
}

impl core::error::Error for ParseUrlError {}

form::text!(Url, "a URL, such as \"http://127.0.0.1:9901/drain\"");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_host_port_and_path() {
        for (text, authority, remote, path) in [
            ("http://127.0.0.1:9901/drain", "127.0.0.1:9901", "127.0.0.1:9901", "/drain"),
            ("http://web", "web", "web:80", "/"),
            ("http://web:81", "web:81", "web:81", "/"),
            ("http://web?now=1", "web", "web:80", "/?now=1"),
            ("http://[::1]/a/b?c=%20d&e", "[::1]", "[::1]:80", "/a/b?c=%20d&e"),
        ] {
            let url: Url = text.parse().unwrap();
            assert_eq!(
                (url.authority(), url.remote.to_string().as_str(), url.path.as_str()),
                (authority, remote, path)
            );
            assert_eq!(url.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_plain_http_is_refused() {
        let long = format!("http://a/{}", "b".repeat(LONGEST));
        for text in [
            "",
            "web",
            "http:/web",
            "http://",
            "http:///x",
            "https://web/",
            "HTTP://web/",
            "http://u:p@web/",
            "http://web:0/",
            "http://web/a b",
            "http://web/#a",
            "http://web/\r\nX: y",
            "http://web/é",
            "http://web\r\nX:80/",
            &long,
        ] {
            assert!(text.parse::<Url>().is_err(), "{text}");
        }
    }
}
