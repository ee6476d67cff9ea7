//! What compilers expect of a C library: memory is copied, filled and compared, by words where that is possible.
//!
//! Reads and writes are volatile, because the compiler would know a plain loop for what it is, and make it a call of the
//! function that it is in.

use core::ptr::{read_volatile, write_volatile};

/// A word that may be anywhere.
#[repr(C, packed)]
#[derive(Clone, Copy)]
struct Word(usize);

const WORD: usize = size_of::<Word>();

/// memcpy(3).
///
/// # Safety
/// `from` and `to` are `length` bytes each that do not overlap.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[expect(unsafe_code, reason = "memcpy(3)")]
pub unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    // SAFETY: as the caller says.
    unsafe { copy_up(to, from, length) };
    to
}

/// memmove(3).
///
/// # Safety
/// `from` and `to` are `length` bytes each.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[expect(unsafe_code, reason = "memmove(3)")]
pub unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    // What lies higher than it is to go can be copied from its beginning; nothing is overwritten before it is read.
    if to.addr().wrapping_sub(from.addr()) >= length {
        // SAFETY: as the caller says.
        unsafe { copy_up(to, from, length) };
    } else {
        // SAFETY: as the caller says.
        unsafe { copy_down(to, from, length) };
    }
    to
}

/// memset(3).
///
/// # Safety
/// `to` is `length` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[expect(unsafe_code, reason = "memset(3)")]
pub unsafe extern "C" fn memset(to: *mut u8, byte: i32, length: usize) -> *mut u8 {
    let [byte, ..] = byte.to_le_bytes();
    let word = Word(usize::from_ne_bytes([byte; WORD]));
    let words = length & !(WORD - 1);
    for at in (0..words).step_by(WORD) {
        // SAFETY: the word ends at `words` at the latest.
        unsafe { write_volatile(to.wrapping_add(at).cast(), word) };
    }
    for at in words..length {
        // SAFETY: it is before `length`.
        unsafe { write_volatile(to.wrapping_add(at), byte) };
    }
    to
}

/// memcmp(3).
///
/// # Safety
/// `left` and `right` are `length` bytes each.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[expect(unsafe_code, reason = "memcmp(3)")]
pub unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    for at in 0..length {
        // SAFETY: it is before `length`.
        let a = unsafe { read_volatile(left.wrapping_add(at)) };
        // SAFETY: it is before `length`.
        let b = unsafe { read_volatile(right.wrapping_add(at)) };
        if a != b {
            return i32::from(a).wrapping_sub(i32::from(b));
        }
    }
    0
}

/// bcmp(3): 0 if all are equal.
///
/// # Safety
/// `left` and `right` are `length` bytes each.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[expect(unsafe_code, reason = "bcmp(3)")]
pub unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    // SAFETY: as the caller says.
    unsafe { memcmp(left, right, length) }
}

/// strlen(3).
///
/// # Safety
/// There is a NUL at the end of `text`.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[expect(unsafe_code, reason = "strlen(3)")]
pub unsafe extern "C" fn strlen(text: *const u8) -> usize {
    let mut length = 0_usize;
    loop {
        // SAFETY: the NUL is here or comes later.
        if unsafe { read_volatile(text.wrapping_add(length)) } == 0 {
            return length;
        }
        length = length.wrapping_add(1);
    }
}

/// Copies the lowest first.
///
/// # Safety
/// `from` and `to` are `length` bytes each; where they overlap, `to` is the lower one.
#[expect(unsafe_code, reason = "raw memory")]
unsafe fn copy_up(to: *mut u8, from: *const u8, length: usize) {
    let words = length & !(WORD - 1);
    for at in (0..words).step_by(WORD) {
        // SAFETY: the word ends at `words` at the latest.
        unsafe { copy::<Word>(to, from, at) };
    }
    for at in words..length {
        // SAFETY: it is before `length`.
        unsafe { copy::<u8>(to, from, at) };
    }
}

/// Copies the highest first.
///
/// # Safety
/// `from` and `to` are `length` bytes each; where they overlap, `to` is the higher one.
#[expect(unsafe_code, reason = "raw memory")]
unsafe fn copy_down(to: *mut u8, from: *const u8, length: usize) {
    let words = length & !(WORD - 1);
    for at in (words..length).rev() {
        // SAFETY: it is before `length`.
        unsafe { copy::<u8>(to, from, at) };
    }
    for at in (0..words).step_by(WORD).rev() {
        // SAFETY: the word ends at `words` at the latest.
        unsafe { copy::<Word>(to, from, at) };
    }
}

/// Copies what is `at` bytes from the beginning; it needs no alignment.
///
/// # Safety
/// Both are readable and writable there.
#[expect(unsafe_code, reason = "raw memory")]
#[inline]
unsafe fn copy<T>(to: *mut u8, from: *const u8, at: usize) {
    // SAFETY: as the caller says.
    let part = unsafe { read_volatile(from.wrapping_add(at).cast::<T>()) };
    // SAFETY: as the caller says.
    unsafe { write_volatile(to.wrapping_add(at).cast::<T>(), part) };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every length and every distance around the size of a word.
    const SOME: usize = 3 * WORD;

    fn numbered() -> Vec<u8> {
        (0..).take(4 * SOME).collect()
    }

    #[test]
    #[expect(unsafe_code, reason = "raw memory")]
    fn memory_is_moved_up_and_down() {
        for (to, from, length) in
            (0..SOME).flat_map(|to| (0..SOME).flat_map(move |from| (0..SOME).map(move |length| (to, from, length))))
        {
            let (mut expected, mut moved) = (numbered(), numbered());
            expected.copy_within(from..from + length, to);
            let start = moved.as_mut_ptr();
            // SAFETY: both lie within.
            unsafe { memmove(start.wrapping_add(to), start.wrapping_add(from), length) };
            assert_eq!(moved, expected, "{length} from {from} to {to}");
        }
    }

    #[test]
    #[expect(unsafe_code, reason = "raw memory")]
    fn memory_is_copied_and_filled() {
        let source = numbered();
        for (at, length) in (0..SOME).flat_map(|at| (0..SOME).map(move |length| (at, length))) {
            let (mut expected, mut copied) = (vec![0; 2 * SOME], vec![0; 2 * SOME]);
            expected[at..at + length].copy_from_slice(&source[1..=length]);
            // SAFETY: both lie within.
            unsafe { memcpy(copied.as_mut_ptr().wrapping_add(at), source.as_ptr().wrapping_add(1), length) };
            assert_eq!(copied, expected, "{length} to {at}");
            expected[at..at + length].fill(7);
            // SAFETY: it lies within.
            unsafe { memset(copied.as_mut_ptr().wrapping_add(at), 0x107, length) };
            assert_eq!(copied, expected, "{length} at {at}");
        }
    }

    #[test]
    #[expect(unsafe_code, reason = "raw memory")]
    fn memory_is_compared() {
        for (left, right) in [(b"abc", b"abc"), (b"abd", b"abc"), (b"a\xffc", b"abc"), (b"\0bc", b"abc")] {
            // SAFETY: both are three bytes.
            let order = unsafe { memcmp(left.as_ptr(), right.as_ptr(), 3) };
            assert_eq!(order.cmp(&0), left.cmp(right));
            // SAFETY: both are three bytes.
            let differ = unsafe { bcmp(left.as_ptr(), right.as_ptr(), 3) };
            assert_eq!(differ != 0, left != right);
        }
        // SAFETY: there is a NUL.
        assert_eq!(unsafe { strlen(c"four".as_ptr().cast()) }, 4);
    }
}
