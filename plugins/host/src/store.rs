//! The store of a plugin: keys and values, in memory that outlives the host.
//!
//! There are two slots. What is stored is written as a whole over the older one, with the next number and a checksum: who
//! dies while it writes leaves the other one as it was.

use std::{
    collections::BTreeMap,
    fs::File,
    os::{fd::OwnedFd, unix::fs::FileExt as _},
};

use wigwag_core::plugin::STORE_LENGTH;

/// How many bytes all keys and values may have together.
pub const LIMIT: usize = 16 << 10;

/// How many keys there may be: with them and their lengths, everything fits into a slot.
pub const KEYS: usize = 1_000;

const SLOT: usize = STORE_LENGTH / 2;
const HEADER: usize = 8 + 4 + 8;
const _: () = assert!(HEADER + LIMIT + KEYS * 4 <= SLOT, "everything fits into a slot");

/// What a plugin keeps.
pub struct Store {
    file: Option<File>,
    sequence: u64,
    entries: BTreeMap<String, Vec<u8>>,
}

impl Store {
    /// One that is gone with this value: for tests of plugins.
    pub fn in_memory() -> Self {
        Self { file: None, sequence: 0, entries: BTreeMap::new() }
    }

    /// The one in this file, of [`STORE_LENGTH`] bytes. One that cannot be read is empty, as a new one is.
    pub fn open(file: OwnedFd) -> Self {
        let file = File::from(file);
        let newest = [0, 1].into_iter().filter_map(|place| read(&file, place)).max_by_key(|(sequence, _)| *sequence);
        let (sequence, entries) = newest.unwrap_or_default();
        Self { file: Some(file), sequence, entries }
    }

    /// What is stored by that key.
    pub fn get(&self, key: &str) -> Option<&[u8]> {
        self.entries.get(key).map(Vec::as_slice)
    }

    /// Stores a value, or with none removes it.
    ///
    /// # Errors
    /// One sentence: it does not fit, or cannot be written. Then everything is as before.
    pub fn set(&mut self, key: &str, value: Option<Vec<u8>>) -> Result<(), String> {
        let others = self.entries.iter().filter(|(other, _)| *other != key);
        let (count, size) =
            others.fold((0, 0), |(count, size), (key, value)| (count + 1, size + key.len() + value.len()));
        if let Some(value) = &value {
            let size = size + key.len() + value.len();
            if size > LIMIT {
                return Err(format!("all keys and values together would have {size} bytes, {LIMIT} at most"));
            }
            if count >= KEYS {
                return Err(format!("there are {KEYS} keys, no more"));
            }
        }
        let before = match value {
            Some(value) => self.entries.insert(key.to_string(), value),
            None => self.entries.remove(key),
        };
        self.write().inspect_err(|_| match before {
            Some(value) => drop(self.entries.insert(key.to_string(), value)),
            None => drop(self.entries.remove(key)),
        })
    }

    fn write(&mut self) -> Result<(), String> {
        let sequence = self.sequence.saturating_add(1);
        if let Some(file) = &self.file {
            let slot = slot(sequence, &self.entries);
            file.write_all_at(&slot, offset(sequence % 2)).map_err(|error| format!("it cannot be stored: {error}"))?;
        }
        self.sequence = sequence;
        Ok(())
    }
}

fn offset(place: u64) -> u64 {
    place * SLOT as u64
}

/// Number, length and checksum, and then the entries.
fn slot(sequence: u64, entries: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut body = Vec::new();
    for (key, value) in entries {
        for bytes in [key.as_bytes(), value] {
            // What is longer is not stored at all.
            body.extend_from_slice(&u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_le_bytes());
            body.extend_from_slice(bytes);
        }
    }
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let mut slot = Vec::with_capacity(HEADER + body.len());
    slot.extend_from_slice(&sequence.to_le_bytes());
    slot.extend_from_slice(&length.to_le_bytes());
    slot.extend_from_slice(&checksum(sequence, &body).to_le_bytes());
    slot.extend_from_slice(&body);
    slot
}

fn read(file: &File, place: u64) -> Option<(u64, BTreeMap<String, Vec<u8>>)> {
    let mut bytes = vec![0; SLOT];
    file.read_exact_at(&mut bytes, offset(place)).ok()?;
    let mut rest = bytes.as_slice();
    let sequence = u64::from_le_bytes(take(&mut rest)?);
    let length = u32::from_le_bytes(take(&mut rest)?);
    let sum = u64::from_le_bytes(take(&mut rest)?);
    let mut body = rest.get(..usize::try_from(length).ok()?)?;
    // In a new one everything is zero, and that is no checksum of anything.
    if sequence % 2 != place || checksum(sequence, body) != sum {
        return None;
    }
    let mut entries = BTreeMap::new();
    while !body.is_empty() {
        let key = String::from_utf8(text(&mut body)?).ok()?;
        entries.insert(key, text(&mut body)?);
    }
    Some((sequence, entries))
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}

