//! Messages of DNS (RFC 1035): one question, and its answer. Whoever answers is not believed: what is not well formed, or
//! answers something else, is no answer.

use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Addresses of IPv4.
    A = 1,
    /// Addresses of IPv6.
    Aaaa = 28,
}

const INTERNET: u16 = 1;
const ALIAS: u16 = 5;

const RECURSION_DESIRED: u16 = 0x0100;
const RESPONSE: u16 = 0x8000;
const OPERATION: u16 = 0x7800;
const TRUNCATED: u16 = 0x0200;
const CODE: u16 = 0x000f;

const NO_SUCH_NAME: u16 = 3;

/// The longest name in a message.
const LONGEST_NAME: usize = 255;

/// What a server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Where the host is; nowhere, if the name is there and has no address of this kind.
    Found(Vec<IpAddr>),
    /// There is no such name.
    NoSuchName,
    /// The server cannot say, with this code.
    Failed(u8),
    /// The answer was cut before an address.
    Cut,
}

/// The packet is no answer to the question: somebody else may have sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotOurs;

/// The question for a name that is whole.
pub fn query(id: u16, name: &str, kind: Kind) -> Vec<u8> {
    let mut packet = Vec::new();
    for word in [id, RECURSION_DESIRED, 1, 0, 0, 0] {
        packet.extend(word.to_be_bytes());
    }
    for label in name.split('.').filter(|label| !label.is_empty()) {
        packet.push(u8::try_from(label.len()).unwrap_or_default() & 63);
        packet.extend(label.bytes().take(63));
    }
    packet.push(0);
    for word in [kind as u16, INTERNET] {
        packet.extend(word.to_be_bytes());
    }
    packet
}

/// What a packet answers to the question.
///
/// # Errors
/// It does not, or is not well formed.
pub fn read(packet: &[u8], id: u16, name: &str, kind: Kind) -> Result<Answer, NotOurs> {
    Packet { bytes: packet, at: 0 }.answer(id, name, kind).ok_or(NotOurs)
}

/// A packet, and how far it was read.
struct Packet<'p> {
    bytes: &'p [u8],
    at: usize,
}

impl Packet<'_> {
    fn answer(&mut self, id: u16, name: &str, kind: Kind) -> Option<Answer> {
        let [own, flags, questions, answers, _, _] =
            [self.word()?, self.word()?, self.word()?, self.word()?, self.word()?, self.word()?];
        if own != id || flags & (RESPONSE | OPERATION) != RESPONSE || questions != 1 {
            return None;
        }
        let asked = wire(name);
        if self.name()? != asked || self.word()? != kind as u16 || self.word()? != INTERNET {
            return None;
        }
        match flags & CODE {
            0 => {}
            NO_SUCH_NAME => return Some(Answer::NoSuchName),
            code => return Some(Answer::Failed(u8::try_from(code).unwrap_or(u8::MAX))),
        }
        let is_cut = flags & TRUNCATED != 0;
        match self.records(asked, answers, kind, is_cut)? {
            found if found.is_empty() && is_cut => Some(Answer::Cut),
            found => Some(Answer::Found(found)),
        }
    }

    /// The addresses of the name, and of those that it is another word for. Servers put them behind each other.
    fn records(&mut self, asked: Vec<u8>, count: u16, kind: Kind, is_cut: bool) -> Option<Vec<IpAddr>> {
        let mut owner = asked;
        let mut found = Vec::new();
        for _ in 0..count {
            if is_cut && self.at == self.bytes.len() {
                break;
            }
            let name = self.name()?;
            let (record, class) = (self.word()?, self.word()?);
            self.take(4)?;
            let length = usize::from(self.word()?);
            let end = self.at.checked_add(length).filter(|end| *end <= self.bytes.len())?;
            if class == INTERNET && name == owner {
                if record == ALIAS {
                    owner = self.name()?;
                    (self.at == end).then_some(())?;
                } else if record == kind as u16 {
                    found.push(address(kind, self.take(length)?)?);
                }
            }
            self.at = end;
        }
        Some(found)
    }

    fn take(&mut self, length: usize) -> Option<&[u8]> {
        let end = self.at.checked_add(length)?;
        let bytes = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    fn word(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().copied().map(u16::from_be_bytes)
    }

    /// A name, in lower case, each label behind its length. It may go on further to the front, and from there only further to
    /// the front again: so it has an end.
    fn name(&mut self) -> Option<Vec<u8>> {
        let mut name = Vec::new();
        let (mut at, mut front, mut end) = (self.at, self.at, None);
        loop {
            let length = *self.bytes.get(at)?;
            at = at.checked_add(1)?;
            match length {
                0 => break,
                1..=63 => {
                    let next = at.checked_add(usize::from(length))?;
                    name.push(length);
                    name.extend(self.bytes.get(at..next)?.iter().map(u8::to_ascii_lowercase));
                    at = next;
                }
                192.. => {
                    let low = *self.bytes.get(at)?;
                    end = end.or(at.checked_add(1));
                    at = usize::from(u16::from_be_bytes([length & 63, low]));
                    if at >= front {
                        return None;
                    }
                    front = at;
                }
                64..192 => return None,
            }
            if name.len() >= LONGEST_NAME {
                return None;
            }
        }
        self.at = end.unwrap_or(at);
        Some(name)
    }
}

