//! The start: signals are blocked by the first instruction of ours.

use std::ffi::{CStr, c_char, c_int};

use nix::sys::signal::SigSet;

use crate::sys::{process, signals};

/// What the platform gave.
pub struct Given {
    /// Without the program's name.
    pub args: Vec<Vec<u8>>,
    /// `NAME=value`, as in environ(7).
    pub environment: Vec<Vec<u8>>,
    /// The signals that were blocked.
    pub mask: SigSet,
}

/// The C library's entry point.
#[cfg_attr(not(test), unsafe(no_mangle), expect(unsafe_code, reason = "the symbol that the C library calls"))]
#[cfg_attr(test, expect(dead_code, reason = "tests have a start of their own"))]
extern "C" fn main(_count: c_int, args: *const *const c_char, environment: *const *const c_char) -> c_int {
    let mask = signals::block_all();
    process::open_standard_streams();
    let args = copy(args).into_iter().skip(1).collect();
    c_int::from(crate::main(Given { args, environment: copy(environment), mask }))
}

/// Copies a list of strings that ends with a null pointer, as execve(2) passes it.
#[expect(unsafe_code, reason = "pointers from the kernel")]
fn copy(mut list: *const *const c_char) -> Vec<Vec<u8>> {
    let mut strings = Vec::new();
    if list.is_null() {
        return strings;
    }
    loop {
        // SAFETY: `list` points into the array, at the null pointer at its end at the latest.
        let string = unsafe { *list };
        if string.is_null() {
            return strings;
        }
        // SAFETY: the kernel ends each string with a NUL, and nobody changes it.
        strings.push(unsafe { CStr::from_ptr(string) }.to_bytes().to_vec());
        // SAFETY: this was not the end of the array.
        list = unsafe { list.add(1) };
    }
}
