//! Where something is asked over the network: a port of an address or of a name, and what is asked there by HTTP.

mod url;

use alloc::{format, string::String};
use core::{fmt, net::SocketAddr, str::FromStr};

pub use self::url::{ParseUrlError, Url};
use crate::form;

/// A TCP port of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remote {
    /// By its address.
    Address(SocketAddr),
    /// By its name, and the port.
    Name(String, u16),
}

/// The text is no host with a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseRemoteError(String);

/// The longest name: what a message of DNS holds, as text and without the dot at the end.
const LONGEST_NAME: usize = 253;

/// The longest part of one.
const LONGEST_LABEL: usize = 63;

impl FromStr for Remote {
    type Err = ParseRemoteError;

    /// Reads `HOST:PORT`. The host is an address, IPv6 in brackets, or a name.
    fn from_str(text: &str) -> Result<Self, ParseRemoteError> {
        let address = || text.parse().ok().filter(|address: &SocketAddr| address.port() != 0).map(Self::Address);
        let name = || {
            let (host, digits) = text.rsplit_once(':')?;
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let port = digits.parse().ok().filter(|port| is_number && *port != 0)?;
            is_name(host).then(|| Self::Name(host.into(), port))
        };
        address().or_else(name).ok_or_else(|| ParseRemoteError(text.into()))
    }
}

/// Whether it can be the name of a host. One that ends in a number is an address that is none, such as `10.0.0.256`.
pub fn is_name(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && !label.starts_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= LONGEST_NAME && text.split('.').all(is_label) && !text.rsplit('.').next().is_some_and(is_number)
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Name(name, port) => write!(f, "{name}:{port}"),
        }
    }
}

impl fmt::Display for ParseRemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = format!("{}", self.0.escape_debug());
        write!(f, "`{shown}` is not a host with a port, such as `db:5432`, `127.0.0.1:5432` or `[::1]:5432`")
    }
}

impl core::error::Error for ParseRemoteError {}

form::text!(Remote, "a host with a port, such as \"db:5432\"");

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn hosts_are_addresses_or_names() {
        for text in ["127.0.0.1:5432", "[::1]:80", "[fe80::1%2]:80", "db:5432", "localhost:1", "a-b.c_d.example:65535"]
        {
            assert_eq!(text.parse::<Remote>().map(|remote| remote.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("db.:1".parse(), Ok(Remote::Name("db.".into(), 1)));
        assert!(matches!("10.0.0.7:1".parse(), Ok(Remote::Address(_))));
    }

    #[test]
    fn what_is_no_host_with_a_port_is_refused() {
        let long = format!("{}:80", "a".repeat(64));
        let longer = format!("{}:80", "a.".repeat(128));
        let wrong = [
            "",
            ":",
            "80",
            ":80",
            "db",
            "db:",
            "db:0",
            "db:+80",
            "db:65536",
            "db:http",
            "db :80",
            " db:80",
            "db:80 ",
            "*:80",
            "a..b:80",
            ".:80",
            ".a:80",
            "-a:80",
            "10.0.0.256:80",
            "127.1:80",
            "1:80",
            "::1:80",
            "[::1]",
            "[db]:80",
            "é:80",
            "http://db:80",
            "db:80/x",
            "a\0:80",
            "127.0.0.1:0",
            &long,
            &longer,
        ];
        for text in wrong {
            assert!(text.parse::<Remote>().is_err(), "{text}");
        }
        let error = "db\n:1".parse::<Remote>().unwrap_err().to_string();
        assert_eq!(error, "`db\\n:1` is not a host with a port, such as `db:5432`, `127.0.0.1:5432` or `[::1]:5432`");
    }
}
