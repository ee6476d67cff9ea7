//! Whether the program starts by itself (src/sys/entry.rs), without `std` and without a C library.
//!
//! It does when it is built for use: `cargo build --release -p wigwag-init`, `cargo install`. It cannot where panics
//! unwind, which needs `std` (the dev profile), nor in one build with packages that bring `std` along.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=link.ld");
    println!("cargo::rustc-check-cfg=cfg(freestanding)");
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let has_std = env::var_os("DEP_WIGWAG_CORE_STD").is_some();
    if is_release && !has_std {
        println!("cargo::rustc-cfg=freestanding");
        // Asked for now: the folder may have been moved since this was compiled.
        let script = format!("-Wl,-T,{}/link.ld", env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
        // There is no dynamic linker to protect anything from, and the protection would take a page of its own.
        let arguments =
            ["-nostartfiles", "-nodefaultlibs", "-static", "-Wl,--entry=wigwag_start", "-Wl,-z,norelro", &script];
        for argument in arguments {
            println!("cargo::rustc-link-arg-bins={argument}");
        }
    }
}