/// The name as it stands in a message, without its end.
fn wire(name: &str) -> Vec<u8> {
    let mut wire = Vec::new();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        wire.push(u8::try_from(label.len()).unwrap_or_default());
        wire.extend(label.bytes().map(|byte| byte.to_ascii_lowercase()));
    }
    wire
}

fn address(kind: Kind, bytes: &[u8]) -> Option<IpAddr> {
    match kind {
        Kind::A => <[u8; 4]>::try_from(bytes).ok().map(|bytes| Ipv4Addr::from(bytes).into()),
        Kind::Aaaa => <[u8; 16]>::try_from(bytes).ok().map(|bytes| Ipv6Addr::from(bytes).into()),
    }
}

#[cfg(test)]
mod tests {
    use alloc::{string::ToString, vec};

    use proptest::prelude::*;

    use super::*;

    const POINTER: [u8; 2] = [0xc0, 12];

    /// An answer to the question for `db.example`, with these records.
    fn packet(flags: u16, kind: Kind, records: &[Vec<u8>]) -> Vec<u8> {
        let mut packet = query(7, "db.example", kind);
        packet[2..4].copy_from_slice(&flags.to_be_bytes());
        packet[6..8].copy_from_slice(&u16::try_from(records.len()).unwrap().to_be_bytes());
        packet.extend(records.concat());
        packet
    }

    fn record(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [owner, &kind.to_be_bytes(), &[0, 1, 0, 0, 0, 60], &length.to_be_bytes(), data].concat()
    }

    fn asked(packet: &[u8], kind: Kind) -> Result<Answer, NotOurs> {
        read(packet, 7, "DB.example", kind)
    }

    fn found(addresses: &[&str]) -> Result<Answer, NotOurs> {
        let addresses: Result<_, _> = addresses.iter().map(|text| text.parse()).collect();
        addresses.map(Answer::Found).map_err(|_| NotOurs)
    }

    #[test]
    fn a_question_is_as_the_rfc_has_it() {
        let expected = b"\0\x07\x01\0\0\x01\0\0\0\0\0\0\x02db\x07example\0\0\x1c\0\x01";
        assert_eq!(query(7, "db.example", Kind::Aaaa), expected);
    }

