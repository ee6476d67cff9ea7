//! `/etc/hosts` and `/etc/resolv.conf`, as hosts(5) and resolv.conf(5) describe them.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::remote;

const PORT: u16 = 53;

/// As many as the C libraries ask.
const MOST_SERVERS: usize = 3;
const MOST_DOMAINS: usize = 32;
const MOST_DOTS: usize = 15;

/// The addresses that `/etc/hosts` has for a name. `localhost` needs no file.
pub fn hosts(content: &str, name: &str) -> Vec<IpAddr> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let lines = content.lines().map(|line| line.split('#').next().unwrap_or_default());
    let mut found = Vec::new();
    for line in lines {
        let mut words = line.split_ascii_whitespace();
        let address = words.next().and_then(|word| word.parse().ok());
        if let Some(address) = address.filter(|address| !found.contains(address))
            && words.any(|word| word.eq_ignore_ascii_case(name))
        {
            found.push(address);
        }
    }
    if found.is_empty() && name.eq_ignore_ascii_case("localhost") {
        found = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)].into();
    }
    found
}

/// Whom to ask, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolver {
    /// The servers, in the order in which they are asked.
    pub servers: Vec<SocketAddr>,
    /// The domains that names are looked for in.
    search: Vec<String>,
    /// From so many dots on a name is first asked for as it is.
    dots: usize,
}

impl Resolver {
    /// As `/etc/resolv.conf` says. Of lines that are not understood nobody is told, as by the C libraries.
    pub fn new(content: &str) -> Self {
        let mut this = Self { servers: Vec::new(), search: Vec::new(), dots: 1 };
        for line in content.lines() {
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("nameserver") => {
                    let address = words.next().and_then(server).filter(|_| this.servers.len() < MOST_SERVERS);
                    this.servers.extend(address);
                }
                // The last of these lines counts.
                Some("search" | "domain") => {
                    let domains = words.filter(|word| remote::is_name(word)).take(MOST_DOMAINS);
                    this.search = domains.map(|word| word.trim_end_matches('.').to_string()).collect();
                }
                Some("options") => {
                    let dots = words.filter_map(|word| word.strip_prefix("ndots:")?.parse::<usize>().ok()).next_back();
                    this.dots = dots.map_or(this.dots, |dots| dots.min(MOST_DOTS));
                }
                Some(_) | None => {}
            }
        }
        if this.servers.is_empty() {
            this.servers.push(SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)));
        }
        this
    }

    /// The names to ask for, one after the other until there is one: each is whole.
    pub fn candidates(&self, name: &str) -> Vec<String> {
        if let Some(whole) = name.strip_suffix('.') {
            return [whole.to_string()].into();
        }
        let as_it_is = || [name.to_string()].into_iter();
        let below = || self.search.iter().map(|domain| format!("{name}.{domain}"));
        let has_dots = name.bytes().filter(|byte| *byte == b'.').count() >= self.dots;
        let all: Vec<String> =
            if has_dots { as_it_is().chain(below()).collect() } else { below().chain(as_it_is()).collect() };
        all.into_iter().filter(|name| remote::is_name(name)).collect()
    }
}

/// An address; that of a link has its interface by number, as the kernel knows it.
fn server(text: &str) -> Option<SocketAddr> {
    let plain = || text.parse().ok().map(|address: IpAddr| SocketAddr::from((address, PORT)));
    plain().or_else(|| format!("[{text}]:{PORT}").parse().ok())
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn hosts_are_read_as_they_are_written() {
        let file = "# comment\n127.0.0.1\tlocalhost\n::1 localhost ip6-localhost\n10.0.0.7 db.example Db # web\n\
                    10.0.0.8 db\n10.0.0.8 db db\nnonsense db\n fe80::1%eth0 db\n10.0.0.9\n";
        assert_eq!(hosts(file, "db"), addresses(&["10.0.0.7", "10.0.0.8"]));
        assert_eq!(hosts(file, "DB.example."), addresses(&["10.0.0.7"]));
        assert!(hosts(file, "web").is_empty());
        assert_eq!(hosts(file, "localhost"), addresses(&["127.0.0.1", "::1"]));
        assert_eq!(hosts("", "localhost"), addresses(&["127.0.0.1", "::1"]));
    }

    #[test]
    fn whom_to_ask_is_read() {
        let file = "# Docker\nnameserver 127.0.0.11\nnameserver ::1\nnameserver fe80::1%2\nnameserver 1.1.1.1\n\
                    nameserver\nsearch a b\nsearch corp.example. svc x/y\noptions edns0 ndots:2 trust-ad\n; end";
        let resolver = Resolver::new(file);
        let servers: Vec<String> = resolver.servers.iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["127.0.0.11:53", "[::1]:53", "[fe80::1%2]:53"]);
        assert_eq!(resolver.candidates("db"), ["db.corp.example", "db.svc", "db"]);
        assert_eq!(resolver.candidates("db.x.y"), ["db.x.y", "db.x.y.corp.example", "db.x.y.svc"]);
        assert_eq!(resolver.candidates("db."), ["db"]);
        let none = Resolver::new("");
        assert_eq!(
            (none.servers[0].to_string().as_str(), none.candidates("db")),
            ("127.0.0.1:53", ["db".into()].into())
        );
    }

    #[test]
    fn a_name_that_would_be_too_long_is_not_asked_for() {
        let long = format!("search {}a", "abcdefgh.".repeat(28));
        assert_eq!(Resolver::new(&long).candidates("database"), ["database"]);
    }
}
