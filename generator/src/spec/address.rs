//! Addresses in a spec.

use core::net::SocketAddr;
use std::borrow::Cow;

use toml::de::DeValue;
use wigwag_core::address;

use super::{
    shape::Shape,
    value::{Problems, Raw, Value, mismatch, plain},
};
use crate::{diagnostic::Diagnostic, suggest::quoted};

const FORM: &str = "an IP address and a port: `\"127.0.0.1:5432\"`, `\"[::1]:5432\"`";

/// An IP address and a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address(pub SocketAddr);

impl Value for Address {
    fn expected() -> Cow<'static, str> {
        "an address such as \"127.0.0.1:5432\"".into()
    }

    fn shape() -> Shape {
        Shape::pattern(r"(localhost|[0-9]+(\.[0-9]+){3}|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")
    }

    fn hint(raw: &Raw) -> Option<String> {
        let meant = plain(raw).and_then(|port| meant(&port));
        Some(meant.map_or_else(|| FORM.into(), |meant| format!("with its address: `\"{meant}\"`")))
    }

    fn read(raw: &Raw, problems: &mut Problems) -> Option<Self> {
        let DeValue::String(text) = raw.get_ref() else {
            return mismatch::<Self, _>(raw, problems);
        };
        let address = address::parse(text).ok();
        if address.is_none() {
            let help = meant(text).map_or_else(|| FORM.into(), |meant| format!("did you mean `\"{meant}\"`?"));
            let message = format!("{} is not an address with a port", quoted(text));
            problems.push(Diagnostic::new(raw.span(), message).help(help));
        }
        address.map(Self)
    }
}

/// The address that was probably meant: nobody is asked for names, but everybody knows this one.
fn meant(text: &str) -> Option<SocketAddr> {
    let text = text.trim().rsplit("://").next().unwrap_or_default().trim_end_matches('/');
    let (host, port) = text.rsplit_once(':').unwrap_or(("", text));
    let host = if ["", "localhost", "*"].contains(&host) { "127.0.0.1" } else { host };
    let bracketed = || format!("[{host}]:{port}").parse();
    format!("{host}:{port}").parse().or_else(|_| bracketed()).ok().filter(|address: &SocketAddr| address.port() != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_recognised() {
        for (text, address) in [
            ("5432", Some("127.0.0.1:5432")),
            (":5432", Some("127.0.0.1:5432")),
            ("localhost:5432", Some("127.0.0.1:5432")),
            ("tcp://10.0.0.1:80/", Some("10.0.0.1:80")),
            ("::1:5432", Some("[::1]:5432")),
            ("db:5432", None),
            ("127.0.0.1", None),
            ("127.0.0.1:0", None),
            ("99999", None),
            ("", None),
        ] {
            assert_eq!(meant(text).map(|address| address.to_string()).as_deref(), address, "{text}");
        }
    }
}
