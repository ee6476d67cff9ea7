//! The address of a TCP port, as a readiness check has it.

use alloc::{format, string::String};
use core::net::{Ipv4Addr, SocketAddr};

/// Reads `HOST:PORT`. The host is an address, IPv6 in brackets, or `localhost`, which is `127.0.0.1`: nobody is asked for
/// names.
///
/// # Errors
/// One sentence.
pub fn parse(text: &str) -> Result<SocketAddr, String> {
    let local =
        text.strip_prefix("localhost:").and_then(port).map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    local.or_else(|| text.parse().ok()).filter(|address| address.port() != 0).ok_or_else(|| {
        let shown = text.escape_debug();
        format!("`{shown}` is not the address of a port, such as `127.0.0.1:5432`, `[::1]:5432` or `localhost:5432`")
    })
}

fn port(digits: &str) -> Option<u16> {
    digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn hosts_are_addresses() {
        for (text, address) in [
            ("127.0.0.1:5432", "127.0.0.1:5432"),
            ("10.0.0.7:1", "10.0.0.7:1"),
            ("0.0.0.0:65535", "0.0.0.0:65535"),
            ("[::1]:80", "[::1]:80"),
            ("[fe80::1%2]:80", "[fe80::1%2]:80"),
            ("[2001:DB8::1]:443", "[2001:db8::1]:443"),
            ("localhost:80", "127.0.0.1:80"),
        ] {
            assert_eq!(parse(text).map(|address| address.to_string()).as_deref(), Ok(address));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            ":",
            "80",
            ":80",
            "localhost",
            "localhost:",
            "localhost:0",
            "localhost:+80",
            "localhost:65536",
            "Localhost.:80",
            "db:5432",
            "*:80",
            "127.0.0.1",
            "127.0.0.1:",
            "127.0.0.1:0",
            "127.0.0.1:65536",
            "127.0.0.1:-1",
            "127.0.0.1:http",
            "127.1:80",
            "127.0.0.01:80",
            " 127.0.0.1:80",
            "127.0.0.1:80 ",
            "127.0.0.1 :80",
            "::1:80",
            "[::1]",
            "[::1]:0",
            "[127.0.0.1]:80",
            "http://127.0.0.1:80",
            "127.0.0.1:80\0",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(
            parse("db:1\n").unwrap_err(),
            "`db:1\\n` is not the address of a port, such as `127.0.0.1:5432`, `[::1]:5432` or `localhost:5432`"
        );
    }
}
