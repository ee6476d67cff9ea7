//! Bytes as a Dockerfile, and the file that it copies.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wigwag_check::Kind;

fuzz_target!(|bytes: &[u8]| wigwag_fuzz::findings::of(Kind::Dockerfile, "Dockerfile", bytes));
