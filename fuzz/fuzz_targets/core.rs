//! Everything else that the init reads: answers of DNS and HTTP, messages of plugins and services, templates, accounts, and
//! the small words of a config. The first byte says which of them.

#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use wigwag_core::{
    FileMode, Millis, Signal, Umask,
    account::{Account, Database, Identity, Own, User},
    address,
    config::Execution,
    dns, http, notification,
    plugin::message::{FromHost, ToHost},
    remote::{Remote, Url},
    template,
};

/// How long a file may become.
const MOST: usize = 1 << 16;

fuzz_target!(|bytes: &[u8]| {
    let Some((which, bytes)) = bytes.split_first() else { return };
    match which % 7 {
        0 => answer(bytes),
        1 => response(bytes),
        2 => message(bytes),
        3 => filled(bytes),
        4 => account(bytes),
        5 => resolver(bytes),
        _ => words(bytes),
    }
});

/// An answer to a question that is in its head, so that it is looked into.
fn answer(bytes: &[u8]) {
    for kind in [dns::Kind::A, dns::Kind::Aaaa] {
        let _ = dns::read(bytes, 7, "db.example", kind);
        let question = dns::query(7, "db.example", kind);
        let Some((head, records)) = bytes.split_first_chunk::<4>() else { continue };
        let mut packet = question;
        packet[2] = head[0] | 0x80;
        packet[3] = head[1];
        packet[6..8].copy_from_slice(&head[2..4]);
        packet.extend(records);
        let _ = dns::read(&packet, 7, "db.example", kind);
    }
}

/// What was found out of a part holds of the whole.
fn response(bytes: &[u8]) {
    let whole = http::beginning(bytes);
    for end in 0..bytes.len().min(64) {
        match http::beginning(&bytes[..end]) {
            http::Beginning::Incomplete => {}
            known => assert_eq!(known, whole),
        }
    }
}

fn message(bytes: &[u8]) {
    let mut again = Vec::new();
    if let Ok(message) = ToHost::decode(bytes) {
        message.encode(&mut again);
        assert_eq!(again, bytes);
    }
    if let Ok(message) = FromHost::decode(bytes) {
        message.encode(&mut again);
        assert_eq!(again, bytes);
    }
    notification::is_ready(bytes);
}

fn filled(bytes: &[u8]) {
    let names = ["A".to_string(), "BC".to_string(), "UNSET".to_string()];
    let value = |name: &str| if name == "UNSET" { None } else { Some(b"${A}".as_slice()) };
    if let Ok(text) = template::fill(bytes, &names, value, MOST) {
        assert!(text.len() <= MOST);
        let none = template::fill(bytes, &[], |_| None, MOST);
        assert_eq!(none.as_deref().unwrap_or(bytes), bytes);
    }
}

fn account(bytes: &[u8]) {
    let mut parts = bytes.splitn(3, |byte| *byte == 0);
    let (Some(user), passwd, group) = (parts.next(), parts.next(), parts.next()) else { return };
    let Some(user) = str::from_utf8(user).ok().and_then(|user| user.parse::<User>().ok()) else { return };
    let own = Own { uid: 0, gid: 0, groups: Vec::new(), capabilities: u64::MAX, groups_are_fixed: false };
    let execution = Execution { user: Some(user), ..Execution::default() };
    let _ = Identity::of(&execution, &Database { passwd, group }, &own);
}

fn resolver(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    dns::hosts(text, "db");
    for candidate in dns::Resolver::new(text).candidates("db") {
        dns::query(1, &candidate, dns::Kind::A);
    }
}

fn words(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let _ = address::parse(text);
    same::<Millis>(text);
    same::<Signal>(text);
    same::<Umask>(text);
    same::<FileMode>(text);
    same::<Remote>(text);
    if let Ok(account) = text.parse::<Account>() {
        assert_eq!(account.text().parse::<Account>().as_ref(), Ok(&account));
    }
    if let Ok(url) = text.parse::<Url>() {
        // Nothing in a URL makes another request of it.
        assert_eq!(http::request(&url).lines().count(), 6, "{text:?}");
    }
}

/// What is read is what is written of it.
fn same<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string().parse::<T>().unwrap(), value);
    }
}
