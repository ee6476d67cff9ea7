//! Bytes as an entrypoint script.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wigwag_check::Kind;

fuzz_target!(|bytes: &[u8]| wigwag_fuzz::findings::of(Kind::Script, "entrypoint.sh", bytes));