    #[test]
    fn addresses_are_those_of_the_name_that_was_asked_for() {
        let a = |owner: &[u8], last| record(owner, 1, &[10, 0, 0, last]);
        let records = [a(&POINTER, 1), a(b"\x02DB\x07EXAMPLE\0", 2), a(b"\x05other\0", 3), record(&POINTER, 16, b"x")];
        assert_eq!(asked(&packet(0x8180, Kind::A, &records), Kind::A), found(&["10.0.0.1", "10.0.0.2"]));
        let six = record(&POINTER, 28, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(asked(&packet(0x8180, Kind::Aaaa, &[six]), Kind::Aaaa), found(&["::1"]));
        assert_eq!(asked(&packet(0x8180, Kind::A, &[]), Kind::A), found(&[]));
    }

    #[test]
    fn another_word_for_a_name_is_followed() {
        let alias = record(&POINTER, 5, b"\x03www\x01x\0");
        let next = record(b"\x03www\x01x\0", 5, b"\x01y\xc0\x0f");
        let address = record(b"\x01y\x07example\0", 1, &[10, 0, 0, 9]);
        let whole = [alias.clone(), next, address.clone()];
        assert_eq!(asked(&packet(0x8180, Kind::A, &whole), Kind::A), found(&["10.0.0.9"]));
        assert_eq!(asked(&packet(0x8180, Kind::A, &[alias, address]), Kind::A), found(&[]));
    }

    #[test]
    fn what_a_server_cannot_say_is_no_address() {
        assert_eq!(asked(&packet(0x8183, Kind::A, &[]), Kind::A), Ok(Answer::NoSuchName));
        assert_eq!(asked(&packet(0x8182, Kind::A, &[]), Kind::A), Ok(Answer::Failed(2)));
        assert_eq!(asked(&packet(0x8380, Kind::A, &[]), Kind::A), Ok(Answer::Cut));
        let one = record(&POINTER, 1, &[10, 0, 0, 1]);
        assert_eq!(asked(&packet(0x8380, Kind::A, &[one]), Kind::A), found(&["10.0.0.1"]));
    }

    #[test]
    fn what_answers_something_else_is_no_answer() {
        let right = packet(0x8180, Kind::A, &[record(&POINTER, 1, &[10, 0, 0, 1])]);
        assert!(asked(&right, Kind::A).is_ok());
        assert_eq!(asked(&right, Kind::Aaaa), Err(NotOurs));
        assert_eq!(read(&right, 8, "db.example", Kind::A), Err(NotOurs));
        assert_eq!(read(&right, 7, "dc.example", Kind::A), Err(NotOurs));
        assert_eq!(asked(&packet(0x0100, Kind::A, &[]), Kind::A), Err(NotOurs), "a question");
        assert_eq!(asked(&packet(0x8980, Kind::A, &[]), Kind::A), Err(NotOurs), "another operation");
        for length in 0..right.len() {
            assert_eq!(asked(&right[..length], Kind::A), Err(NotOurs), "{length}");
        }
    }

    #[test]
    fn hostile_records_are_refused() {
        let long = [[63; 64].as_slice(), &[63; 64], &[63; 64], &[63; 64], &[0]].concat();
        for (what, owner, data) in [
            ("an address of three bytes", POINTER.as_slice(), [10, 0, 0].as_slice()),
            ("an address of five", &POINTER, &[10, 0, 0, 0, 1]),
            ("a pointer to itself", &[0xc0, 28], &[10, 0, 0, 1]),
            ("a pointer to the end", &[0xc0, 200], &[10, 0, 0, 1]),
            ("a label of 64 bytes", &[64], &[10, 0, 0, 1]),
            ("a name without an end", &long, &[10, 0, 0, 1]),
        ] {
            let answer = asked(&packet(0x8180, Kind::A, &[record(owner, 1, data)]), Kind::A);
            assert_eq!(answer, Err(NotOurs), "{what}");
        }
        let alias = record(&POINTER, 5, b"\x03www\x01x\0more");
        assert_eq!(asked(&packet(0x8180, Kind::A, &[alias]), Kind::A), Err(NotOurs), "more than a name");
        let mut loops = packet(0x8180, Kind::A, &[]);
        loops[12..14].copy_from_slice(&[0xc0, 12]);
        assert_eq!(asked(&loops, Kind::A), Err(NotOurs), "a question that points to itself");
        let mut many = packet(0x8180, Kind::A, &vec![record(&POINTER, 1, &[10, 0, 0, 1]); 3]);
        many[6..8].copy_from_slice(&[0xff, 0xff]);
        assert_eq!(asked(&many, Kind::A), Err(NotOurs), "more records than there are");
    }

    proptest! {
        #[test]
        fn no_packet_is_too_much(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = asked(&bytes, Kind::A);
        }

        #[test]
        fn no_records_are_too_much(records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..10)) {
            let _ = asked(&packet(0x8180, Kind::A, &records), Kind::A);
        }

        #[test]
        fn a_flipped_byte_brings_no_other_address(at in 0_usize..44, byte in any::<u8>()) {
            let mut packet = packet(0x8180, Kind::A, &[record(&POINTER, 1, &[10, 0, 0, 1])]);
            prop_assume!(at.saturating_add(4) < packet.len());
            packet[at] = byte;
            if let Ok(Answer::Found(found)) = asked(&packet, Kind::A) {
                prop_assert!(found.iter().all(|address| address.to_string() == "10.0.0.1"));
            }
        }
    }
}