fn text(bytes: &mut &[u8]) -> Option<Vec<u8>> {
    let length = u16::from_le_bytes(take(bytes)?);
    let (text, rest) = bytes.split_at_checked(usize::from(length))?;
    *bytes = rest;
    Some(text.to_vec())
}

/// FNV-1a: it is for a write that was cut off, not against anybody.
fn checksum(sequence: u64, body: &[u8]) -> u64 {
    let bytes = sequence.to_le_bytes().into_iter().chain(body.iter().copied());
    bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> File {
        let file = tempfile::tempfile().unwrap();
        file.set_len(STORE_LENGTH as u64).unwrap();
        file
    }

    fn open(file: &File) -> Store {
        Store::open(file.try_clone().unwrap().into())
    }

    #[test]
    fn a_new_one_is_empty_and_what_is_stored_is_found_again() {
        let file = file();
        assert!(open(&file).entries.is_empty());
        for number in 0..5_u8 {
            let mut store = open(&file);
            store.set("number", Some(vec![number])).unwrap();
            store.set(&number.to_string(), Some(Vec::new())).unwrap();
            store.set("gone", Some(vec![1])).unwrap();
            store.set("gone", None).unwrap();
            assert_eq!(open(&file).get("number"), Some(&[number][..]));
        }
        let store = open(&file);
        assert_eq!(store.entries.keys().collect::<Vec<_>>(), ["0", "1", "2", "3", "4", "number"]);
        assert_eq!(store.get("gone"), None);
    }

    #[test]
    fn a_write_that_is_cut_off_anywhere_leaves_what_was_before() {
        let file = file();
        let mut store = open(&file);
        store.set("key", Some(b"before".to_vec())).unwrap();
        store.set("key", Some(b"last".to_vec())).unwrap();
        let entries = BTreeMap::from([("key".to_string(), b"next".to_vec())]);
        let next = slot(store.sequence + 1, &entries);
        let place = offset((store.sequence + 1) % 2);
        for written in 0..next.len() {
            file.write_all_at(&next[..written], place).unwrap();
            assert_eq!(open(&file).get("key"), Some(&b"last"[..]), "{written} of {} bytes", next.len());
        }
        file.write_all_at(&next, place).unwrap();
        assert_eq!(open(&file).get("key"), Some(&b"next"[..]));
    }

    #[test]
    fn whatever_an_earlier_host_has_left_is_read() {
        let file = file();
        let mut random = 1_u64;
        let mut next = || {
            random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            random >> 33
        };
        let mut read = 0;
        for round in 0..300 {
            file.write_all_at(&vec![0; STORE_LENGTH], 0).unwrap();
            let mut body = Vec::new();
            for _ in 0..next() % 80 {
                let length = u16::try_from(next() % 200).unwrap();
                body.extend(length.to_le_bytes());
                body.extend((0..length).map(|_| u8::try_from(next() % 3).unwrap()));
            }
            if round % 3 == 0 {
                body.truncate(usize::try_from(next()).unwrap() % (body.len() + 1));
            }
            let sequence = [next(), u64::MAX, u64::MAX - 1, 0][round % 4];
            let claimed = if round % 5 == 0 { next() } else { body.len() as u64 };
            let mut slot = sequence.to_le_bytes().to_vec();
            slot.extend(u32::try_from(claimed).unwrap().to_le_bytes());
            slot.extend(checksum(sequence, &body).to_le_bytes());
            slot.extend(body);
            file.write_all_at(&slot, offset(sequence % 2)).unwrap();
            let mut store = open(&file);
            read += usize::from(!store.entries.is_empty());
            // One that is too full takes nothing, and can be emptied.
            let _ = store.set("key", Some(vec![1]));
            let keys: Vec<String> = store.entries.keys().cloned().collect();
            for key in &keys {
                store.set(key, None).unwrap();
            }
            assert!(open(&file).entries.is_empty());
        }
        assert!(read > 30, "{read}");
    }

    #[test]
    fn there_is_room_for_what_is_promised_and_no_more() {
        let file = file();
        let mut store = open(&file);
        store.set("key", Some(vec![7; LIMIT - 3])).unwrap();
        assert!(store.set("more", Some(Vec::new())).is_err());
        assert!(store.set("key", Some(vec![7; LIMIT - 2])).is_err());
        assert_eq!(open(&file).get("key").map(<[u8]>::len), Some(LIMIT - 3));
        store.set("key", None).unwrap();
        for number in 0..KEYS {
            store.set(&format!("{number}"), Some(vec![0; 13])).unwrap();
        }
        assert!(store.set("one more", Some(Vec::new())).is_err());
        store.set("0", Some(vec![1; 13])).unwrap();
        assert_eq!(open(&file).entries.len(), KEYS);
    }

    #[test]
    fn what_is_no_store_is_an_empty_one() {
        for byte in [0, 1, 0xff] {
            let file = file();
            file.write_all_at(&vec![byte; STORE_LENGTH], 0).unwrap();
            assert!(open(&file).entries.is_empty());
        }
        assert!(open(&tempfile::tempfile().unwrap()).entries.is_empty());
    }
}
