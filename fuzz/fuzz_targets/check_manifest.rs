//! Bytes as a Compose file and as a manifest of Kubernetes, and the Dockerfile beside them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wigwag_check::Kind;

fuzz_target!(|bytes: &[u8]| {
    wigwag_fuzz::findings::of(Kind::Compose, "compose.yaml", bytes);
    wigwag_fuzz::findings::of(Kind::Kubernetes, "deployment.yaml", bytes);
});
